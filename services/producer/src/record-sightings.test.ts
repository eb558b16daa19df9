import { orgId, scanDeviceId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { type DeviceSighting, presence } from './presence.ts'
import { sightingRecorder } from './record-sightings.ts'

const nowMs = 1_795_444_931_794

function world() {
  const readers = presence()
  const written: (readonly DeviceSighting[])[] = []
  const state = { isAway: false, failures: 0 }
  const round = sightingRecorder({
    presence: readers,
    record: async (sightings) => {
      if (state.isAway) throw new Error('away')
      written.push(sightings)
    },
    failed: () => {
      state.failures += 1
    },
  })
  const heard = (id: number, atMs: number, offlineMs: number | null = 60_000): void =>
    readers.heard({ orgId: orgId(7), deviceKey: `gw-${id}`, deviceId: scanDeviceId(id), offlineMs }, atMs)
  return { readers, written, state, round, heard }
}

test('E5: each word is recorded once, and again only when something later was heard', async () => {
  const { written, round, heard } = world()
  heard(70, nowMs)
  await round()
  await round()
  heard(70, nowMs - 5)
  await round()
  heard(70, nowMs + 5)
  await round()
  expect(written.flat().map(({ deviceId, lastHeardMs }) => [deviceId, lastHeardMs])).toEqual([
    [70, nowMs],
    [70, nowMs + 5],
  ])
})

test('S1: what the store did not take is recorded by the next round', async () => {
  const { written, state, round, heard } = world()
  state.isAway = true
  heard(70, nowMs)
  await round()
  expect([state.failures, written]).toEqual([1, []])
  state.isAway = false
  await round()
  expect(written).toMatchObject([[{ orgId: 7, deviceId: 70, lastHeardMs: nowMs, offlineMs: 60_000 }]])
})

test('many are recorded in parts', async () => {
  const { written, round, heard } = world()
  for (let id = 1; id <= 1_001; id += 1) heard(id, nowMs)
  await round()
  expect(written.map(({ length }) => length)).toEqual([1_000, 1])
})

test('a reader that is not asked has no limit, unless it beats; one without a name waits for it', async () => {
  const { readers, written, round, heard } = world()
  heard(70, nowMs, null)
  await round()
  readers.heartbeat({ orgId: orgId(7), deviceKey: 'gw-70' }, nowMs + 5)
  readers.heartbeat({ orgId: orgId(7), deviceKey: 'nameless' }, nowMs)
  await round()
  expect(written.flat().map(({ deviceId, offlineMs }) => [deviceId, offlineMs])).toEqual([
    [70, null],
    [70, 60_000],
  ])
})
