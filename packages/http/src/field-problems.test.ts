import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ApiError } from './api-error.ts'
import { parseOrRefuse } from './field-problems.ts'

function refusal(schema: z.ZodType, input: unknown): ApiError {
  try {
    parseOrRefuse(schema, input)
  } catch (error) {
    return error as ApiError
  }
  throw new Error('was accepted')
}

const asset = z.strictObject({
  is_active: z.boolean(),
  name: z.string().min(1).max(5),
  tags: z.array(z.strictObject({ value: z.string(), tag_type: z.enum(['rfid', 'ble']) })).max(2),
  count: z.int().min(1).max(9).optional(),
})
const good = { is_active: true, name: 'x', tags: [] }

test('the documented example: detail, field, code, message and params', () => {
  const error = refusal(asset, { ...good, is_active: 'yes' })
  expect(error.message).toBe('is_active must be a boolean; received string')
  expect(error.fields).toEqual([
    {
      field: 'is_active',
      code: 'invalid_value',
      message: 'must be a boolean; received string',
      params: { expected_type: 'boolean' },
    },
  ])
})

test.each([
  [{ ...good, is_active: undefined }, 'is_active', 'required', 'is required'],
  [{ ...good, name: '' }, 'name', 'too_short', 'must have at least 1 characters'],
  [{ ...good, name: 'abcdef' }, 'name', 'too_long', 'must have at most 5 characters'],
  [{ ...good, count: 0 }, 'count', 'too_small', 'must be at least 1'],
  [{ ...good, count: 10 }, 'count', 'too_large', 'must be at most 9'],
  [{ ...good, count: 1.5 }, 'count', 'invalid_value', 'must be an integer; received number with a fraction'],
  [{ ...good, tags: {} }, 'tags', 'invalid_value', 'must be an array; received object'],
  [
    { ...good, tags: [{ value: 'a', tag_type: 'nfc' }] },
    'tags.0.tag_type',
    'invalid_value',
    'must be one of rfid, ble',
  ],
  [
    { ...good, tags: [{ value: 'a', tag_type: 'ble', x: 1 }] },
    'tags.0.x',
    'unknown_field',
    'is not a known field',
  ],
  [{ ...good, color: 'red' }, 'color', 'unknown_field', 'is not a known field'],
  [null, '', 'invalid_value', 'must be an object; received null'],
])('%j is refused', (input, field, code, message) => {
  expect(refusal(asset, input).fields[0]).toMatchObject({ field, code, message })
})

test('all problems are said, at most a hundred', () => {
  expect(refusal(asset, {}).fields.map(({ field }) => field)).toEqual(['is_active', 'name', 'tags'])
  expect(
    refusal(
      z.array(z.string()),
      Array.from({ length: 500 }, () => 1),
    ).fields,
  ).toHaveLength(100)
})

test('of a union, the problems of the form that was meant are said', () => {
  const one = z.strictObject({ value: z.string(), at: z.number().optional() })
  const union = z.union([one, z.array(one).min(1)])
  expect(refusal(union, { value: 7 }).fields[0]).toMatchObject({ field: 'value', code: 'invalid_value' })
  expect(refusal(union, [{ value: 'a' }, { value: 'b', at: 'x' }]).fields[0]).toMatchObject({ field: '1.at' })
  expect(refusal(union, 'text').fields[0]).toMatchObject({
    field: '',
    message: 'has none of the accepted forms',
  })
})

test('a schema may choose the code and the message', () => {
  const schema = z
    .object({ a: z.string().optional(), b: z.string().optional() })
    .superRefine((value, context) => {
      if (value.a !== undefined && value.b !== undefined) {
        context.addIssue({
          code: 'custom',
          path: ['a'],
          message: 'excludes b',
          params: { code: 'ambiguous_fields' },
        })
      }
    })
  expect(refusal(schema, { a: 'x', b: 'y' }).fields[0]).toMatchObject({
    field: 'a',
    code: 'ambiguous_fields',
    message: 'excludes b',
  })
})

test('no message holds the value', () => {
  expect(
    JSON.stringify(refusal(asset, { ...good, name: 'hunter2-hunter2', is_active: 'hunter2' }).fields),
  ).not.toContain('hunter2')
})
