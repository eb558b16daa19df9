/**
 * Properties of the derivation over random walks, driven as the tracker drives it: the partition clock is the largest
 * time seen, timers fire at a record that moves it, before that record is applied.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LocationRef, scanPointKinds } from '../asset.ts'
import type { AssetState } from '../asset-state.ts'
import type { DomainEvent } from '../event.ts'
import { assetId, eventId, locationId, orgId, scanDeviceId, scanPointId } from '../ids.ts'
import type { Scan, ScanRecord } from '../scan.ts'
import { advanceAsset, dueAtMs } from './advance-asset.ts'
import type { Identify } from './identify.ts'
import { defaultMovementSettings, type MovementSettings } from './settings.ts'

const t0 = 1_777_336_418_021

// Two warehouses with bays, and a yard under nothing.
const tree: readonly { readonly id: number; readonly parent: number | null }[] = [
  { id: 1, parent: null },
  { id: 2, parent: null },
  { id: 3, parent: null },
  { id: 11, parent: 1 },
  { id: 12, parent: 1 },
  { id: 21, parent: 2 },
  { id: 111, parent: 11 },
]

function pathOf(id: number | null): readonly LocationRef[] {
  const found = tree.find((location) => location.id === id)
  if (found === undefined) return []
  const parentId = found.parent === null ? null : locationId(found.parent)
  const externalKey = `L-${found.id}`
  const location = {
    id: locationId(found.id),
    externalKey,
    name: externalKey,
    parentId,
    parentExternalKey: null,
  }
  return [location, ...pathOf(found.parent)]
}

const identify: Identify = {
  assetEventId: (...parts) => eventId(parts.join('/')),
  transitionId: (...parts) => parts.join('/'),
  visitId: (...parts) => parts.join('/'),
}

interface Step {
  readonly kind: (typeof scanPointKinds)[number] | 'tick'
  readonly place: number | null
  readonly laterMs: number
  readonly behindMs: number
  readonly rssiCdbm: number | null
  readonly reads: number
}

const step: fc.Arbitrary<Step> = fc.record({
  // Mostly what happens mostly.
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('zone' as const) },
    { weight: 2, arbitrary: fc.constant('tick' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...scanPointKinds) },
  ),
  place: fc.constantFrom(null, ...tree.map((location) => location.id), 11, 11, 12, 12),
  laterMs: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 90_000 })),
  behindMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 800 })),
  rssiCdbm: fc.option(fc.integer({ min: -9000, max: -3000 })),
  reads: fc.integer({ min: 1, max: 3 }),
})

/** Offset = index in the list. */
function recordsOf(steps: readonly Step[]): readonly ScanRecord[] {
  let clockMs = t0
  return steps.map((taken, index) => {
    clockMs += taken.laterMs
    return taken.kind === 'tick'
      ? { kind: 'tick', atMs: clockMs }
      : scanOf(taken, clockMs - taken.behindMs, index)
  })
}

function scanOf(taken: Step, receivedAtMs: number, index: number): Scan {
  return {
    kind: 'scan',
    orgId: orgId(7),
    scanId: `s${index}`,
    asset: { id: assetId(42), externalKey: 'FORK-7', name: 'Forklift 7' },
    path: pathOf(taken.place),
    tag: { tagType: 'ble', value: 'C300' },
    device: { id: scanDeviceId(77), externalKey: 'gw', name: 'gw', type: 'gl_s10' },
    point: { id: scanPointId(78), antennaPort: 1, kind: taken.kind === 'tick' ? 'zone' : taken.kind },
    readAtMs: null,
    receivedAtMs,
    rssiCdbm: taken.rssiCdbm,
    reads: taken.reads,
  }
}

interface Run {
  /** Events and state after each record. */
  readonly eventsAt: readonly (readonly DomainEvent[])[]
  readonly stateAt: readonly (AssetState | null)[]
  readonly clockBefore: readonly number[]
  readonly finalState: AssetState | null
}

interface Start {
  readonly fromOffset: number
  readonly state: AssetState | null
  readonly clockMs: number
}

