import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { assetRows } from './asset-rows.ts'

const t0 = Date.UTC(2026, 10, 20, 12)

interface Said {
  readonly type: DomainEvent['type']
  readonly sequence: number
  /** Seconds after t0. */
  readonly at: number
  readonly data: Readonly<Record<string, unknown>>
}

function event({ type, sequence, at, data }: Said, asset = 5): DomainEvent {
  return {
    eventId: eventId(`00000000-0000-5000-8000-${String(sequence).padStart(12, '0')}`),
    orgId: orgId(7),
    type,
    occurredAtMs: t0 + at * 1000,
    receivedAtMs: t0 + at * 1000,
    subject: `asset:${asset}`,
    assetId: assetId(asset),
    sequence,
    previousEventId: null,
    transitionId: null,
    dataJson: JSON.stringify(data),
  }
}

const place = (id: number | null) => (id === null ? null : { id })
const scanned = (sequence: number, at: number, location: number | null, late = false): Said => ({
  type: 'asset.scanned',
  sequence,
  at,
  data: { location: place(location), reason: null, late },
})
const entered = (sequence: number, at: number, location: number): Said => ({
  type: 'location.entered',
  sequence,
  at,
  data: { location: place(location), reason: 'seen_elsewhere' },
})
const exited = (sequence: number, at: number, location: number, reason: string, receivedAt = at): Said => ({
  type: 'location.exited',
  sequence,
  at,
  data: {
    location: place(location),
    reason,
    scan: { received_at: new Date(t0 + receivedAt * 1000).toISOString() },
  },
})
const moved = (sequence: number, at: number, to: number): Said => ({
  type: 'asset.moved',
  sequence,
  at,
  data: { to_location: place(to), reason: 'seen_elsewhere' },
})

const rowOf = (...said: readonly Said[]) => assetRows(said.map((one) => event(one))).locations[0]

test('the last level entered is the place, and the move says it again', () => {
  expect(rowOf(scanned(1, 0, 3), entered(2, 1, 30), entered(3, 1, 3), moved(4, 1, 3))).toMatchObject({
    locationId: 3,
    locatedAtMs: t0 + 1_000,
    locatedSequence: 4,
    leftSequence: 0,
    lastSeenMs: t0 + 1_000,
  })
})

test('one that comes back to where it was enters without a move', () => {
  const row = rowOf(entered(1, 0, 3), exited(2, 60, 3, 'absence'), entered(3, 500, 30), entered(4, 500, 3))
  expect(row).toMatchObject({ locationId: 3, locatedSequence: 4, leftSequence: 2, locatedAtMs: t0 + 500_000 })
})

test('an exit leaves the place known; by absence it says when the asset was seen last', () => {
  expect(rowOf(entered(1, 0, 3), exited(2, 60, 3, 'absence'))).toMatchObject({
    locationId: 3,
    leftSequence: 2,
    leftAtMs: t0 + 60_000,
    lastSeenMs: t0 + 60_000,
  })
})

test('an exit because the tag was taken away does not mean that the asset was seen then', () => {
  expect(rowOf(entered(1, 0, 3), exited(2, 600, 3, 'reassigned', 20))).toMatchObject({
    lastSeenMs: t0 + 20_000,
    leftSequence: 2,
  })
})

test('a scan without a location ends the dwell, the next with one begins it anew', () => {
  expect(
    rowOf(entered(1, 0, 3), scanned(2, 60, 3), scanned(3, 120, null), scanned(4, 180, 3), scanned(5, 240, 3)),
  ).toMatchObject({ nowhereSequence: 3, resumedSequence: 4, resumedAtMs: t0 + 180_000, locationId: 3 })
})

test('a late scan is history and nothing else', () => {
  const rows = assetRows([event(scanned(1, 0, 3)), event(scanned(2, -600, null, true))])
  expect(rows.scans.map(({ isLate, observedAtMs }) => [isLate, observedAtMs])).toEqual([
    [false, t0],
    [true, t0 - 600_000],
  ])
  expect(rows.locations).toMatchObject([{ nowhereSequence: 0, lastSeenMs: t0 }])
  expect(assetRows([event(scanned(2, -600, null, true))]).locations).toEqual([])
})

test('business events and data that is no object say nothing about assets', () => {
  const business: DomainEvent = { ...event(scanned(1, 0, 3)), assetId: null, sequence: null }
  expect(assetRows([business])).toEqual({ scans: [], locations: [] })
  const odd = assetRows([{ ...event(scanned(1, 0, 3)), dataJson: 'not json' }])
  expect(odd.scans).toMatchObject([{ locationId: null, isLate: false }])
})

test('rows come one per asset, whatever the order of the events', () => {
  const rows = assetRows([
    event(moved(4, 1, 8), 2),
    event(moved(9, 5, 3), 1),
    event(moved(3, 0, 7), 2),
    event(moved(8, 4, 2), 1),
  ])
  expect(rows.locations.map((row) => [row.assetId, row.locationId]).sort()).toEqual([
    [1, 3],
    [2, 8],
  ])
})
