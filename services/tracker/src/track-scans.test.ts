import type { DomainEvent } from '@scanhook/domain/event'
import type { Scan } from '@scanhook/domain/scan'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { assetTraces, noAssetTraces } from './asset-traces.ts'
import { scanTracker, type TrackPorts } from './track-scans.ts'

const ports: TrackPorts = {
  movement: { advance: () => expect.unreachable(), wakeOf: () => ({ dueAtMs: null, awaits: null }) },
  traces: noAssetTraces,
  keyOf: () => '',
  assetOf: () => null,
  decodeScan: () => expect.unreachable(),
  decodeState: () => expect.unreachable(),
  encodeEvent: () => expect.unreachable(),
  encodeState: () => expect.unreachable(),
  poisonOf: () => expect.unreachable(),
  appendAll: async () => undefined,
  readToEnd: async () => undefined,
  nowMs: () => 0,
  topics: { events: 'events', assetState: 'asset-state' },
  seen: () => undefined,
  tracked: () => undefined,
}

test('S5: the clock of a partition that is not owned is not known, and must not be committed as empty', async () => {
  const tracker = scanTracker(ports, { flushMs: 1_000, replayRecordsMax: 10 })
  const partition = { topic: 'scans', partition: 3 }
  expect(tracker.commitMetadata(partition, 8)).toBeNull()
  await tracker.assign([{ ...partition, committedOffset: 7, metadata: 'clock=42' }])
  expect(tracker.commitMetadata(partition, 8)).toBe('clock=42')
  tracker.revoke([partition])
  expect(tracker.commitMetadata(partition, 9)).toBeNull()
})

test('S6: an event is in the trace of its own asset’s scan, or linked to what its asset was seen by', async () => {
  const appended: OutgoingRecord[] = []
  const traces = assetTraces()
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const earlier = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b8-01' }
  traces.note('7:2', earlier)
  // The scan of asset 1 moves the clock, and so the timer of asset 2 fires.
  const events = [1, 2].map((assetId) => ({ orgId: 7, assetId, type: 'location.exited' }) as DomainEvent)
  const scan = {
    kind: 'scan',
    orgId: 7,
    asset: { id: 1 },
    place: { point: { id: 1 }, path: [] },
    receivedAtMs: 1_000,
  } as unknown as Scan
  const tracker = scanTracker(
    {
      ...ports,
      traces,
      movement: { ...ports.movement, advance: () => ({ state: null, events, isUrgent: false }) },
      keyOf: (org, asset) => `${org}:${asset}`,
      decodeScan: () => ({ kind: 'good', value: scan }),
      encodeEvent: () => Buffer.alloc(0),
      appendAll: async (records) => void appended.push(...records),
    },
    { flushMs: 1_000, replayRecordsMax: 10 },
  )
  const at = { topic: 'scans', partition: 0 }
  await tracker.assign([{ ...at, committedOffset: 0, metadata: '' }])
  const { signal } = new AbortController()
  const nothing = () => undefined
  await tracker.handle({
    ...at,
    ...{ highWatermark: 1, signal, over: signal, done: nothing, doneThrough: nothing },
    ...{ pauseUntil: nothing, stillWaiting: nothing },
    records: [{ ...at, offset: 0, timestampMs: 1, key: null, value: null, headers: { traceparent } }],
  })
  expect(appended.map(({ key, headers, causes }) => [key, headers, causes])).toEqual([
    ['7:1', { traceparent }, undefined],
    ['7:2', undefined, [earlier]],
  ])
})
