/** A process that logs, as one: its standard output is what can go away from under it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'

// A broken one never ends.
vi.setConfig({ testTimeout: 30_000 })

const script = `
import { openLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)}
const logs = Array.from({ length: 20 }, () => openLog({ name: 'tester', level: 'info' }))
const [log] = logs
// Whoever touches it makes it one that does not block.
if (process.argv[1] !== undefined) process.stdout
log.info('begun')
process.stdin.on('end', () => {
  for (let n = 0; n < 100; n += 1) log.info({ n, more: process.argv[1] }, 'said')
  process.exit(7)
})
process.stdin.resume()
`

async function begin(...more: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...more], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [first] = await once(child.stdout ?? child, 'data')
  expect(String(first)).toContain('begun')
  return child
}

/** Its exit code; what Node warned of, if it did. */
async function end(child: ChildProcess): Promise<number | string | null> {
  let warned = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    warned += chunk.toString()
  })
  const exited = once(child, 'exit')
  child.stdin?.end()
  const [code] = await exited
  return warned === '' ? code : warned
}

test('O1: what is logged before the end is written before the end', async () => {
  const child = await begin()
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  expect(await end(child)).toBe(7)
  if (child.stdout?.readableEnded === false) await once(child.stdout, 'end')
  const said = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).n)
  expect(said).toEqual(Array.from({ length: 100 }, (_, n) => n))
})

test('O2: a process whose reader has gone ends as it was told', async () => {
  const child = await begin()
  child.stdout?.destroy()
  expect(await end(child)).toBe(7)
})

test('O2: a process whose reader stands still, on a pipe that does not block, ends as it was told', async () => {
  const child = await begin('x'.repeat(100_000))
  child.stdout?.pause()
  expect(await end(child)).toBe(7)
})
