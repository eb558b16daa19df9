import { expect, test } from 'vitest'
import { type AttemptErrorClass, type AttemptOutcome, attemptErrorClasses } from '../attempt.ts'
import { breakerVerdict } from './breaker-verdict.ts'

const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 }

const responded = (status: number): AttemptOutcome => ({
  kind: 'responded',
  status,
  headers: {},
  body: '',
  isBodyTruncated: false,
  retryAfterMs: null,
  remoteAddress: null,
  timings,
})

const failed = (errorClass: AttemptErrorClass): AttemptOutcome => ({
  kind: 'failed',
  errorClass,
  message: '',
  remoteAddress: null,
  timings,
})

test('BV1: trap 3: every answer is a success but 408, 425, 429 and 5xx', () => {
  const failures = Array.from({ length: 500 }, (_, index) => 100 + index).filter(
    (status) => breakerVerdict(responded(status)) === 'failure',
  )
  expect(failures).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)])
})

test('BV2, BV3: a forbidden address and our own failures say nothing, every other failure is the endpoint’s', () => {
  const verdicts = attemptErrorClasses.map((each) => [each, breakerVerdict(failed(each))])
  expect(Object.fromEntries(verdicts)).toEqual({
    dns: 'failure',
    connect: 'failure',
    tls: 'failure',
    timeout: 'failure',
    reset: 'failure',
    protocol: 'failure',
    blocked_address: 'none',
    internal: 'none',
  })
})
