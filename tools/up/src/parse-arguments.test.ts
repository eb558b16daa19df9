import { expect, test } from 'vitest'
import { parseArguments } from './parse-arguments.ts'

const up = { kind: 'up', replayFile: null, speed: 1, offsetS: 0, isDetached: false }

test.each([
  [[], up],
  [['--detach'], { ...up, isDetached: true }],
  [['--replay', 'a b.ndjson', '--speed', '20'], { ...up, replayFile: 'a b.ndjson', speed: 20 }],
  [
    ['--replay=walk.mbd.gz', '--speed=0.5', '--offset=3'],
    { ...up, replayFile: 'walk.mbd.gz', speed: 0.5, offsetS: 3 },
  ],
  [['--down'], { kind: 'down' }],
  [['--detach', '-h'], { kind: 'help' }],
])('%j', (args, wanted) => {
  expect(parseArguments(args)).toEqual({ ok: true, wanted })
})

test.each([
  [['--replay'], '--replay needs a value'],
  [['--speed', '0'], '--speed'],
  [['--speed', 'fast'], '--speed'],
  [['--speed', '1e9'], '--speed'],
  [['--offset', '3'], '--offset goes with --replay'],
  [['--down', '--detach'], '--down goes alone'],
  [['--detach=1'], "'--detach=1'"],
  [['--verbose'], "doesn't know '--verbose'"],
])('%j is refused in words', (args, problem) => {
  const parsed = parseArguments(args)
  expect(parsed.ok ? '' : parsed.problem).toContain(problem)
})
