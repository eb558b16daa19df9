import { type HeartbeatFacts, settlingMs } from '@scanhook/domain/completeness/heartbeat'
import type { ManifestEntry } from '@scanhook/domain/completeness/manifest'
import type { Delivery } from '@scanhook/domain/delivery'
import { endpointId, orgId } from '@scanhook/domain/ids'
import type { EndpointInHand, SignalledEndpoint } from '@scanhook/postgres/endpoint-signals'
import { expect, test } from 'vitest'
import { type TellPorts, tellEndpoints } from './tell-endpoints.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
/** A minute past three in the morning: yesterday has settled. */
const startMs = Date.parse('2026-11-25T03:01:00Z')

const quiet: HeartbeatFacts = {
  events: 0,
  lastEvent: null,
  locations: [],
  areLocationsComplete: true,
  silentDevices: [],
  areDevicesComplete: true,
  pending: { count: 0, oldestCreatedAtMs: null },
}

function world(ids: readonly number[], asked: Partial<SignalledEndpoint> = { heartbeatMinutes: 5 }) {
  const state = {
    nowMs: startMs,
    rows: new Map<number, SignalledEndpoint>(
      ids.map((id) => [
        id,
        {
          endpointId: endpointId(id),
          orgId: orgId(1),
          heartbeatMinutes: null,
          isDailyManifest: false,
          heartbeat: { slotAtMs: null, untilMs: null },
          manifest: { dayAtMs: null, cutMs: null },
          ...asked,
        },
      ]),
    ),
    /** As a database gives it before somebody else's commit. */
    listed: null as readonly SignalledEndpoint[] | null,
    sent: [] as Delivery[],
    failing: new Set<number>(),
    failures: [] as number[],
    entries: [] as readonly ManifestEntry[],
    lateSinceMs: [] as number[],
  }
  const rowOf = (id: number): SignalledEndpoint => {
    const row = state.rows.get(id)
    if (row === undefined) throw new Error(`no endpoint ${id}`)
    return row
  }
  const inHand = (row: SignalledEndpoint): EndpointInHand => ({
    ...row,
    heartbeatFacts: async () => quiet,
    manifestEntries: async function* () {
      for (const entry of state.entries) yield [entry]
    },
    lateEvents: async (_, lastCutMs) => {
      state.lateSinceMs.push(lastCutMs)
      return { eventIds: [], areComplete: true }
    },
    markHeartbeat: async (heartbeat) => void state.rows.set(row.endpointId, { ...row, heartbeat }),
    markManifest: async (manifest) => void state.rows.set(row.endpointId, { ...row, manifest }),
  })
  const ports: TellPorts = {
    signals: {
      list: async (afterId, limit) =>
        (state.listed ?? [...state.rows.values()])
          .filter((row) => row.endpointId > afterId)
          .toSorted((one, other) => one.endpointId - other.endpointId)
          .slice(0, limit),
      take: (id, act) => act(inHand(rowOf(id))),
    },
    send: async (deliveries) => {
      if (deliveries.some((each) => state.failing.has(each.endpointId))) throw new Error('Kafka is away')
      state.sent.push(...deliveries)
    },
    nowMs: () => state.nowMs,
    sha256Hex: (text) => `(${text})`,
    isStopped: () => false,
    told: () => undefined,
    failed: (_, endpoint) => state.failures.push(endpoint.endpointId),
  }
  return { state, ports, dataOf: (index: number) => JSON.parse(state.sent[index]?.event.dataJson ?? '{}') }
}

test('T1: one heartbeat a slot, also for who listed before the other marked', async () => {
  const { state, ports } = world([7])
  state.listed = [...state.rows.values()]
  await tellEndpoints('heartbeat', ports)
  await tellEndpoints('heartbeat', ports)
  expect(state.sent).toHaveLength(1)
  state.nowMs += 5 * minuteMs
  await tellEndpoints('heartbeat', ports)
  expect(state.sent).toHaveLength(2)
})

test('T2: what could not be sent is not marked; made again in its slot it has the same ids', async () => {
  const { state, ports } = world([7])
  state.failing.add(7)
  await tellEndpoints('heartbeat', ports)
  expect([state.sent.length, state.rows.get(7)?.heartbeat.slotAtMs]).toEqual([0, null])
  state.failing.clear()
  await tellEndpoints('heartbeat', ports)
  // As if the mark had been lost.
  const other = world([7])
  other.state.nowMs += 1_000
  await tellEndpoints('heartbeat', other.ports)
  const idsOf = (sent: readonly Delivery[]) =>
    sent.map(({ deliveryId, event }) => [deliveryId, event.eventId])
  expect(idsOf(state.sent)).toEqual(idsOf(other.state.sent))
})

test('each heartbeat names the one before, and covers what was missed', async () => {
  const { state, ports, dataOf } = world([7])
  await tellEndpoints('heartbeat', ports)
  state.nowMs += 20 * minuteMs
  await tellEndpoints('heartbeat', ports)
  expect(dataOf(0)).toMatchObject({ previous_heartbeat_id: null, heartbeats_skipped: 0 })
  expect(dataOf(1)).toMatchObject({
    previous_heartbeat_id: state.sent[0]?.event.eventId,
    heartbeats_skipped: 3,
    period: { from: dataOf(0).period.to, to: new Date(state.nowMs - settlingMs).toISOString() },
  })
})

test('T3: one that fails keeps nobody else from being told, over all pages', async () => {
  const { state, ports } = world(Array.from({ length: 1_001 }, (_, index) => index + 1))
  state.failing.add(3)
  await tellEndpoints('heartbeat', ports)
  expect([state.sent.length, state.failures]).toEqual([1_000, [3]])
})

test('who asked for the other signal, or for none, gets nothing', async () => {
  const { state, ports } = world([7], { isDailyManifest: true })
  await tellEndpoints('heartbeat', ports)
  expect(state.sent).toEqual([])
  const other = world([7])
  await tellEndpoints('manifest', other.ports)
  expect(other.state.sent).toEqual([])
})

test('a manifest a day; days that were missed come one a round, late events since the last cut', async () => {
  const { state, ports, dataOf } = world([7], { isDailyManifest: true })
  state.entries = [{ eventId: 'a', type: 'asset.moved', state: 'delivered' }]
  await tellEndpoints('manifest', ports)
  await tellEndpoints('manifest', ports)
  expect(state.sent).toHaveLength(1)
  expect(dataOf(0)).toMatchObject({ day: '2026-11-24', events: 1, chain: 'sha256:((2026-11-24)a)' })
  const cutMs = state.rows.get(7)?.manifest.cutMs
  state.nowMs += 2 * dayMs
  for (let round = 0; round < 3; round += 1) await tellEndpoints('manifest', ports)
  expect([dataOf(1).day, dataOf(2).day, state.sent.length]).toEqual(['2026-11-25', '2026-11-26', 3])
  expect(state.lateSinceMs).toEqual([cutMs, state.nowMs - settlingMs])
})
