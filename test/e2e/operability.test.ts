/** What an operator needs of every process: probes, metrics, JSON logs with trace ids, a clean end, clear complaints. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, startWalk } from '../harness/warehouse.ts'
import { openWorld, serviceNames, startServices, type World } from '../harness/world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld({ env: { LOG_ATTEMPTS: 'all' } })
  await startServices(world)
  const warehouse = await furnishWarehouse(world, 2)
  await registerEndpoint(world, '/operated')
  await startWalk(world, warehouse, [0]).finished
  await waitUntil('events arrived', () => world.receiver.received('/operated').length > 0)
})

afterAll(async () => {
  await world?.close()
})

describe.each(serviceNames)('%s', (name) => {
  test('answers its probes and its metrics', async () => {
    const { healthUrl } = world.services[name]
    for (const path of ['livez', 'readyz', 'startupz']) {
      expect((await fetch(`${healthUrl}/${path}`)).status).toBe(200)
    }
    const metrics = await fetch(`${healthUrl}/metrics`)
    expect(metrics.status).toBe(200)
    expect(await metrics.text()).toContain('scanhook_build_info')
  })

  test('logs nothing but JSON lines, and no warning of the runtime', () => {
    const lines = world.services[name]
      .output()
      .split('\n')
      .filter((line) => line.trim() !== '')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow()
    expect(world.services[name].output()).not.toContain('TimeoutNegativeWarning')
  })

  test('names every wrong setting at once and exits', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'services', name, 'src/main.ts')], {
      env: { PATH: process.env['PATH'], KAFKA_BROKERS: 'nonsense', HEALTH_PORT: 'ninety', LOG_LEVEL: 'loud' },
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(status).toBe(2)
    for (const setting of ['HEALTH_PORT', 'LOG_LEVEL']) expect(stderr).toContain(setting)
  })
})

test('one trace id leads from the attempt in the log back to the read', () => {
  const attempted = world.services.dispatcher
    .output()
    .split('\n')
    .filter((line) => line.includes('delivery.attempted'))
    .map((line) => JSON.parse(line) as { trace_id?: string })
  expect(attempted.length).toBeGreaterThan(0)
  for (const { trace_id } of attempted) expect(trace_id).toMatch(/^[0-9a-f]{32}$/)
})

test.each(serviceNames)('%s drains on SIGTERM and exits with 0 in under 20 s', async (name) => {
  const { code, tookMs } = await world.services[name].terminate()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(20_000)
})
