/** What an operator needs of every process: probes, metrics, JSON logs with trace ids, a clean end, clear complaints. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { freePort } from '../harness/free-port.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { root, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse, startWalk } from '../harness/warehouse.ts'
import { openWorld, serviceNames, startServices, type World } from '../harness/world.ts'

let world: World
/** Of a read that came with it, as an upstream system sends it. */
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

beforeAll(async () => {
  world = await openWorld({ env: { LOG_ATTEMPTS: 'all' } })
  await startServices(world)
  const warehouse = await furnishWarehouse(world, 2)
  await registerEndpoint(world, '/operated')
  await startWalk(world, warehouse, [0]).finished
  await waitUntil('events arrived', () => world.receiver.received('/operated').length > 0)
  await readWithTrace()
})

afterAll(async () => {
  await world?.close()
})

/** The first read of an asset is reported at once, so one read leads to one event. */
async function readWithTrace(): Promise<void> {
  const asset = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    external_key: 'TRACED-1',
    name: 'Traced',
  })
  await world.api.data('POST', `/api/v1/assets/${asset.id}/tags`, { tag_type: 'ble', value: 'C0FFEE000001' })
  const producer = await openTestKafka(world.env, 'traced').openProducer()
  const read = {
    org_id: world.orgId,
    id: 'traced-1',
    device: 'gw-DOCK',
    antenna_port: 1,
    tag: { type: 'ble', value: 'C0FFEE000001' },
  }
  await producer.append({
    topic: `${world.prefix}reads`,
    key: 'traced',
    value: Buffer.from(JSON.stringify(read)),
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  })
  await producer.close()
  await waitUntil('its event arrived', () =>
    world.receiver.received('/operated').some(({ body }) => body.includes('TRACED-1')),
  )
}

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

test('one trace id leads from the attempt in the log back to the read', async () => {
  const attempted = () =>
    world.services.dispatcher
      .output()
      .split('\n')
      .filter((line) => line.includes('delivery.attempted'))
      .map((line) => JSON.parse(line) as { trace_id?: string })
  await waitUntil('the attempt is in the log', () => attempted().some(({ trace_id }) => trace_id === traceId))
  // Where no trace came with the read none is made up.
  expect(attempted().some(({ trace_id }) => trace_id === undefined)).toBe(true)
})

const onKafka = serviceNames.filter((name) => name !== 'api')
test.each(onKafka)('%s without Kafka lives, and says that it is not ready', async (name) => {
  const env = {
    ...world.env,
    KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
    PRODUCER_PORT: `${await freePort()}`,
  }
  const lonely = await serviceProcess(name, env, world.folder)
  await lonely.start({ isReadinessAwaited: false })
  try {
    const probe = async (path: string): Promise<number | null> =>
      fetch(`${lonely.healthUrl}/${path}`).then(
        ({ status }) => status,
        () => null,
      )
    await waitUntil(`${name} lives`, async () => (await probe('livez')) === 200)
    expect(await probe('readyz')).toBe(503)
  } finally {
    await lonely.kill()
  }
})

test.each(serviceNames)('%s drains on SIGTERM and exits with 0 in under 20 s', async (name) => {
  const { code, tookMs } = await world.services[name].terminate()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(20_000)
})
