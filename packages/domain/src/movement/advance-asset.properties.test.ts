/**
 * Properties of the derivation over random lives of one asset: zones, doors, handhelds and a GPS tracker, readers that
 * fall silent, late uploads, deletions. Driven as the tracker drives it.
 */
import { type DrivenAsset, type DriveStart, driveAsset } from '@scanhook/testkit/drive-asset'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LocationRef, ScanPointKind } from '../asset.ts'
import type { AssetState } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import { assetId, locationId, orgId, scanDeviceId } from '../ids.ts'
import type { MovementSettings } from '../movement-settings.ts'
import type { Fix, ScanRecord } from '../scan.ts'
import { wakeOf } from './advance-asset.ts'
import { slotsMax } from './slots.ts'

const t0 = 1_777_336_418_021

// Two warehouses with bays, and a yard under nothing.
const one = location(1, 'One')
const two = location(2, 'Two')
const yard = location(3, 'Yard')
const aisle = location(11, 'Aisle', one)
const paths: readonly (readonly LocationRef[])[] = [
  [],
  [one],
  [two],
  [yard],
  [aisle, one],
  [location(12, 'Bay', one), one],
  [location(21, 'Bay of two', two), two],
  [location(111, 'Shelf', aisle), aisle, one],
]

interface Step {
  readonly kind: ScanPointKind | 'tick' | 'liveness' | 'withdrawal'
  readonly path: number
  readonly reader: number
  readonly laterMs: number
  readonly behindMs: number
  readonly rssiCdbm: number | null
  readonly reads: number
}

const step: fc.Arbitrary<Step> = fc.record({
  // Mostly what happens mostly.
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('zone' as const) },
    { weight: 4, arbitrary: fc.constant('tick' as const) },
    { weight: 3, arbitrary: fc.constant('liveness' as const) },
    { weight: 1, arbitrary: fc.constantFrom('portal' as const, 'manual' as const) },
    { weight: 1, arbitrary: fc.constant('gps' as const) },
    { weight: 1, arbitrary: fc.constant('withdrawal' as const) },
  ),
  path: fc.nat(paths.length - 1),
  reader: fc.nat(2),
  laterMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 900 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
  ),
  behindMs: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 800 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 300_000 }) },
  ),
  rssiCdbm: fc.option(fc.integer({ min: -9000, max: -3000 }), { freq: 8 }),
  reads: fc.integer({ min: 1, max: 3 }),
})

const anySettings: fc.Arbitrary<Partial<MovementSettings>> = fc.record(
  {
    scanSuppressMs: fc.constantFrom(0, 5_000),
    smoothingMs: fc.constantFrom(0, 4_000),
    slotFreshMs: fc.constantFrom(1_000, 20_000),
    switchMarginCdbm: fc.constantFrom(0, 600),
    confirmMs: fc.constantFrom(0, 10_000),
    confirmReads: fc.integer({ min: 1, max: 4 }),
    firstConfirmMs: fc.constantFrom(0, 10_000),
    quietConfirmMs: fc.constantFrom(0, 3_000),
    rssiFloorCdbm: fc.constantFrom(null, -7000),
    exitTimeoutMs: fc.constantFrom(null, 10_000, 60_000),
    deviceOfflineMs: fc.constantFrom(null, 60_000),
    manualHoldMs: fc.constantFrom(0, 60_000),
    reorderMs: fc.constantFrom(0, 500),
  },
  { requiredKeys: [] },
)

/** Offset = index in the list. */
function recordsOf(steps: readonly Step[], settings: Partial<MovementSettings>): readonly ScanRecord[] {
  let clockMs = t0
  return steps.map((taken): ScanRecord => {
    clockMs += taken.laterMs
    const path = paths[taken.path] ?? []
    const device = 70 + taken.reader
    if (taken.kind === 'tick') return { kind: 'tick', atMs: clockMs }
    if (taken.kind === 'withdrawal') {
      const id = path[0]?.id
      const withdrawn =
        id === undefined
          ? ({ kind: 'asset', assetId: assetId(42) } as const)
          : ({ kind: 'location', locationId: locationId(id) } as const)
      return { kind: 'withdrawal', orgId: orgId(7), atMs: clockMs, withdrawn }
    }
    if (taken.kind === 'liveness') {
      const heard = { orgId: orgId(7), deviceId: scanDeviceId(device), lastHeardMs: clockMs }
      const devices = [{ ...heard, aliveSinceMs: clockMs - taken.behindMs }]
      return { kind: 'liveness', atMs: clockMs, devices }
    }
    const { kind, rssiCdbm, reads } = taken
    const point = { path, kind, device, point: device * 10 + taken.path, settings }
    const atMs = clockMs - taken.behindMs
    const fix = kind === 'gps' ? fixOf(taken) : null
    return scan({ place: place(point), receivedAtMs: clockMs, atMs, rssiCdbm, reads, fix })
  })
}

