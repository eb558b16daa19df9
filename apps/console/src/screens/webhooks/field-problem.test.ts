import { expect, test } from 'vitest'
import { fieldProblem } from './field-problem.ts'

const fields = [
  { field: 'name', code: 'too_long', message: 'must have at most 255 characters' },
  { field: 'headers.webhook-id', code: 'invalid_value', message: 'is reserved for the sender' },
  { field: 'subscriptions.0.filter', code: 'invalid_value', message: 'is no filter' },
]

test.each([
  ['name', 'It must have at most 255 characters.'],
  ['headers', 'webhook-id is reserved for the sender.'],
  ['subscriptions', 'It is no filter.'],
  ['url', undefined],
])('%s: %s', (name, says) => expect(fieldProblem(fields as never, name)).toBe(says))
