import { expect, test } from 'vitest'
import { sumOf } from './scrape.ts'

const text = `# HELP scanhook_events_derived_total Events
# TYPE scanhook_events_derived_total counter
scanhook_events_derived_total{event_type="asset.moved"} 3
scanhook_events_derived_total{event_type="location entered"} 4
scanhook_events_derived_total_more 100
scanhook_scans_written_total 17
`

test('a counter is summed over its labels, and only that counter', () => {
  expect(sumOf(text, 'scanhook_events_derived_total')).toBe(7)
  expect(sumOf(text, 'scanhook_scans_written_total')).toBe(17)
  expect(sumOf(text, 'scanhook_unknown_total')).toBe(0)
})