function fixOf({ path, reader }: Step): Fix {
  const nearIds = paths.slice(path, path + reader).flatMap((near) => near.slice(0, 1).map(({ id }) => id))
  return { latitude: 48 + reader / 1_000, longitude: 11, accuracyM: null, nearIds }
}

const life = fc
  .tuple(
    // An asset stays for a while where it is: some steps come several times.
    fc
      .array(fc.tuple(step, fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 6 }))), {
        minLength: 1,
        maxLength: 30,
      })
      .map((stays) => stays.flatMap(([taken, times]) => Array.from({ length: times }, () => taken))),
    fc.oneof(
      fc.constant<Partial<MovementSettings>>({}),
      fc.constant<Partial<MovementSettings>>({ exitTimeoutMs: 10_000, manualHoldMs: 0 }),
      anySettings,
    ),
  )
  .map(([steps, settings]) => recordsOf(steps, settings))

interface Run {
  readonly asset: DrivenAsset
  readonly eventsAt: readonly (readonly DomainEvent[])[]
  readonly stateAt: readonly (AssetState | null)[]
  readonly clockBefore: readonly number[]
}

function run(records: readonly ScanRecord[], start?: DriveStart): Run {
  const asset = driveAsset(start)
  const eventsAt: (readonly DomainEvent[])[] = []
  const stateAt: (AssetState | null)[] = []
  const clockBefore: number[] = []
  for (const [offset, record] of records.entries()) {
    if (offset < (start?.offset ?? 0)) continue
    clockBefore[offset] = asset.clockMs
    eventsAt[offset] = asset.apply(record, offset)
    stateAt[offset] = asset.state
  }
  return { asset, eventsAt, stateAt, clockBefore }
}

const eventsOf = (result: Run): readonly DomainEvent[] => result.eventsAt.flat()
const dataOf = (event: DomainEvent) => JSON.parse(event.dataJson)

test('M1: the same input gives the same events, byte for byte, and the same state', () => {
  fc.assert(
    fc.property(life, (records) => {
      const once = run(records)
      const again = run(structuredClone(records))
      expect(again.eventsAt).toEqual(once.eventsAt)
      expect(again.asset.state).toEqual(once.asset.state)
    }),
  )
})

test('M2: from the state written at any cut, replaying from any earlier offset, the same events follow', () => {
  fc.assert(
    fc.property(life, fc.nat(), fc.nat(), (records, anyCut, anyBack) => {
      const whole = run(records)
      const state = whole.stateAt[anyCut % records.length] ?? null
      // As the tracker commits: replay begins somewhere at or before the first record after the state's own.
      const offset = anyBack % ((state?.offset ?? -1) + 2)
      const clockMs = whole.clockBefore[offset] ?? 0
      const replayed = run(records, { offset, state: structuredClone(state), clockMs })
      const firstNew = (state?.offset ?? -1) + 1
      expect(replayed.eventsAt.slice(firstNew)).toEqual(whole.eventsAt.slice(firstNew))
      expect(replayed.eventsAt.slice(offset, firstNew).flat()).toEqual([])
      expect(replayed.asset.state).toEqual(whole.asset.state)
    }),
    { numRuns: 400 },
  )
})

test('M3: sequences are gapless and each event names the one before, in the record and in the data', () => {
  fc.assert(
    fc.property(life, (records) => {
      const events = eventsOf(run(records))
      expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
      for (const [index, event] of events.entries()) {
        const previousEventId = events[index - 1]?.eventId ?? null
        expect(event).toMatchObject({ sequence: index + 1, previousEventId })
        const data = dataOf(event)
        expect(data.asset.sequence).toBe(index + 1)
        expect(data.previous_event_id).toBe(previousEventId)
      }
    }),
  )
})

test('M4: within a transition exits come first, leaf upward, then entries, downward, then at most one move', () => {
  const rank = { 'asset.scanned': -1, 'location.exited': 0, 'location.entered': 1, 'asset.moved': 2 }
  let transitions = 0
  fc.assert(
    fc.property(life, (records) => {
      for (const [id, group] of Map.groupBy(eventsOf(run(records)), (event) => event.transitionId)) {
        if (id === null) continue
        transitions++
        const ranks = group.map((event) => rank[event.type as keyof typeof rank])
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
        expect(ranks.filter((found) => found === 2).length).toBeLessThanOrEqual(1)
        expect(new Set(group.map((event) => event.occurredAtMs)).size).toBe(1)
        const sequences = group.map((event) => event.sequence ?? 0)
        expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
      }
    }),
  )
  expect(transitions).toBeGreaterThan(100)
})

interface Counts {
  returned: number
  absence: number
  reassigned: number
  moved: number
}

function tally(counts: Counts, event: DomainEvent): void {
  if (event.type === 'asset.scanned') return
  const { reason } = dataOf(event)
  if (event.type === 'asset.moved') counts.moved++
  else if (reason === 'returned' || reason === 'absence' || reason === 'reassigned')
    counts[reason as keyof Counts]++
}

