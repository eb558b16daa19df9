/**
 * An upgrade as Kubernetes makes one: the database and the topics first, then processes of the new version beside those of
 * the version before, then without them, while assets move and customers change their webhooks. Every event arrives.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { auditEvents } from '../harness/audit-events.ts'
import { checkLog } from '../harness/check-log.ts'
import { earlierCommit, unpackMaxMs, unpackVersion } from '../harness/earlier-version.ts'
import { type RegisteredEndpoint, registerEndpoint } from '../harness/endpoint.ts'
import { freePort } from '../harness/free-port.ts'
import { auditLedger, isComplete, isGapless } from '../harness/ledger.ts'
import { readPoison } from '../harness/read-poison.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { expectedOfWalk, furnishWarehouse, startWalk, type Warehouse } from '../harness/warehouse.ts'
import {
  openWorld,
  runStep,
  type ServiceName,
  serviceNames,
  startServices,
  type World,
} from '../harness/world.ts'

const commit = await earlierCommit()
const title = commit === null ? 'two versions (not run: this checkout has no history)' : 'two versions'

describe.skipIf(commit === null)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanhook-earlier-'))
  const newer = new Map<ServiceName, ServiceProcess>()
  const walked: number[] = []
  let world: World
  let warehouse: Warehouse
  let endpoint: RegisteredEndpoint
  let newerApi: ApiClient
  let newerProducerUrl = ''

  beforeAll(async () => {
    await unpackVersion(commit ?? '', folder)
  }, unpackMaxMs)

  beforeAll(async () => {
    // Only the API and the producer listen where others call them; the rest has ports of its own anyway.
    const [apiPort, producerPort] = await Promise.all([freePort(), freePort()])
    newerProducerUrl = `http://127.0.0.1:${producerPort}`
    world = await openWorld({ from: folder, isDirect: true, timeScale: 10 })
    newerApi = apiClient(`http://127.0.0.1:${apiPort}`, world.apiKey)
    for (const name of serviceNames) {
      const ports = { API_PORT: String(apiPort), PRODUCER_PORT: String(producerPort) }
      newer.set(name, await serviceProcess(name, { ...world.env, ...ports }, world.folder))
    }
    await startServices(world)
    warehouse = await furnishWarehouse(world, 12)
    // Versions before this one call an asset back to a place that was as loud (slots.ts) when all is silent for ten seconds, as long
    // as a slow machine takes between two walks.
    await world.api.data('PATCH', '/api/v1/orgs/me/settings', { quiet_confirm_ms: 600_000 })
    endpoint = await registerEndpoint(world, '/upgrade', { eventTypes: ['asset.*', 'location.*'] })
  })

  afterAll(async () => {
    await Promise.all([...newer.values()].map((service) => service.kill()))
    await world?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const received = () => world.receiver.received('/upgrade')
  const expected = (): readonly string[] =>
    expectedOfWalk(warehouse, walked).filter((event) => !event.includes('asset.scanned'))

  /** Assets walk, by the producer at `producerUrl`, while `act` runs; afterwards nothing is missing. */
  async function walkDuring(
    act: () => Promise<void>,
    producerUrl: string = world.producerUrl,
  ): Promise<void> {
    const legs = [0, 1].map((leg) => (leg + walked.length) % 3)
    walked.push(...legs)
    const walk = startWalk({ ...world, producerUrl }, warehouse, legs, walked.length)
    await act()
    await walk.finished
    await waitUntil('every expected event was accepted', () => isComplete(received(), expected()))
    await waitUntil('no asset misses an event', () => isGapless(received()))
  }

  const rename = async (api: ApiClient, name: string): Promise<void> => {
    await api.data('PATCH', `/api/v1/webhooks/${endpoint.id}`, { name })
    for (const each of [world.api, newerApi])
      expect((await each.data<{ name: string }>('GET', `/api/v1/webhooks/${endpoint.id}`)).name).toBe(name)
  }

  test('the new setup changes tables and topics under the version before, which goes on', async () => {
    await walkDuring(async () => {
      await runStep('services/setup/src/main.ts', [], { ...world.env, HEALTH_PORT: '0' })
    })
    await walkDuring(async () => undefined)
  })

  test('processes of both versions share the work, whichever takes the reads and the changes', async () => {
    await walkDuring(async () => {
      for (const service of newer.values()) await service.start()
    })
    await rename(world.api, 'named by the version before')
    await rename(newerApi, 'named by the new one')
    await walkDuring(async () => undefined, newerProducerUrl)
    await walkDuring(async () => undefined)
  })

  test('the version before leaves, process by process, and nothing is lost, invented or forgotten', async () => {
    await walkDuring(async () => {
      for (const name of serviceNames) expect((await world.services[name].terminate()).code).toBe(0)
    }, newerProducerUrl)
    await walkDuring(async () => undefined, newerProducerUrl)
    const { duplicateCount } = auditLedger(
      received().filter(({ body }) => !body.includes('asset.scanned')),
      expected(),
      endpoint.secret,
    )
    // Partitions change hands between processes that are told in time: what was in flight is finished first.
    expect(duplicateCount).toBe(0)
    await auditEvents(world)
    expect(await readPoison(world)).toEqual([])
    await waitUntil('the log has it all', async () => (await checkLog(world)).code === 0)
  })
})
