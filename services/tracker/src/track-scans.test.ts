import { expect, test } from 'vitest'
import { noAssetTraces } from './asset-traces.ts'
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
