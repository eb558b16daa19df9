import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveryRow, foldDeliveries, mergeDeliveryRows } from './delivery-row.ts'

const timings = { dnsMs: null, connectMs: 1.5, tlsMs: null, firstByteMs: 3, totalMs: 12.6 }

function responded(status: number): AttemptOutcome {
  return {
    kind: 'responded',
    status,
    headers: {},
    body: '',
    isBodyTruncated: false,
    retryAfterMs: null,
    remoteAddress: null,
    timings,
  }
}

function attempt(
  attemptNumber: number,
  startedAtMs: number,
  disposition: Disposition,
  outcome: AttemptOutcome | null = responded(500),
): Attempt {
  return {
    deliveryId: deliveryId('d'),
    eventId: eventId('e'),
    orgId: orgId(1),
    endpointId: endpointId(2),
    eventType: 'asset.moved',
    trigger: 'event',
    attemptNumber,
    startedAtMs,
    eventOccurredAtMs: 5,
    deliveryCreatedAtMs: 10,
    url: 'https://example.test/',
    requestHeaders: {},
    requestBody: '{}',
    batch: null,
    outcome,
    disposition,
  }
}

const retryAt = (dueAtMs: number): Disposition => ({ kind: 'retry', dueAtMs })

test('a failed attempt leaves the delivery pending, with its next time and what came', () => {
  expect(deliveryRow(attempt(2, 100, retryAt(900)))).toMatchObject({
    state: 'pending',
    attempts: 2,
    nextAttemptAtMs: 900,
    lastStatus: 500,
    lastAttemptAtMs: 100,
    completedAtMs: null,
  })
})

test('a hold is no attempt: it moves the next time and keeps the facts of the last request', () => {
  const held = attempt(2, 200, { kind: 'held', reason: 'breaker_open', dueAtMs: 5_000 }, null)
  const [row] = foldDeliveries([attempt(1, 100, retryAt(150)), held])
  expect(row).toMatchObject({
    state: 'pending',
    attempts: 1,
    nextAttemptAtMs: 5_000,
    heldReason: 'breaker_open',
    lastStatus: 500,
    lastAttemptAtMs: 100,
    firstAttemptAtMs: 100,
  })
})

test('a delivered delivery stays delivered, whatever a repeated attempt says later', () => {
  const [row] = foldDeliveries([
    attempt(1, 100, { kind: 'delivered' }, responded(200)),
    attempt(1, 300, retryAt(900)),
  ])
  expect(row).toMatchObject({
    state: 'delivered',
    completedAtMs: 113,
    nextAttemptAtMs: null,
    lastStatus: 500,
    lastAttemptAtMs: 300,
  })
})

test('an older attempt that comes again does not overwrite a newer state', () => {
  const [row] = foldDeliveries([
    attempt(3, 300, { kind: 'dead', reason: 'exhausted' }),
    attempt(1, 100, retryAt(150)),
  ])
  expect(row).toMatchObject({
    state: 'dead',
    deadReason: 'exhausted',
    attempts: 3,
    firstAttemptAtMs: 100,
    nextAttemptAtMs: null,
  })
})

/** Attempts as they can be: one start per record, so that ties are only real repetitions. */
const history = fc
  .uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 })
  .chain((starts) =>
    fc.tuple(
      ...starts.map((start) =>
        fc
          .record({
            number: fc.integer({ min: 1, max: 4 }),
            status: fc.constantFrom(200, 500, 503),
            disposition: fc.oneof(
              fc.constant<Disposition>({ kind: 'delivered' }),
              fc.constant<Disposition>({ kind: 'dead', reason: 'exhausted' }),
              fc.integer({ min: 1, max: 99 }).map(retryAt),
            ),
            isHeld: fc.boolean(),
          })
          .map(({ number, status, disposition, isHeld }) =>
            isHeld
              ? attempt(number, start, { kind: 'held', reason: 'queue_full', dueAtMs: start + 1 }, null)
              : attempt(number, start, disposition, responded(status)),
          ),
      ),
    ),
  )

test('F1: order, repetition and batching of attempts change nothing', () => {
  fc.assert(
    fc.property(history, fc.array(fc.nat(), { maxLength: 8 }), fc.nat(), (attempts, again, cut) => {
      const expected = foldDeliveries(attempts)
      const repeated = again.flatMap((index) => attempts[index % attempts.length] ?? [])
      const shuffled = [...repeated, ...attempts.toReversed()]
      const at = cut % shuffled.length
      const halves = [shuffled.slice(0, at), shuffled.slice(at)].flatMap(foldDeliveries)
      const [first, ...rest] = halves
      if (first === undefined) throw new Error('nothing folded')
      expect([rest.reduce(mergeDeliveryRows, first)]).toEqual(expected)
    }),
  )
})
