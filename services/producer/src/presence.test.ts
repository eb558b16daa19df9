import { orgId, scanDeviceId } from '@scanhook/domain/ids'
import type { HeardDevice } from '@scanhook/domain/scan'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HeardRead, presence } from './presence.ts'

const org = orgId(7)
const nowMs = 1_795_444_931_794
const offlineMs = 60_000

const reader = (deviceId = 70, change: Partial<HeardRead> = {}): HeardRead => ({
  orgId: org,
  deviceKey: `gw-${deviceId}`,
  deviceId: scanDeviceId(deviceId),
  offlineMs,
  ...change,
})

test('E2: a gap of deviceOfflineMs begins a new life, a shorter one does not', () => {
  const readers = presence()
  readers.heard(reader(), nowMs)
  readers.heard(reader(), nowMs + offlineMs - 1)
  expect(readers.take(nowMs + 1e6)).toEqual([
    { orgId: org, deviceId: 70, lastHeardMs: nowMs + offlineMs - 1, aliveSinceMs: nowMs },
  ])
  readers.heard(reader(), nowMs + 2 * offlineMs - 1)
  expect(readers.take(nowMs + 1e6)).toMatchObject([{ aliveSinceMs: nowMs + 2 * offlineMs - 1 }])
})

test('a read that comes behind newer ones takes nothing back', () => {
  const readers = presence()
  readers.heard(reader(), nowMs)
  readers.heard(reader(), nowMs + 30_000)
  readers.heard(reader(), nowMs + 10_000)
  readers.heard(reader(), nowMs - 70_000)
  expect(readers.take(nowMs + 1e6)).toMatchObject([{ lastHeardMs: nowMs + 30_000, aliveSinceMs: nowMs }])
})

test('E2: where points of one reader differ, the shortest holds; it is forgotten with the life it was said in', () => {
  const readers = presence()
  readers.heard(reader(70, { offlineMs: 10_000 }), nowMs)
  readers.heard(reader(70, { offlineMs: null }), nowMs + 1_000)
  readers.heard(reader(70, { offlineMs: 600_000 }), nowMs + 11_000)
  expect(readers.take(nowMs + 1e6)).toMatchObject([{ aliveSinceMs: nowMs + 11_000 }])
  readers.heard(reader(70, { offlineMs: 600_000 }), nowMs + 300_000)
  expect(readers.take(nowMs + 1e6)).toMatchObject([{ aliveSinceMs: nowMs + 11_000 }])
})

test('E1: nobody is told of as heard after the watermark; who was heard after it only, is told of later', () => {
  const readers = presence()
  readers.heard(reader(1), nowMs - 30_000)
  readers.heard(reader(1), nowMs)
  readers.heard(reader(2), nowMs)
  expect(readers.take(nowMs - 10_000)).toEqual([
    { orgId: org, deviceId: 1, lastHeardMs: nowMs - 10_000, aliveSinceMs: nowMs - 30_000 },
  ])
  expect(readers.take(nowMs).toSorted((one, other) => one.deviceId - other.deviceId)).toEqual([
    { orgId: org, deviceId: 1, lastHeardMs: nowMs, aliveSinceMs: nowMs - 30_000 },
    { orgId: org, deviceId: 2, lastHeardMs: nowMs, aliveSinceMs: nowMs },
  ])
})

test('E3: told once, and again when heard again', () => {
  const readers = presence()
  readers.heard(reader(), nowMs)
  expect(readers.take(nowMs)).toHaveLength(1)
  expect(readers.take(nowMs + 10_000)).toEqual([])
  readers.heard(reader(), nowMs)
  expect(readers.take(nowMs + 10_000)).toEqual([])
  readers.heard(reader(), nowMs + 1)
  expect(readers.take(nowMs + 10_000)).toHaveLength(1)
})

test('heartbeats count once it is known whose they are; those of strangers are forgotten', () => {
  const readers = presence()
  readers.heartbeat({ orgId: org, deviceKey: 'gw-70' }, nowMs)
  readers.heartbeat({ orgId: org, deviceKey: 'stranger' }, nowMs)
  expect(readers.take(nowMs)).toEqual([])
  const wanted = readers.unnamed()
  expect(new Set(wanted.map(({ key }) => key().deviceKey))).toEqual(new Set(['gw-70', 'stranger']))
  readers.name(wanted, () => undefined) // the store is away: asked again
  expect(readers.unnamed()).toHaveLength(2)
  readers.name(wanted, (text) => (text === '7:gw-70' ? { id: 70 } : null))
  expect(readers.unnamed()).toEqual([])
  expect(readers.take(nowMs)).toMatchObject([{ deviceId: 70 }])
  expect(readers.size()).toBe(1)
  readers.heartbeat({ orgId: org, deviceKey: 'gw-70' }, nowMs + 30_000)
  readers.name(readers.unnamed(), () => ({ id: 71 })) // made anew under the same key
  expect(readers.take(nowMs + 30_000)).toMatchObject([{ deviceId: 71, aliveSinceMs: nowMs }])
})

test('E4: an hour of silence and the number of readers bound the memory', () => {
  const readers = presence(10)
  for (let id = 1; id <= 11; id += 1) readers.heard(reader(id), nowMs + (id === 7 ? 1 : 0))
  expect(readers.size()).toBe(10)
  readers.take(nowMs + 3_600_001)
  expect(readers.size()).toBe(1)
})

/** What is told of a reader is borne out by when it was heard. */
function check(told: HeardDevice, times: readonly number[], untilMs: number): void {
  expect(told.lastHeardMs).toBeLessThanOrEqual(Math.min(untilMs, Math.max(...times)))
  expect(told.aliveSinceMs).toBeLessThanOrEqual(told.lastHeardMs)
  const alive = times.filter((ms) => ms >= told.aliveSinceMs).toSorted((one, other) => one - other)
  const gaps = alive.map((ms, index) => ms - (alive[index - 1] ?? ms))
  expect(Math.max(...gaps)).toBeLessThan(offlineMs)
}

test('E1–E3: whatever is heard, in whatever order, and however the watermark goes', () => {
  const step = fc.record({
    device: fc.integer({ min: 1, max: 3 }),
    afterMs: fc.integer({ min: -120_000, max: 120_000 }),
    untilMs: fc.option(fc.integer({ min: nowMs, max: nowMs + 3_000_000 })),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const readers = presence(10)
      const heardMs = new Map<number, number[]>([1, 2, 3].map((device) => [device, []]))
      const toldMs = new Map<number, number>()
      let clockMs = nowMs
      for (const { device, afterMs, untilMs } of steps) {
        clockMs += afterMs
        readers.heard(reader(device), clockMs)
        heardMs.get(device)?.push(clockMs)
        for (const told of untilMs === null ? [] : readers.take(untilMs)) {
          check(told, heardMs.get(told.deviceId) ?? [], untilMs ?? 0)
          expect(told.lastHeardMs).toBeGreaterThan(toldMs.get(told.deviceId) ?? 0)
          toldMs.set(told.deviceId, told.lastHeardMs)
        }
      }
    }),
  )
})
