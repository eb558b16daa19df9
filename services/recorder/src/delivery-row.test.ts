import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Disposition } from '@scanhook/domain/delivery'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { countAttempts, shownState } from '@scanhook/domain/manual-chains'
import { respondedWith } from '@scanhook/testkit/outcomes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveryRow, foldDeliveries, mergeDeliveryRows } from './delivery-row.ts'

const timings = { dnsMs: null, connectMs: 1.5, tlsMs: null, firstByteMs: 3, totalMs: 12.6 }

const responded = (status: number): AttemptOutcome => respondedWith(status, { timings })

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

/** Asked for by a person at `createdAtMs`. */
function manual(createdAtMs: number, one: Attempt): Attempt {
  return { ...one, trigger: 'manual', deliveryCreatedAtMs: createdAtMs }
}

/** What the log shows of them. */
function shown(attempts: readonly Attempt[]) {
  const [row, ...others] = foldDeliveries(attempts)
  if (row === undefined || others.length > 0) throw new Error('not one delivery')
  return {
    ...shownState(row, row.manualChains),
    attempts: countAttempts(row.attempts, row.manualChains),
    trigger: row.trigger,
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

const exhausted: Disposition = { kind: 'dead', reason: 'exhausted' }

test('M2, M3: sent again after it died, a delivery is pending, then delivered; all requests are counted', () => {
  const died = [attempt(1, 100, retryAt(150)), attempt(2, 150, exhausted)]
  expect(shown(died)).toMatchObject({ state: 'dead', deadReason: 'exhausted', attempts: 2 })
  const failed = manual(500, attempt(1, 500, retryAt(900)))
  expect(shown([...died, failed])).toMatchObject({
    state: 'pending',
    nextAttemptAtMs: 900,
    deadReason: null,
    attempts: 3,
    trigger: 'event',
  })
  const arrived = manual(500, attempt(2, 900, { kind: 'delivered' }, responded(200)))
  expect(shown([...died, failed, arrived])).toMatchObject({
    state: 'delivered',
    completedAtMs: 913,
    nextAttemptAtMs: null,
    attempts: 4,
  })
})

test('M2: a manual chain neither ends nor shortens the automatic one', () => {
  const automatic = attempt(3, 300, retryAt(9_000))
  const held = manual(400, attempt(1, 400, { kind: 'held', reason: 'breaker_open', dueAtMs: 20_000 }, null))
  expect(shown([automatic, held])).toMatchObject({
    state: 'pending',
    nextAttemptAtMs: 9_000,
    heldReason: null,
  })
  const refused = manual(500, attempt(1, 500, { kind: 'dead', reason: 'rejected' }, responded(400)))
  expect(shown([automatic, held, refused])).toMatchObject({
    state: 'pending',
    nextAttemptAtMs: 9_000,
    deadReason: null,
    attempts: 4,
  })
  const last = attempt(4, 9_000, exhausted)
  const ended = manual(400, attempt(9, 20_000, { kind: 'dead', reason: 'deadline' }))
  expect(shown([automatic, held, refused, last])).toMatchObject({
    state: 'pending',
    heldReason: 'breaker_open',
  })
  expect(shown([automatic, held, refused, last, ended])).toMatchObject({
    state: 'dead',
    deadReason: 'deadline',
    attempts: 4 + 9 + 1,
  })
})

test('M2: what was delivered stays delivered, whatever is sent again and however that ends', () => {
  const delivered = attempt(1, 100, { kind: 'delivered' }, responded(200))
  for (const disposition of [retryAt(900), exhausted]) {
    const again = manual(500, attempt(1, 500, disposition))
    expect(shown([again, delivered])).toMatchObject({
      state: 'delivered',
      completedAtMs: 113,
      nextAttemptAtMs: null,
      deadReason: null,
    })
  }
})

test('a delivery that only a person had sent is what its own chain says', () => {
  const missed = manual(500, attempt(1, 500, { kind: 'dead', reason: 'gone' }, responded(410)))
  expect(shown([missed])).toMatchObject({ state: 'dead', deadReason: 'gone', attempts: 1, trigger: 'manual' })
})

test('what superseded a delivery is told with its end', () => {
  const newer = eventId('newer')
  const one = attempt(1, 100, { kind: 'dead', reason: 'superseded', supersededBy: newer }, null)
  expect(deliveryRow(one)).toMatchObject({ state: 'dead', supersededBy: newer, attempts: 0 })
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
            askedAtMs: fc.constantFrom(null, null, 7, 8),
          })
          .map(({ number, status, disposition, isHeld, askedAtMs }) => {
            const one = isHeld
              ? attempt(number, start, { kind: 'held', reason: 'queue_full', dueAtMs: start + 1 }, null)
              : attempt(number, start, disposition, responded(status))
            return askedAtMs === null ? one : manual(askedAtMs, one)
          }),
      ),
    ),
  )

test('F1, M1: order, repetition and batching of attempts change nothing', () => {
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