const fromTheBeginning: Start = { fromOffset: 0, state: null, clockMs: 0 }

/** What the tracker does with one asset; a record at or below the offset of the state it began with is skipped as a whole. */
function run(records: readonly ScanRecord[], settings: MovementSettings, start: Start): Run {
  let { state, clockMs } = start
  const includedThrough = start.state?.offset ?? -1
  const eventsAt: (readonly DomainEvent[])[] = []
  const stateAt: (AssetState | null)[] = []
  const clockBefore: number[] = []

  const advance = (record: ScanRecord, offset: number): readonly DomainEvent[] => {
    const next = advanceAsset(state, { record, offset }, settings, identify)
    state = next.state
    return next.events
  }
  const fireTimer = (offset: number): readonly DomainEvent[] => {
    const due = state === null ? null : dueAtMs(state, settings)
    return due === null || due > clockMs ? [] : advance({ kind: 'tick', atMs: clockMs }, offset)
  }
  const apply = (record: ScanRecord, offset: number): readonly DomainEvent[] => {
    const atMs = record.kind === 'scan' ? record.receivedAtMs : record.atMs
    const isMoved = atMs > clockMs
    clockMs = Math.max(clockMs, atMs)
    if (offset <= includedThrough) return []
    const fired = isMoved ? fireTimer(offset) : []
    return record.kind === 'scan' ? [...fired, ...advance(record, offset)] : fired
  }
  for (const [offset, record] of records.entries()) {
    if (offset < start.fromOffset) continue
    clockBefore[offset] = clockMs
    eventsAt[offset] = apply(record, offset)
    stateAt[offset] = state
  }
  return { eventsAt, stateAt, clockBefore, finalState: state }
}

const anySettings: fc.Arbitrary<MovementSettings> = fc.record({
  scanSuppressMs: fc.constantFrom(0, 5_000, 60_000),
  confirmMs: fc.constantFrom(0, 1_500, 10_000),
  confirmReads: fc.integer({ min: 1, max: 4 }),
  switchMarginCdbm: fc.constantFrom(0, 600),
  reorderMs: fc.constantFrom(0, 500),
  hierarchyEvents: fc.constant('path' as const),
})
const settingsOften = fc.oneof(fc.constant(defaultMovementSettings), anySettings)
const walk = fc.array(step, { minLength: 1, maxLength: 60 }).map(recordsOf)

function eventsOf(result: Run): readonly DomainEvent[] {
  return result.eventsAt.flat()
}

test('M1: the same input gives the same events, byte for byte, and the same state', () => {
  fc.assert(
    fc.property(walk, settingsOften, (records, settings) => {
      const once = run(records, settings, fromTheBeginning)
      expect(run(structuredClone(records), settings, fromTheBeginning)).toEqual(once)
    }),
  )
})

test('M2: from the state written at any cut, replaying from any earlier offset, the same events follow', () => {
  fc.assert(
    fc.property(walk, settingsOften, fc.nat(), fc.nat(), (records, settings, anyCut, anyBack) => {
      const whole = run(records, settings, fromTheBeginning)
      const cut = anyCut % records.length
      const state = whole.stateAt[cut] ?? null
      // As the tracker commits: replay begins somewhere at or before the first record after the state's own.
      const fromOffset = anyBack % ((state?.offset ?? -1) + 2)
      const start = { fromOffset, state: structuredClone(state), clockMs: whole.clockBefore[fromOffset] ?? 0 }
      const replayed = run(records, settings, start)
      const firstNew = (state?.offset ?? -1) + 1
      expect(replayed.eventsAt.slice(firstNew)).toEqual(whole.eventsAt.slice(firstNew))
      expect(replayed.eventsAt.slice(fromOffset, firstNew).flat()).toEqual([])
      expect(replayed.finalState).toEqual(whole.finalState)
    }),
    { numRuns: 300 },
  )
})

