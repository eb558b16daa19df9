import { expect, test } from 'vitest'
import { sayOutcomes, sayPlace, sayReason } from './describe-poison.ts'

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

test('where it came from is said without the prefix of the installation; without an origin, where it lies', () => {
  const origin = { topic: 's.reads', partition: 1, offset: 7 }
  const preview = { form: 'none' as const, text: '', is_cut: false, size_bytes: 0 }
  const record = {
    ...{ partition: 0, offset: 3, set_aside_at: '2026-04-28T02:59:00Z', reason: 'bad_magic', detail: '' },
    ...{
      service: 'producer',
      key: preview,
      value: preview,
      headers: {},
      replayed_at: null,
      replayed_from: null,
    },
  }
  expect(sayPlace({ ...record, origin }, 's.')).toBe('reads, partition 1, offset 7')
  expect(sayPlace({ ...record, origin: null }, 's.')).toBe('poison, partition 0, offset 3')
})