/** What was entered and not left: location → visit. Fails where an entry or an exit has no counterpart. */
function openVisits(events: readonly DomainEvent[]): ReadonlyMap<number, string> {
  const open = new Map<number, string>()
  for (const event of events) {
    const data = dataOf(event)
    if (event.type === 'location.entered') {
      expect(open.has(data.location.id)).toBe(false)
      open.set(data.location.id, data.visit_id)
    }
    if (event.type === 'location.exited') {
      expect(open.get(data.location.id)).toBe(data.visit_id)
      expect(data.dwell_seconds).toBeGreaterThanOrEqual(0)
      open.delete(data.location.id)
    }
  }
  return open
}

test('M5: entered and exited alternate per location and pair up by visit; what is not left is one path of the tree', () => {
  const counts = { returned: 0, absence: 0, reassigned: 0, moved: 0 }
  fc.assert(
    fc.property(life, (records) => {
      const result = run(records)
      const open = openVisits(eventsOf(result))
      for (const event of eventsOf(result)) tally(counts, event)
      const { state } = result.asset
      const inside = state?.isPresent === true ? state.path.map(({ id }): number => id) : []
      expect([...open.keys()].sort()).toEqual(inside.sort())
      expect(state?.visits.length ?? 0).toBe(inside.length)
    }),
    { numRuns: 600 },
  )
  // A property over lives in which nothing happens would prove nothing. The rarest come up some forty times, by chance.
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5)
})

test('the `from` of each move is the `to` of the one before, unless that place was deleted', () => {
  fc.assert(
    fc.property(life, (records) => {
      const deleted = new Set(
        records.flatMap((record) =>
          record.kind === 'withdrawal' && record.withdrawn.kind === 'location'
            ? [record.withdrawn.locationId]
            : [],
        ),
      )
      let at: number | null = null
      for (const event of eventsOf(run(records))) {
        if (event.type !== 'asset.moved') continue
        const data = dataOf(event)
        const from: number | null = data.from_location?.id ?? null
        if (from !== null || deleted.size === 0) expect(from).toBe(at)
        at = data.to_location.id
      }
    }),
  )
})

test('transitions of an asset happen in order: none before the one that it follows', () => {
  fc.assert(
    fc.property(life, (records) => {
      const times = eventsOf(run(records)).flatMap((event) =>
        event.transitionId === null ? [] : [event.occurredAtMs],
      )
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }),
  )
})

test('M6: a tick changes nothing before its time, and always something at it', () => {
  fc.assert(
    fc.property(life, fc.integer({ min: 1, max: 100_000 }), (records, earlyMs) => {
      const { stateAt, clockBefore } = run(records)
      for (const [offset, state] of stateAt.entries()) {
        if (state === null) continue
        const clockMs = clockBefore[offset + 1] ?? clockBefore[offset] ?? t0
        const dueAtMs = wakeOf(state, clockMs).dueAtMs
        const start = { state, clockMs: 0, offset: state.offset + 1 }
        const early = driveAsset(start)
        expect(early.apply({ kind: 'tick', atMs: (dueAtMs ?? t0 * 2) - earlyMs })).toEqual([])
        if (dueAtMs === null) expect(early.state).toBe(state)
        else if (wakeOf(state, dueAtMs).dueAtMs === dueAtMs && wakeOf(state, dueAtMs).awaits === null)
          expect(driveAsset(start).apply({ kind: 'tick', atMs: dueAtMs }).length).toBeGreaterThan(0)
      }
    }),
  )
})

test('M7: a late scan is one event or none, and leaves alone where the asset is and what it may become', () => {
  let late = 0
  fc.assert(
    fc.property(life, (records) => {
      const { eventsAt, stateAt } = run(records)
      for (const [offset, events] of eventsAt.entries()) {
        const [event] = events
        if (event === undefined || dataOf(event).late !== true) continue
        late++
        expect(events).toHaveLength(1)
        const before = stateAt[offset - 1]
        const after = stateAt[offset]
        for (const key of [
          'path',
          'here',
          'visits',
          'isPresent',
          'lastSeenMs',
          'candidate',
          'slots',
        ] as const)
          expect(after?.[key]).toEqual(before?.[key])
      }
    }),
    { numRuns: 400 },
  )
  expect(late).toBeGreaterThan(20)
})

test('what is remembered of an asset stays bounded, and only whole numbers are', () => {
  fc.assert(
    fc.property(life, (records) => {
      for (const state of run(records).stateAt) {
        expect(state?.sightings.length ?? 0).toBeLessThanOrEqual(8)
        expect(state?.slots.length ?? 0).toBeLessThanOrEqual(slotsMax)
        for (const slot of state?.slots ?? []) {
          expect(Number.isInteger(slot.levelCdbm ?? 0)).toBe(true)
          expect(Number.isInteger(slot.weightHundredths)).toBe(true)
          expect(slot.lastMs).toBeLessThanOrEqual(state?.lastSeenMs ?? 0)
        }
      }
    }),
  )
})