test('M3: sequences are gapless and each event names the one before, in the record and in the data', () => {
  fc.assert(
    fc.property(walk, settingsOften, (records, settings) => {
      const events = eventsOf(run(records, settings, fromTheBeginning))
      expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
      for (const [index, event] of events.entries()) {
        const previousEventId = events[index - 1]?.eventId ?? null
        expect(event).toMatchObject({ sequence: index + 1, previousEventId })
        const data = JSON.parse(event.dataJson)
        expect(data.asset.sequence).toBe(index + 1)
        expect(data.previous_event_id).toBe(previousEventId)
      }
    }),
  )
})

test('M4: within a transition exits come first, leaf upward, then entries, downward, then one move', () => {
  const rank = { 'asset.scanned': -1, 'location.exited': 0, 'location.entered': 1, 'asset.moved': 2 }
  fc.assert(
    fc.property(walk, settingsOften, (records, settings) => {
      const events = eventsOf(run(records, settings, fromTheBeginning))
      const transitions = Map.groupBy(events, (event) => event.transitionId)
      for (const [id, group] of transitions) {
        if (id === null) continue
        const ranks = group.map((event) => rank[event.type as keyof typeof rank])
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
        expect(ranks.filter((found) => found === 2)).toHaveLength(1)
        expect(new Set(group.map((event) => event.occurredAtMs)).size).toBe(1)
        const sequences = group.map((event) => event.sequence ?? 0)
        expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
      }
    }),
  )
})

test('M5: entries and exits pair up by visit, and what is not left is one path of the tree', () => {
  fc.assert(
    fc.property(walk, settingsOften, (records, settings) => {
      const result = run(records, settings, fromTheBeginning)
      const open = new Map<number, string>()
      let leaf: number | null = null
      for (const event of eventsOf(result)) {
        const data = JSON.parse(event.dataJson)
        if (event.type === 'location.entered') {
          expect(open.has(data.location.id)).toBe(false)
          open.set(data.location.id, data.visit_id)
        }
        if (event.type === 'location.exited') {
          expect(open.get(data.location.id)).toBe(data.visit_id)
          expect(data.dwell_seconds).toBeGreaterThanOrEqual(0)
          open.delete(data.location.id)
        }
        if (event.type === 'asset.moved') {
          expect(data.from_location?.id ?? null).toBe(leaf)
          leaf = data.to_location.id
          const inside = pathOf(leaf).map((location): number => location.id)
          expect([...open.keys()].sort()).toEqual(inside.sort())
        }
      }
      expect(result.finalState?.path[0]?.id ?? null).toBe(leaf)
      const visits = result.finalState?.visits.map((visit) => visit.visitId) ?? []
      expect([...open.values()].sort()).toEqual([...visits].sort())
    }),
  )
})

test('M6: a tick changes nothing before dueAtMs, and always something at it', () => {
  fc.assert(
    fc.property(walk, settingsOften, fc.integer({ min: 1, max: 100_000 }), (records, settings, earlyMs) => {
      const { stateAt } = run(records, settings, fromTheBeginning)
      for (const state of stateAt) {
        if (state === null) continue
        const due = dueAtMs(state, settings)
        const tick = (atMs: number): ReturnType<typeof advanceAsset> =>
          advanceAsset(
            state,
            { record: { kind: 'tick', atMs }, offset: state.offset + 1 },
            settings,
            identify,
          )
        expect(tick(due === null ? t0 * 2 : due - earlyMs)).toEqual({ state, events: [], isUrgent: false })
        if (due === null) continue
        expect(tick(due).events.length).toBeGreaterThan(0)
        expect(dueAtMs(tick(due).state, settings)).toBeNull()
      }
    }),
  )
})

test('what is remembered of an asset stays bounded', () => {
  fc.assert(
    fc.property(walk, settingsOften, (records, settings) => {
      for (const state of run(records, settings, fromTheBeginning).stateAt) {
        expect(state?.sightings.length ?? 0).toBeLessThanOrEqual(8)
        expect(state?.visits.length ?? 0).toBe(state?.path.length ?? 0)
      }
    }),
  )
})
