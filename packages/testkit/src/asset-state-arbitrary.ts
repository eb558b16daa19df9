/** States as the rules can make them, for properties: places from a small pool, times around the last sighting. */
import { type LocationRef, scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import type {
  AssetState,
  Candidate,
  LastFix,
  LateSighting,
  ScanFacts,
  Sighting,
  Slot,
  Visit,
} from '@scanhook/domain/asset-state'
import { assetId, eventId, locationId, orgId } from '@scanhook/domain/ids'
import type { Place, ScanTag } from '@scanhook/domain/scan'
import fc from 'fast-check'
import { location, place } from './scan-builders.ts'

const site = location(1, 'Site')
const hall = location(2, 'Halle Süd', site)
const dock = location(3, 'Dock', hall)
const yard = location(4_503_599_627_370_497, '倉庫 📦', site)

const paths: readonly (readonly LocationRef[])[] = [
  [],
  [dock, hall, site],
  [hall, site],
  [yard, site],
  [{ ...yard, name: 'Renamed' }, site],
]

/** Every path at every kind of scan point, with the settings of its kind and with others. */
const placePool: readonly Place[] = paths.flatMap((path, number) =>
  scanPointKinds.flatMap((kind, index) => {
    const point = 10 + number * 4 + index
    return [
      place({ path, kind, point }),
      place({ path, kind, point, settings: { exitTimeoutMs: 10_000, rssiFloorCdbm: -8_000 } }),
    ]
  }),
)

const placed: fc.Arbitrary<Place> = fc.constantFrom(...placePool)
const exact = { noNullPrototype: true } as const
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })
const nameText = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
const numericId = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 52 }))
/** 0 is a signal, too; negative is the rule and positive happens. */
const signal = some(fc.oneof(fc.constantFrom(0, -1, 1), fc.integer({ min: -12_000, max: 3_000 })))
const reads = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 65_535 }))
const tags: fc.Arbitrary<ScanTag> = fc.record(
  {
    tagType: fc.constantFrom(...tagTypes),
    value: fc.oneof(fc.constantFrom('E2801190A503006543E21224', 'e280', 'E28', '', '5901234'), nameText),
  },
  exact,
)
const someLocationId = some(fc.constantFrom(1, 2, 3, 4_503_599_627_370_497).map((id) => locationId(id)))

/** Two weeks around: what is late may be days old, what is held lies ahead. */
function around(nowMs: number): fc.Arbitrary<number> {
  const weekMs = 7 * 86_400_000
  const near = fc.integer({ min: -70_000, max: 70_000 })
  const far = fc.integer({ min: -weekMs, max: weekMs })
  return fc.oneof(near, far).map((byMs) => nowMs + byMs)
}

function facts(nowMs: number): fc.Arbitrary<ScanFacts> {
  return fc.record(
    {
      place: placed,
      tag: tags,
      readAtMs: some(around(nowMs)),
      receivedAtMs: around(nowMs),
      rssiCdbm: signal,
      reads,
    },
    exact,
  )
}

function candidate(nowMs: number, lastTag: ScanTag): fc.Arbitrary<Candidate> {
  const ownTag = fc.boolean()
  return fc
    .tuple(facts(nowMs), around(nowMs), ownTag)
    .map(([own, sinceMs, isOwn]) => ({ sinceMs, facts: isOwn ? own : { ...own, tag: lastTag } }))
}

/** A transition enters several levels at once; those that it shared with the place before began earlier. */
function visits(nowMs: number, length: number): fc.Arbitrary<Visit[]> {
  const visit = fc.record(
    { firstSequence: fc.integer({ min: 1, max: 9_999 }), sinceMs: around(nowMs) },
    exact,
  )
  return fc
    .tuple(visit, visit, fc.nat(length))
    .map(([later, earlier, entered]) =>
      Array.from({ length }, (_, index) => (index < entered ? { ...later } : { ...earlier })),
    )
}

function slots(nowMs: number): fc.Arbitrary<Slot[]> {
  const slot = fc.record(
    {
      place: placed,
      levelCdbm: signal,
      weightHundredths: fc.integer({ min: 0, max: 6_400 }),
      // No slot is heard after the asset is.
      lastMs: around(nowMs).map((atMs) => Math.min(atMs, nowMs)),
      reads,
    },
    exact,
  )
  return fc.array(slot, { maxLength: 6 })
}

function sightings(nowMs: number): fc.Arbitrary<Sighting[]> {
  const sighting = fc.record(
    { locationId: someLocationId, emittedAtMs: around(nowMs), reads: fc.nat(100_000), rssiMaxCdbm: signal },
    exact,
  )
  return fc.array(sighting, { maxLength: 8 })
}

function late(nowMs: number): fc.Arbitrary<LateSighting> {
  return fc.record({ locationId: someLocationId, atMs: around(nowMs) }, exact)
}

function lastFix(nowMs: number): fc.Arbitrary<LastFix> {
  return fc.record(
    {
      latitudeE7: fc.integer({ min: -900_000_000, max: 900_000_000 }),
      longitudeE7: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      atMs: around(nowMs),
    },
    exact,
  )
}

function statesAt(nowMs: number): fc.Arbitrary<AssetState> {
  return fc
    .tuple(facts(nowMs), fc.constantFrom(...paths), fc.boolean())
    .chain(([lastScan, path, isPresent]) =>
      fc.record(
        {
          orgId: numericId.map((id) => orgId(id)),
          asset: fc.record(
            { id: numericId.map((id) => assetId(id)), externalKey: nameText, name: nameText },
            exact,
          ),
          path: fc.constant(path),
          here: some(placed),
          visits: isPresent ? visits(nowMs, path.length) : fc.constant([]),
          isPresent: fc.constant(isPresent),
          lastSeenMs: fc.constant(nowMs),
          lastTransitionMs: some(around(nowMs)),
          heldUntilMs: some(around(nowMs)),
          candidate: some(candidate(nowMs, lastScan.tag)),
          slots: slots(nowMs),
          sightings: sightings(nowMs),
          late: some(late(nowMs)),
          lastFix: some(lastFix(nowMs)),
          lastScan: fc.constant(lastScan),
          sequence: fc.oneof(fc.nat(9), fc.nat(2 ** 40)),
          previousEventId: some(fc.oneof(fc.uuid(), fc.constant('e-1')).map((id) => eventId(id))),
          offset: fc.oneof(fc.nat(300), fc.nat(2 ** 48)),
        },
        exact,
      ),
    )
}

export const assetStates: fc.Arbitrary<AssetState> = fc
  .integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
  .chain(statesAt)
