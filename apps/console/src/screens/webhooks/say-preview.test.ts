import { expect, test } from 'vitest'
import { sayPreview } from './say-preview.ts'

test.each([
  [1204, 98310, true, null, '1,204 of 98,310 events of the last day would match.'],
  [1, 10, false, null, '1 of 10 events that were looked at (there are more) would match.'],
  [0, 0, true, null, 'There was no such event in the last day.'],
  [0, 0, true, 100, 'There was no such event in the last day.'],
  [14, 100, true, 100, 'Matches 14 of the last 100 events.'],
  [2, 7, true, 100, 'Matches 2 of the 7 events of the last day.'],
])('%i of %i', (matched, scanned, isComplete, newest, says) => {
  expect(sayPreview({ matched, scanned, is_complete: isComplete }, newest)).toBe(says)
})
