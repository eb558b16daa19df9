import { failedWith, respondedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { attemptErrorClasses } from '../attempt.ts'
import { breakerVerdict } from './breaker-verdict.ts'

test('BV1: trap 3: every answer is a success but 408, 425, 429 and 5xx', () => {
  const failures = Array.from({ length: 500 }, (_, index) => 100 + index).filter(
    (status) => breakerVerdict(respondedWith(status)) === 'failure',
  )
  expect(failures).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)])
})

test('BV2, BV3: a forbidden address and our own failures say nothing, every other failure is the endpoint’s', () => {
  const verdicts = attemptErrorClasses.map((each) => [each, breakerVerdict(failedWith(each))])
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
