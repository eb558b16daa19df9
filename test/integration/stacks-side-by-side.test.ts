/** Two checkouts that are started at the same moment, through the command that people use. Of each stack only Redis is its own. */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { findPlaces } from '@scanhook/stack/places'
import { drawPort, isFree } from '@scanhook/stack/ports'
import { type PieceState, readState, variableOf, writeState } from '@scanhook/stack/state'
import { afterAll, expect, test } from 'vitest'

const command = resolve(import.meta.dirname, '../../bin/stack')
const folder = mkdtempSync(join(tmpdir(), 'scanhook-stacks-test-'))
const started: { readonly dir: string; readonly env: Readonly<Record<string, string>> }[] = []

afterAll(async () => {
  for (const { dir, env } of started) await stack(['down', '--wipe'], dir, env)
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

async function stack(
  args: readonly string[],
  dir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { [variableOf.redis]: _, ...others } = process.env
  const child = spawn(command, args, {
    env: { ...others, SCANHOOK_STACK_DIR: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  await new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  })
  return output
}

/** A stack that was there before, at this port, and does not run. */
function stackAt(name: string, port: number, env: Readonly<Record<string, string>> = {}): string {
  const dir = join(folder, name)
  const redis: PieceState = {
    ...{ given: null, ownAddress: `redis://:secret@127.0.0.1:${port}`, ports: [port], password: 'secret' },
    ...{ dataDir: join(dir, 'redis'), process: null },
  }
  mkdirSync(dir, { recursive: true })
  writeState(dir, { redis })
  started.push({ dir, env })
  return dir
}

const portOf = (dir: string): number => readState(dir).redis?.ports[0] ?? 0

test('C1: two that had the same port are started at once: each comes up, at a port of its own', async () => {
  const port = await drawPort(new Set())
  const [one, other] = [stackAt('one', port), stackAt('other', port)]
  const said = await Promise.all([stack(['up'], one), stack(['up'], other)])
  for (const each of said) expect(each).toMatch(/^all of it works/m)
  expect(portOf(one)).not.toBe(portOf(other))
  // One kept it, and the other was told before it started anything.
  expect([portOf(one), portOf(other)]).toContain(port)
  expect(said.filter((each) => each.includes(`port ${port} is taken by somebody else`))).toHaveLength(1)
  for (const dir of [one, other]) expect(await stack(['status'], dir)).toMatch(/^Redis: .* works$/m)
}, 120_000)

test('S6: somebody else takes the port between the choice and the start: it is started again, at another one', async () => {
  // A cache with one program: the first time it is called, it lets somebody else have the port, and ends as Redis would.
  const { cacheDir, binariesDir } = findPlaces(process.env)
  const own = join(folder, 'cache', basename(binariesDir), 'redis')
  mkdirSync(own, { recursive: true })
  const server = join(own, 'redis-server')
  cpSync(join(binariesDir, 'redis', 'redis-server'), `${server}.real`)
  const taker = join(folder, 'taken.json')
  writeFileSync(
    `${server}.take.cjs`,
    `const port = Number(/^port (\\d+)$/m.exec(require('node:fs').readFileSync(process.argv[2], 'utf8'))[1])
     require('node:net').createServer((socket) => socket.destroy()).listen(port, '127.0.0.1', () =>
       require('node:fs').writeFileSync(${JSON.stringify(taker)}, JSON.stringify({ pid: process.pid, port })))`,
  )
  writeFileSync(
    server,
    `#!/bin/sh
if [ -e '${taker}' ]; then exec '${server}.real' "$@"; fi
'${process.execPath}' '${server}.take.cjs' "$1" &
while [ ! -s '${taker}' ]; do sleep 0.05; done
exit 1
`,
    { mode: 0o755 },
  )
  expect(existsSync(cacheDir)).toBe(true)
  const env = { SCANHOOK_STACK_CACHE: join(folder, 'cache') }
  const port = await drawPort(new Set())
  const dir = stackAt('healed', port, env)
  const said = await stack(['up'], dir, env)
  const { pid, port: lost } = JSON.parse(readFileSync(taker, 'utf8')) as { pid: number; port: number }
  process.kill(pid)
  expect(said).toMatch(/^all of it works/m)
  expect([lost, said.includes(`port ${port} is taken by somebody else`)]).toEqual([port, true])
  expect(portOf(dir)).not.toBe(port)
  expect(await isFree(portOf(dir))).toBe(false)
}, 120_000)
