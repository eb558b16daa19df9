/**
 * `npm run -s evaluate -- --format ble-mbd --devices DEVICES FILE…`: how well the derivation follows walks whose truth
 * is known. One JSON object a recording on stdout, and a last one with the total; docs/evaluation.md says what
 * each member counts. Exit code 2: something is wrong with the arguments or a file, which stderr names.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import { decisionsOf } from './decisions.ts'
import { BadInput, loadWalks, type Walks } from './load-walks.ts'
import { type Arguments, parseArguments } from './parse-arguments.ts'
import { derivePurely } from './pure-path.ts'
import { renderScore, type Scored, scoreRecording, scoreTotal } from './score.ts'
import { tailMsOf, type Walk } from './walk.ts'

type Events = ReadonlyMap<string, readonly DomainEvent[]>

function score(walk: Walk, eventsOf: Events): Scored {
  const followed = Array.from(walk.truth, ([beacon, stays]) => ({
    stays,
    decisions: decisionsOf(eventsOf.get(beacon) ?? []),
  }))
  return scoreRecording(walk.recording, walk.reads.length, followed)
}

async function derive({ gateways, walks }: Walks, { path, settings }: Arguments): Promise<readonly Events[]> {
  const tailMs = tailMsOf(settings)
  if (path === 'pure') return walks.map((walk) => derivePurely(walk, { gateways, settings, tailMs }))
  // Only this way needs infrastructure, and what reaches it.
  const { deriveThroughKafka } = await import('./kafka-path.ts')
  return deriveThroughKafka(walks, {
    gateways,
    tailMs,
    say: (line) => void process.stderr.write(`${line}\n`),
  })
}

try {
  const given = parseArguments(process.argv.slice(2))
  const loaded = loadWalks(given.devicesFile, given.files, given.speed)
  const derived = await derive(loaded, given)
  const scores = loaded.walks.map((walk, index) => score(walk, derived[index] ?? new Map()))
  for (const one of [...scores, scoreTotal(scores)]) process.stdout.write(`${renderScore(one)}\n`)
} catch (error) {
  if (!(error instanceof BadInput)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
