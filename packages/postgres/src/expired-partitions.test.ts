import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expiredOf, partitionOf } from './expired-partitions.ts'

const dayMs = 86_400_000

test.each([
  ['events', 'events_20261126', '2026-11-26', '2026-11-27'],
  ['deliveries', 'deliveries_20261231', '2026-12-31', '2027-01-01'],
  ['asset_scans', 'asset_scans_202612', '2026-12-01', '2027-01-01'],
] as const)('of %s, %s is from %s to %s', (table, name, from, to) => {
  expect(partitionOf(table, name)).toEqual({ name, fromMs: Date.parse(from), toMs: Date.parse(to) })
})

test.each([
  ['events', 'events_default'],
  ['events', 'deliveries_20261126'],
  ['events', 'events_202611'],
  ['asset_scans', 'asset_scans_20261126'],
  ['events', 'events_20261126_old'],
] as const)('of %s, %s is none of ours', (table, name) => {
  expect(partitionOf(table, name)).toBeNull()
})

test('D1: nothing younger than what is kept is dropped, and everything that is wholly older', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 400 * dayMs }),
      (days, sinceStartMs) => {
        const startMs = Date.UTC(2026, 0, 1)
        const all = days.map((day) => {
          const digits = new Date(startMs + day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')
          return partitionOf('attempts', `attempts_${digits}`)
        })
        const keptFromMs = startMs + sinceStartMs
        const expired = expiredOf(
          all.filter((one) => one !== null),
          keptFromMs,
        )
        const names = new Set(expired.map(({ name }) => name))
        for (const one of all) {
          if (one === null) throw new Error('a day has a name')
          expect(names.has(one.name)).toBe(one.toMs - 1 < keptFromMs)
        }
        expect(expired.map(({ fromMs }) => fromMs)).toEqual(
          expired.map(({ fromMs }) => fromMs).toSorted((one, other) => one - other),
        )
      },
    ),
  )
})
