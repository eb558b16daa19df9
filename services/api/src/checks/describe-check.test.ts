import type { StoredAttempt } from '@scanhook/postgres/attempts'
import { expect, test } from 'vitest'
import { describeCheck } from './describe-check.ts'

const terms = { timeoutMs: 15_000, signsTime: true }

function attempt(attemptNumber: number, status: number | null, startedAt = 1_000): StoredAttempt {
  return {
    ...{
      attemptNumber,
      status,
      startedAt,
      trigger: 'test',
      disposition: 'delivered',
      url: 'https://x.example',
    },
    ...{ requestHeaders: {}, requestBody: '', batchId: null, batchSize: null },
    ...{ outcome: status === null ? 'failed' : 'responded', errorClass: status === null ? 'connect' : null },
    ...{ responseHeaders: null, responseBody: null, isBodyTruncated: null, retryAfterMs: null },
    ...{ errorMessage: null, remoteAddress: null, dnsMs: null, connectMs: null, tlsMs: null },
    ...{ firstByteMs: null, totalMs: 10, reason: null, nextAttemptAt: null },
  }
}

const whole = [attempt(1, 204), attempt(2, 204), attempt(3, 401), attempt(4, 401), attempt(5, 401)]

test('what is not in the log yet is not judged', () => {
  for (const some of [[], whole.slice(0, 4), whole.slice(1)])
    expect(describeCheck(some, terms)).toMatchObject({ isOver: false, verdict: null, findings: [] })
})

test('what is in the log so far is told, in the order of the series and without gaps', () => {
  const probed = (some: readonly StoredAttempt[]) =>
    describeCheck(some, terms).probed.map(({ name, attempt: { status } }) => [name, status])
  expect(probed([attempt(3, 200), attempt(1, 204)])).toEqual([['valid', 204]])
  expect(probed(whole.slice(0, 3))).toEqual([
    ['valid', 204],
    ['duplicate', 204],
    ['tampered', 401],
  ])
})

test('a whole series is judged, each probe beside its request', () => {
  const report = describeCheck(whole.toReversed(), terms)
  expect(report.verdict).toBe('pass')
  expect(report.findings.map(({ name, attempt: sent }) => [name, sent?.attemptNumber ?? null])).toEqual([
    ['valid', 1],
    ['duplicate', 2],
    ['tampered', 3],
    ['stale', 4],
    ['unsigned', 5],
    ['timing', null],
  ])
})

test('a series that had no answer is over, and so is one that was held before', () => {
  const held = { ...attempt(1, null, 500), outcome: null, errorClass: null }
  const report = describeCheck([held, attempt(1, null)], terms)
  expect([report.isOver, report.verdict, report.findings[1]?.attempt]).toEqual([true, 'fail', null])
  expect(describeCheck([held], terms).isOver).toBe(false)
})

test('of a series that was repeated after a crash the later requests count', () => {
  const report = describeCheck([...whole, attempt(3, 200, 2_000)], terms)
  expect(report.findings[2]).toMatchObject({ name: 'tampered', verdict: 'fail' })
})

test('of an overlap the two of its secrets are waited for, and it is said which the receiver has', () => {
  const marked = [...whole, attempt(6, 401), attempt(7, 204)].map((each) => ({
    ...each,
    requestBody: '{"altered":false,"overlap":true}',
  }))
  expect(describeCheck(marked.slice(0, 5), terms)).toMatchObject({ isOver: false, overlap: null })
  const report = describeCheck(marked, terms)
  expect(report).toMatchObject({ isOver: true, verdict: 'warn', overlap: { accepts: 'old' } })
  expect(report.findings.map(({ name }) => name)).toContain('new_secret')
  // Before its first request is in the log, who asked for it knows.
  expect(describeCheck([], { ...terms, series: 'overlap' }).series).toBe('overlap')
  expect(describeCheck(whole, terms)).toMatchObject({ isOver: true, overlap: null })
})
