import { expect, test } from 'vitest'
import { PostgresError, postgresErrorOf } from './errors.ts'

function thrown(code: string, message = 'said', more: object = {}): Error {
  return Object.assign(new Error(message), { code }, more)
}

test.each([
  ['ECONNREFUSED', 'POSTGRES_UNAVAILABLE', true],
  ['ECONNRESET', 'POSTGRES_UNAVAILABLE', true],
  ['ENOTFOUND', 'POSTGRES_UNAVAILABLE', true],
  ['EAI_AGAIN', 'POSTGRES_UNAVAILABLE', true],
  ['ETIMEDOUT', 'POSTGRES_UNAVAILABLE', true],
  ['EPIPE', 'POSTGRES_UNAVAILABLE', true],
  ['57P01', 'POSTGRES_UNAVAILABLE', true],
  ['57P03', 'POSTGRES_UNAVAILABLE', true],
  ['53300', 'POSTGRES_UNAVAILABLE', true],
  ['08006', 'POSTGRES_UNAVAILABLE', true],
  ['25006', 'POSTGRES_UNAVAILABLE', true],
  ['55000', 'POSTGRES_UNAVAILABLE', true],
  ['57014', 'POSTGRES_TIMEOUT', true],
  ['55P03', 'POSTGRES_TIMEOUT', true],
  ['40001', 'POSTGRES_CONTENDED', true],
  ['40P01', 'POSTGRES_CONTENDED', true],
  ['23505', 'POSTGRES_CONFLICT', false],
  ['23503', 'POSTGRES_REFERENCE', false],
  ['22P02', 'POSTGRES_BAD_VALUE', false],
  ['23514', 'POSTGRES_BAD_VALUE', false],
  ['42P01', 'POSTGRES_FAILED', false],
])('%s is %s', (code, expected, retriable) => {
  expect(postgresErrorOf(thrown(code))).toMatchObject({ code: expected, retriable })
})

test.each([
  ['Connection terminated unexpectedly', 'POSTGRES_UNAVAILABLE'],
  ['timeout exceeded when trying to connect', 'POSTGRES_UNAVAILABLE'],
  ['timeout expired', 'POSTGRES_UNAVAILABLE'],
  ['Query read timeout', 'POSTGRES_TIMEOUT'],
  ['cannot read properties of undefined', 'POSTGRES_FAILED'],
])('without a code, "%s" is %s', (message, expected) => {
  expect(postgresErrorOf(new Error(message)).code).toBe(expected)
})

test('a name with several addresses that all refuse is one refusal', () => {
  const error = new AggregateError(
    [thrown('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432'), thrown('ECONNREFUSED')],
    '',
  )
  expect(postgresErrorOf(error)).toMatchObject({
    code: 'POSTGRES_UNAVAILABLE',
    message: 'POSTGRES_UNAVAILABLE: connect ECONNREFUSED ::1:5432',
  })
})

test('the values of a violated constraint are not in the message', () => {
  const error = postgresErrorOf(
    thrown('23505', 'duplicate key value violates unique constraint "tags_match_key"', {
      constraint: 'tags_match_key',
      detail: 'Key (match_key)=(secret) already exists.',
    }),
  )
  expect(error.constraint).toBe('tags_match_key')
  expect(error.message).not.toContain('secret')
})

test('what is wrapped already stays as it is', () => {
  const error = new PostgresError('POSTGRES_TIMEOUT', 'x')
  expect(postgresErrorOf(error)).toBe(error)
})
