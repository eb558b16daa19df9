import { expect, test } from 'vitest'
import { joinStays, layBars, layLanes, sayStay } from './join-stays.ts'

const minute = 60_000
const startMs = Date.UTC(2026, 3, 28)
const scan = (minutes: number, locationId: number | null) => ({
  event_observed_at: new Date(startMs + minutes * minute).toISOString(),
  location_id: locationId,
  location_external_key: locationId === null ? null : `LOC-${locationId}`,
  location_name: locationId === null ? null : `Room ${locationId}`,
})

test('a stay lasts until the first scan elsewhere, the last one until its last scan', () => {
  const stays = joinStays([scan(20, 2), scan(10, 1), scan(0, 1), scan(50, 2), scan(15, 2)])
  expect(stays.map(({ where, scans, isLast }) => [where, scans, isLast])).toEqual([
    ['Room 1', 2, false],
    ['Room 2', 3, true],
  ])
  expect(stays.map(({ fromMs, untilMs }) => (untilMs - fromMs) / minute)).toEqual([15, 35])
  expect(joinStays([])).toEqual([])
})

test('who comes back has two stays in one lane; the longest lane is first', () => {
  const stays = joinStays([scan(0, 1), scan(5, 2), scan(60, 1), scan(70, null)])
  expect(stays).toHaveLength(4)
  expect(layLanes(stays, 9).map(({ where, stays: own }) => [where, own.length])).toEqual([
    ['Room 2', 1],
    ['Room 1', 2],
    ['no location', 1],
  ])
  expect(layLanes(stays, 1)).toHaveLength(1)
})

test('stays that would lie on each other are one bar, and bars are as many as can be told apart', () => {
  const stays = joinStays(Array.from({ length: 4_000 }, (_, nth) => scan(nth, nth % 2)))
  const room = { fromMs: startMs, untilMs: startMs + 4_000 * minute, width: 1_000, widthMin: 2 }
  const [lane] = layLanes(stays, 1)
  const bars = layBars(lane?.stays ?? [], room)
  expect(bars.length).toBeLessThanOrEqual(250)
  expect(bars.reduce((sum, { stays: own }) => sum + own.length, 0)).toBe(2_000)
  expect(Math.max(...bars.map(({ x, width }) => x + width))).toBeLessThanOrEqual(1_000)

  const few = layBars(
    joinStays([scan(0, 1), scan(100, 2), scan(2_000, 1), scan(2_500, 2)]).filter(
      ({ locationId }) => locationId === 1,
    ),
    room,
  )
  expect(few.map(({ stays: own }) => own.length)).toEqual([1, 1])
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [90 * minute, '1 h 30 min'],
  [120 * minute, '2 h'],
  [7 * minute, '7 min'],
  [1440 * minute, '1 d'],
  [2000 * minute, '1 d 9 h'],
])('%i ms is "%s"', (ms, text) => {
  expect(sayStay(ms)).toBe(text)
})
