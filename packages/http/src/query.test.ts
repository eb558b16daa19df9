import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ApiError } from './api-error.ts'
import { parseOrRefuse } from './field-problems.ts'
import { booleanParam, dayParam, idParam, pageParams, repeatedParam, sortParam, timeParam } from './query.ts'

const list = z.strictObject({
  ...pageParams,
  asset_id: repeatedParam(idParam()),
  include_deleted: booleanParam().default(false),
  from: timeParam().optional(),
  sort: sortParam(['asset_last_seen', 'asset_external_key'], '-asset_last_seen'),
})

function problem(query: unknown): unknown {
  try {
    parseOrRefuse(list, query)
  } catch (error) {
    const { message, fields } = error as ApiError
    return { message, field: fields[0]?.field, code: fields[0]?.code }
  }
  return null
}

test('defaults', () => {
  expect(parseOrRefuse(list, {})).toEqual({
    limit: 50,
    offset: 0,
    asset_id: [],
    include_deleted: false,
    sort: [{ field: 'asset_last_seen', isDescending: true }],
  })
})

test('everything given', () => {
  expect(
    parseOrRefuse(list, {
      limit: '200',
      offset: '7',
      asset_id: ['1', '9007199254740991'],
      include_deleted: 'true',
      from: '2026-04-28t00:33:38.0219+02:00',
      sort: 'asset_external_key,-asset_last_seen',
    }),
  ).toEqual({
    limit: 200,
    offset: 7,
    asset_id: [1, 9007199254740991],
    include_deleted: true,
    from: Date.parse('2026-04-27T22:33:38.021Z'),
    sort: [
      { field: 'asset_external_key', isDescending: false },
      { field: 'asset_last_seen', isDescending: true },
    ],
  })
})

test.each([
  [{ limit: '201' }, 'limit', 'too_large', 'limit must be at most 200'],
  [{ limit: '0' }, 'limit', 'too_small', 'limit must be at least 1'],
  [{ limit: 'ten' }, 'limit', 'invalid_value', 'limit must be an integer'],
  [{ limit: ['1', '2'] }, 'limit', 'invalid_value', 'limit must be given once'],
  [{ offset: '-1' }, 'offset', 'too_small', 'offset must be at least 0'],
  [{ asset_id: ['1', 'x'] }, 'asset_id.1', 'invalid_value', 'asset_id.1 must be an integer'],
  [{ asset_id: '1,2' }, 'asset_id.0', 'invalid_value', 'asset_id.0 must be an integer'],
  [{ include_deleted: '1' }, 'include_deleted', 'invalid_value', 'include_deleted must be true or false'],
  [
    { from: '2026-02-31T00:00' },
    'from',
    'invalid_value',
    'from must be an RFC 3339 time, like 2026-04-28T00:33:38.021Z',
  ],
  [{ from: '2026-13-01T00:00:00Z' }, 'from', 'invalid_value', 'from must be a time that exists'],
  [{ sort: 'color' }, 'sort', 'invalid_value', 'unknown sort field: color'],
  [{ colour: 'red' }, 'colour', 'unknown_field', 'colour is not a known field'],
])('%j is refused', (query, field, code, message) => {
  expect(problem(query)).toEqual({ message, field, code })
})

test('a day is its UTC midnight', () => {
  const days = z.strictObject({ from: dayParam() })
  expect(parseOrRefuse(days, { from: '2026-02-28' })).toEqual({ from: Date.UTC(2026, 1, 28) })
  for (const from of [
    '2026-02-29',
    '2026-04-31',
    '2026-13-01',
    '0000-01-01',
    '2026-2-1',
    '2026-02-28T00:00:00Z',
  ])
    expect(() => parseOrRefuse(days, { from })).toThrow()
})
