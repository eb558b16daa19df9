import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointId, eventId } from '../ids.ts'
import { decideHeartbeat, type HeartbeatFacts, heartbeatEndsAtMs, renderHeartbeat } from './heartbeat.ts'

const nowMs = 1_795_444_931_794
const never = { slotAtMs: null, untilMs: null }
const minuteMs = 60_000

const quiet: HeartbeatFacts = {
  events: 0,
  lastEvent: null,
  locations: [],
  areLocationsComplete: true,
  silentDevices: [],
  areDevicesComplete: true,
  pending: { count: 0, oldestCreatedAtMs: null },
}

test('B1, B2: whenever it is asked, slots grow, are asked for once, and periods meet', () => {
  const anyRun = fc.record({
    endpoint: fc.integer({ min: 1, max: 2 ** 52 }),
    minutes: fc.integer({ min: 1, max: 1_440 }),
    steps: fc.array(fc.integer({ min: 0, max: 100 * minuteMs }), { minLength: 1, maxLength: 50 }),
  })
  fc.assert(
    fc.property(anyRun, ({ endpoint, minutes, steps }) => {
      let atMs = nowMs
      let last: { slotAtMs: number | null; untilMs: number | null } = never
      for (const step of steps) {
        atMs += step
        const due = decideHeartbeat(endpointId(endpoint), minutes, last, atMs)
        if (due === null) {
          expect(atMs).toBeLessThan((last.slotAtMs ?? 0) + minutes * minuteMs)
          continue
        }
        expect(due.slotAtMs).toBeLessThanOrEqual(atMs)
        expect(due.nextSlotAtMs).toBeGreaterThan(atMs)
        expect(Math.abs((due.slotAtMs - endpoint) % (minutes * minuteMs))).toBe(0)
        expect(due.fromMs).toBeLessThanOrEqual(due.toMs)
        if (last.untilMs !== null) expect(due.fromMs).toBe(last.untilMs)
        if (last.slotAtMs !== null)
          expect(last.slotAtMs + (due.skipped + 1) * minutes * minuteMs).toBe(due.slotAtMs)
        last = { slotAtMs: due.slotAtMs, untilMs: due.toMs }
        expect(decideHeartbeat(endpointId(endpoint), minutes, last, atMs)).toBeNull()
      }
    }),
  )
})

test('B2: what was missed is covered by the next one, and counted', () => {
  const first = decideHeartbeat(endpointId(7), 5, never, nowMs)
  expect(first).toMatchObject({ skipped: 0 })
  const last = { slotAtMs: first?.slotAtMs ?? 0, untilMs: first?.toMs ?? 0 }
  expect(decideHeartbeat(endpointId(7), 5, last, nowMs + 20 * minuteMs)).toMatchObject({
    skipped: 3,
    fromMs: last.untilMs,
  })
})

test('endpoints do not all speak at once', () => {
  const slots = [1, 60_001, 120_001].map((id) => decideHeartbeat(endpointId(id), 5, never, nowMs)?.slotAtMs)
  expect(new Set(slots).size).toBe(3)
})

test('B3: it says itself when it ends; no other event does', () => {
  const due = decideHeartbeat(endpointId(7), 5, never, nowMs)
  if (due === null) throw new Error('is due')
  const dataJson = renderHeartbeat(endpointId(7), eventId('e'), due, quiet)
  expect(heartbeatEndsAtMs({ type: 'endpoint.heartbeat', dataJson })).toBe(due.nextSlotAtMs)
  expect(heartbeatEndsAtMs({ type: 'endpoint.manifest', dataJson })).toBeNull()
  expect(heartbeatEndsAtMs({ type: 'endpoint.heartbeat', dataJson: '{}' })).toBeNull()
})
