import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  chainAlgorithm,
  decideManifest,
  type ManifestEntry,
  manifestTally,
  namedIdsMax,
  renderManifest,
} from './manifest.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const dayAtMs = Date.parse('2026-11-24T00:00:00Z')
/** Seen through: what was hashed, in its order. */
const plain = (text: string): string => `(${text})`

const anyEntries = fc.uniqueArray(fc.uuid(), { maxLength: 40 }).chain((ids) =>
  fc.tuple(
    ...ids.toSorted().map((eventId) =>
      fc.record({
        eventId: fc.constant(eventId),
        type: fc.constantFrom('asset.moved', 'location.entered', 'shipment.created'),
        state: fc.constantFrom('pending' as const, 'delivered' as const, 'dead' as const),
      }),
    ),
  ),
)

function told(entries: readonly ManifestEntry[]) {
  const tally = manifestTally(dayAtMs, plain)
  for (const entry of entries) tally.add(entry)
  return tally.tell()
}

test('M1: the chain is over the day, then each id in turn', () => {
  const entries = ['a', 'b'].map((eventId) => ({ eventId, type: 'asset.moved', state: 'dead' as const }))
  expect(told(entries)).toMatchObject({
    day: '2026-11-24',
    chain: 'sha256:(((2026-11-24)a)b)',
    firstEventId: 'a',
    lastEventId: 'b',
    deadEventIds: ['a', 'b'],
  })
  expect(told([])).toMatchObject({ events: 0, chain: 'sha256:(2026-11-24)', firstEventId: null, byType: {} })
})

test('M1: ids out of order, or twice, are refused', () => {
  const tally = manifestTally(dayAtMs, plain)
  const entry = { eventId: 'b', type: 'asset.moved', state: 'delivered' as const }
  tally.add(entry)
  expect(() => tally.add(entry)).toThrow('comes after')
  expect(() => tally.add({ ...entry, eventId: 'a' })).toThrow('comes after')
})

test('M3: states and types add up to the number of events', () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      const facts = told(entries)
      const sum = (counts: Readonly<Record<string, number>>): number =>
        Object.values(counts).reduce((one, other) => one + other, 0)
      const { length } = entries
      expect([facts.events, sum(facts.states), sum(facts.byType)]).toEqual([length, length, length])
    }),
  )
})

test('ids of the dead are named up to a bound, and the manifest says whether these are all', () => {
  const many = Array.from({ length: namedIdsMax + 1 }, (_, index) => ({
    eventId: String(index).padStart(6, '0'),
    type: 'asset.moved',
    state: 'dead' as const,
  }))
  const none = { eventIds: [], areComplete: true }
  const data = JSON.parse(renderManifest(7, told(many), none, dayAtMs + dayMs + 2 * hourMs))
  expect(data).toMatchObject({
    dead: namedIdsMax + 1,
    dead_event_ids_complete: false,
    chain_algorithm: chainAlgorithm,
  })
  expect(data.dead_event_ids).toHaveLength(namedIdsMax)
  expect(JSON.parse(renderManifest(7, told(many.slice(1)), none, 0)).dead_event_ids_complete).toBe(true)
})

test.each([
  [
    'nothing before, two hours after midnight: the day that ended',
    null,
    dayAtMs + dayMs + 2 * hourMs,
    dayAtMs,
  ],
  ['nothing before, too early: the day before', null, dayAtMs + dayMs + 2 * hourMs - 1, dayAtMs - dayMs],
  ['made already', dayAtMs, dayAtMs + dayMs + 2 * hourMs, null],
  ['two missed: the older of them', dayAtMs - 2 * dayMs, dayAtMs + dayMs + 2 * hourMs, dayAtMs - dayMs],
  [
    'a month missed: a week is made up for',
    dayAtMs - 30 * dayMs,
    dayAtMs + dayMs + 2 * hourMs,
    dayAtMs - 6 * dayMs,
  ],
])('M4: %s', (_, lastMs, nowMs, expected) => {
  expect(decideManifest(lastMs, nowMs)).toBe(expected)
})
