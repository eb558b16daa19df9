/** The whole process against real infrastructure: it becomes ready, and ends as an orchestrator wants it to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-all-in-one-'))
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const env = {
  ...process.env,
  TOPIC_PREFIX: `all-in-one-${process.pid}.`,
  SETUP_PARTITIONS: '2',
  SCHEMA_CACHE_DIR: join(folder, 'schemas'),
  SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  HEALTH_PORT: '0',
  INSPECTOR_PORT: '0',
  API_PORT: '0',
}

interface Running {
  readonly child: ChildProcess
  readonly lines: readonly Record<string, unknown>[]
  /** The first line that says `event`, when it comes; rejects when the process ends before. */
  readonly line: (event: string) => Promise<Record<string, unknown>>
  readonly ended: Promise<number | null>
}

function run(main: string): Running {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, main)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>)
    for (const look of waiting) look()
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    lines,
    ended,
    line: (event) =>
      new Promise((found, reject) => {
        const look = (): void => {
          const line = lines.find(({ msg }) => msg === event)
          if (line !== undefined) found(line)
        }
        waiting.add(look)
        look()
        void ended.then(() => reject(new Error(`ended without ${event}: ${JSON.stringify(lines.at(-1))}`)))
      }),
  }
}

test('all services become ready in one process, warn of nothing, and drain on SIGTERM', async () => {
  expect(await run('../../setup/src/main.ts').ended).toBe(0)
  const { child, lines, line, ended } = run('main.ts')
  const { healthUrl } = await line('service.starting')
  await line('service.started')
  await expect
    .poll(async () => (await fetch(`${String(healthUrl)}/readyz`)).status, { timeout: 20_000, interval: 100 })
    .toBe(200)
  const metrics = await (await fetch(`${String(healthUrl)}/metrics`)).text()
  expect(metrics).toContain('scanhook_build_info{')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  const stopped = await line('service.stopped')
  expect(stopped).toMatchObject({ isInTime: true, exitCode: 0 })
  expect(stopped['drainMs']).toBeLessThan(20_000)
  expect(lines.filter(({ msg, level }) => msg === 'process.warned' || level === 'error')).toEqual([])
})
