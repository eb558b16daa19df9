/**
 * A stack of its own in a folder of its own, through the command that people use, beside whatever else runs here.
 * S-numbers: tools/stack/src/stack.ts.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isAlive } from '@scanhook/stack/process-identity'
import { readState, type StackState, variableOf } from '@scanhook/stack/state'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

const command = resolve(import.meta.dirname, '../../bin/stack')
const folder = mkdtempSync(join(tmpdir(), 'scanhook-stack-test-'))
const stackDir = join(folder, 'stack')

async function stack(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !Object.values(variableOf).includes(name)),
  )
  const child = spawn(command, args, {
    env: { ...clean, SCANHOOK_STACK_DIR: stackDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  })
  return { code, output }
}

function recorded(
  state: StackState,
): { address: string; process: NonNullable<NonNullable<StackState['kafka']>['process']> }[] {
  return Object.values(state).map(({ ownAddress: address, process }) => {
    if (process === null) throw new Error(`${address} has no process`)
    return { address, process }
  })
}

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: readState(stackDir).postgres?.ownAddress })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const subjectUrl = (): string => `${readState(stackDir).registry?.ownAddress}/subjects/stack-test/versions`
const schema = JSON.stringify({
  schema: JSON.stringify({ type: 'record', name: 'StackTest', fields: [{ name: 'value', type: 'string' }] }),
})

async function registerSchema(): Promise<unknown> {
  const response = await fetch(subjectUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: schema,
  })
  return await response.json()
}

async function storedSchema(): Promise<unknown> {
  const response = await fetch(`${subjectUrl()}/latest`)
  return await response.json()
}

beforeAll(async () => {
  const first = await stack(['up'])
  expect(first.output).toMatch(/all of it works/)
}, 120_000)

afterAll(async () => {
  await stack(['down', '--wipe'])
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

test('every piece works, at ports that no other stack has', async () => {
  const status = await stack(['status'])
  expect(status.output.match(/ works$/gm)).toHaveLength(4)
  expect(status.code).toBe(0)
  const own = recorded(readState(stackDir)).map(({ address }) => address)
  const others = Object.values(variableOf).map((variable) => process.env[variable])
  expect(own.filter((address) => others.includes(address))).toEqual([])
})

test('`env` is what a shell needs, and only its owner can read the file', async () => {
  const { output } = await stack(['env'])
  expect(output).toMatch(/^export KAFKA_BROKERS='127\.0\.0\.1:\d+'$/m)
  expect(output).toMatch(/^export REGISTRY_URL='http:\/\/127\.0\.0\.1:\d+\/apis\/ccompat\/v7'$/m)
  expect(readFileSync(join(stackDir, 'env'), 'utf8').split('\n')).toHaveLength(5)
})

test('a second `up` starts nothing', async () => {
  const before = recorded(readState(stackDir))
  const { output } = await stack(['up'])
  expect(output.match(/was running/g)).toHaveLength(4)
  expect(recorded(readState(stackDir))).toEqual(before)
})

test('S3: an address from outside is used, not started, and not ended', async () => {
  const other = join(folder, 'other')
  const addresses = Object.fromEntries(
    (['kafka', 'registry', 'postgres', 'redis'] as const).map((name) => [
      variableOf[name],
      readState(stackDir)[name]?.ownAddress ?? '',
    ]),
  )
  const up = await stack(['up'], { ...addresses, SCANHOOK_STACK_DIR: other })
  expect(up.output.match(/: given, /g)).toHaveLength(4)
  expect((await stack(['down'], { SCANHOOK_STACK_DIR: other })).code).toBe(0)
  expect((await stack(['status'])).code).toBe(0)
})

test('S4: what is ours comes back after another address was given for a while', async () => {
  const own = readState(stackDir).redis
  expect((await stack(['down'])).code).toBe(0)
  const elsewhere = process.env['REDIS_URL'] ?? ''
  expect((await stack(['up'], { REDIS_URL: elsewhere })).output).toMatch(/^Redis: given, /m)
  expect((await stack(['up'])).output).toMatch(/^Redis: started /m)
  expect(readState(stackDir).redis?.ownAddress).toBe(own?.ownAddress)
}, 120_000)

test('S2: `down` ends every process it started; the data is there after the next start, at the same ports', async () => {
  await query('create table if not exists stack_test (value text)')
  await query("insert into stack_test values ('kept')")
  const id = await registerSchema()
  const stored = await storedSchema()
  const before = recorded(readState(stackDir))

  const down = await stack(['down'])
  expect(down.output.match(/: stopped$/gm)).toHaveLength(4)
  expect(before.filter(({ process }) => isAlive(process))).toEqual([])
  expect((await stack(['status'])).code).toBe(1)

  const startedAtMs = performance.now()
  expect((await stack(['up'])).code).toBe(0)
  // Told, not judged: how fast a machine is isn't ours to assert.
  console.info(`second start: ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`)
  expect(recorded(readState(stackDir)).map(({ address }) => address)).toEqual(
    before.map(({ address }) => address),
  )
  expect(await query('select value from stack_test')).toEqual([{ value: 'kept' }])
  expect(await registerSchema()).toEqual(id)
  expect(await storedSchema()).toEqual(stored)
}, 120_000)
