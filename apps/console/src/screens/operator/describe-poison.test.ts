import { expect, test } from 'vitest'
import { sayOutcomes, sayReason } from './describe-poison.ts'

test('every reason has words; a newer writer’s is told as it is', () => {
  expect(sayReason('invalid_json')).toBe('It is not JSON')
  expect(sayReason('too_strange')).toBe('too strange')
})

test('what became of a choice is told, and whether all of it was done', () => {
  expect(sayOutcomes(['replayed'])).toEqual({ text: '1 record was put back.', isWhole: true })
  expect(sayOutcomes(['replayed', 'not_found', 'replayed'])).toEqual({
    ...{ text: '2 records were put back, 1 is not there any more.', isWhole: false },
  })
  expect(sayOutcomes(['open', 'open']).text).toBe('2 records were not tried: Kafka does not answer.')
})
