import { expect, test } from 'vitest'
import { describeFinding, describeOverlap, describeProbe, sayCheck } from './describe-check.ts'

const finding = (verdict: 'pass' | 'warn' | 'fail') => ({
  ...{ name: 'tampered' as const, verdict, message: '' },
  ...{ request: null, response: null },
})

test('a finding has a title, and a verdict in words', () => {
  expect(describeFinding(finding('fail'))).toEqual({
    ...{ title: 'A changed body', tone: 'bad', word: 'Accepted: mend this' },
  })
  expect(describeFinding({ name: 'valid', verdict: 'pass' }).word).toBe('Accepted: right')
  expect(describeFinding({ name: 'unsigned', verdict: 'pass' }).word).toBe('Refused: right')
})

test.each([
  [null, [], null],
  ['pass' as const, [finding('pass'), finding('pass')], 'All 2 findings are as they should be.'],
  ['warn' as const, [finding('pass'), finding('warn')], 'Of 2 findings 1 could be better.'],
  [
    'fail' as const,
    [finding('fail'), finding('warn'), finding('fail')],
    'Of 3 findings 2 are not as they should be, and 1 could be better.',
  ],
  ['fail' as const, [finding('fail'), finding('pass')], 'Of 2 findings 1 is not as it should be.'],
])('a check of verdict %s', (verdict, findings, says) => {
  expect(sayCheck({ verdict, findings })).toBe(says)
})

test('a request of the series is told as soon as it has an answer', () => {
  const probe = { name: 'tampered', response_status: 401, error_class: null, duration_ms: 12.34 } as const
  expect(describeProbe({ ...probe, state: 'sent' })).toEqual({
    ...{ title: 'A changed body', says: '401, 12.3 ms', isSent: true },
  })
  const silent = { ...probe, response_status: null, error_class: 'connect_timeout', state: 'sent' } as const
  expect(describeProbe(silent).says).toBe('no answer (connect timeout), 12.3 ms')
  expect(describeProbe({ ...silent, state: 'waiting' }).isSent).toBe(false)
})

test.each([
  ['new', 'good', 'The new secret'],
  ['both', 'good', 'Both secrets'],
  ['old', 'warn', 'The old secret only'],
  ['none', 'bad', 'Neither secret'],
  ['unproven', 'warn', 'Not proven'],
] as const)('a receiver that accepts %s of the secrets', (accepts, tone, word) => {
  expect(describeOverlap(accepts)).toEqual({ tone, word })
})
