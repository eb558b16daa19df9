/** Whole processes: what an orchestrator sees. Each child runs a few lines of a service on a free health port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when a line of stdout holds `text`. */
  readonly said: (text: string) => Promise<void>
}

const prologue = `
import { integer, text } from '@scanhook/config/settings'
import { runService, runServices } from '@scanhook/runtime/run-service'
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const say = (word) => process.stdout.write(word + '\\n')
`

function run(source: string, env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['--input-type=module', '-e', prologue + source], {
    cwd: new URL('..', import.meta.url),
    env: { PATH: process.env['PATH'], HEALTH_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let stdout = ''
  let stderr = ''
  const waiting: { text: string; resolve: () => void }[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    for (const wait of waiting) if (stdout.includes(wait.text)) wait.resolve()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return {
    child,
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
    said: (text) =>
      new Promise((resolve) => {
        if (stdout.includes(text)) resolve()
        else waiting.push({ text, resolve })
      }),
  }
}

const twoServices = `
const service = (name) => ({ name, settings: {}, start: async ({ onStop, readiness }) => {
  readiness('work')(true)
  onStop('opened-first', () => say(name + ' closed first'))
  onStop('opened-last', async () => { await pause(50); say(name + ' closed last') })
} })
await runServices('pair', [service('one'), service('two')])
`

test('R2: SIGTERM drains in order and exits with 0', async () => {
  const { child, ended, said } = run(twoServices)
  await said('service.started')
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of ['one', 'two']) {
    expect(stdout.indexOf(`${name} closed last`)).toBeGreaterThan(0)
    expect(stdout.indexOf(`${name} closed last`)).toBeLessThan(stdout.indexOf(`${name} closed first`))
  }
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  expect(last).toMatchObject({ msg: 'service.stopped', exitCode: 0, isInTime: true, service: 'pair' })
  expect(last['drainMs']).toBeLessThan(20_000)
})

const stuck = `
await runService({ name: 'stuck', settings: {}, start: async ({ onStop }) => {
  onStop('never', () => new Promise(() => undefined))
} })
`

test('R2: the exit code is 1 when the deadline passed', async () => {
  const { child, ended, said } = run(stuck, { DRAIN_TIMEOUT_MS: '30' })
  await said('service.started')
  child.kill('SIGINT')
  expect(await ended).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"isInTime":false') as string,
  })
})

test('R3: a second signal ends the process at once', async () => {
  const { child, ended, said } = run(stuck)
  await said('service.started')
  child.kill('SIGTERM')
  await said('service.stopping')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 1, stdout: expect.stringContaining('service.killed') as string })
})

test('R1: every wrong setting of every service is named at once, secrets are not shown, and the exit code is 2', async () => {
  const { ended } = run(
    `await runServices('pair', [
      { name: 'one', settings: { API_PORT: integer({ description: 'Port' }, 1, 9), SHARED: text({ description: 'Shared' }) }, start: async () => say('started') },
      { name: 'two', settings: { KEY: integer({ description: 'Key', isSecret: true }, 1, 2), SHARED: text({ description: 'Shared' }) }, start: async () => say('started') },
    ])`,
    { API_PORT: 'x', KEY: 'hunter2', LOG_LEVEL: 'loud' },
  )
  const { code, stdout, stderr } = await ended
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain("pair can't start: 4 settings are wrong")
  for (const name of ['API_PORT', 'KEY', 'SHARED', 'LOG_LEVEL']) expect(stderr).toContain(`  ${name} `)
  expect(stderr.match(/SHARED is required/g)).toHaveLength(1)
  expect(stderr).not.toContain('hunter2')
})

const failing: readonly [string, string][] = [
  ['fail', `context.fail('stalled', new Error('no progress'))`],
  ['an unhandled rejection', `void Promise.reject(new Error('no progress'))`],
  ['an uncaught exception', `setImmediate(() => { throw new Error('no progress') })`],
]

test.each(failing)('R4: %s drains, and the exit code is 1', async (_name, act) => {
  const { ended } = run(`
    await runService({ name: 'failing', settings: {}, start: async (context) => {
      context.onStop('work', () => say('drained'))
      ${act}
    } })`)
  const { code, stdout } = await ended
  expect(code).toBe(1)
  expect(stdout).toContain('drained')
  expect(stdout).toContain('no progress')
})

test('R4: what fails while draining is told by the exit code as well', async () => {
  const { child, ended, said } = run(`
    await runService({ name: 'failing', settings: {}, start: async (context) => {
      context.onStop('work', () => context.fail('last record refused', new Error('no leader')))
    } })`)
  await said('service.started')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('last record refused') as string,
  })
})

test('R2: a signal while a service is still starting ends the process, and closes what it had opened', async () => {
  const { child, ended, said } = run(`
    await runService({ name: 'waiting', settings: {}, start: async (context) => {
      context.onStop('pool', () => say('closed pool'))
      say('waits for Kafka')
      await new Promise(() => undefined)
    } })`)
  await said('waits for Kafka')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('closed pool') as string })
})

test('R4: a port that is taken is said with the names of its settings', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { code, stdout } = await run(twoServices, { HEALTH_PORT: String(port) }).ended
  server.close()
  expect(code).toBe(1)
  expect(stdout).toContain(`can't listen on 127.0.0.1:${port} (HOST, HEALTH_PORT)`)
})

test('warnings are lines of the log', async () => {
  const { child, ended, said } = run(
    `await runService({ name: 'warner', settings: {}, start: async () => process.emitWarning('odd', 'OddWarning') })`,
  )
  await said('process.warned')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})
