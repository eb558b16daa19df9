/**
 * What a customer changes counts for what is in flight: a deleted endpoint gets no request any more, a rotated secret signs
 * the retries that wait. API, outbox, dispatcher and retry tiers over the real broker and PostgreSQL, time divided.
 */
import type { Attempt } from '@scanhook/domain/attempt'
import type { Session } from '@scanhook/postgres/open'
import { verify } from '@scanhook/signing/verify'
import { answerWith, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveringApi, openDeliveringApi } from '../harness/delivering-api.ts'
import { waitUntil } from '../harness/wait-until.ts'

let it: DeliveringApi
let session: Session

beforeAll(async () => {
  it = await openDeliveringApi({ name: 'in-flight', timeScale: 100, endpointConcurrency: 4 })
  session = await it.pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  await it.start(`k1:${Buffer.alloc(32, 1).toString('base64')}`)
})
afterAll(async () => {
  await session?.close()
  await it?.close()
  expect(it?.failures).toEqual([])
})

async function attemptsOf(endpoint: number): Promise<readonly Attempt[]> {
  const records = await it.own.readAll(it.own.topics.attempts)
  const all = await Promise.all(records.map(({ value }) => it.own.codecs.attempts.decode(value)))
  return all.filter(({ endpointId }) => endpointId === endpoint)
}

/** What the outbox, the topic and the dispatcher may take together from the acknowledgement on. */
const promisedMs = 2_000

test('a deleted endpoint gets no request that is begun later than two seconds after the acknowledgement, with retries waiting and a queue full', async ({
  annotate,
}) => {
  const held: (() => void)[] = []
  let isHolding = true
  const receiver = await it.receiver((socket, request) => {
    // Every fourth fails, so that retries wait and the breaker stays closed.
    const answer = (): void => answerWith(request.number % 4 === 0 ? 500 : 200)(socket, request)
    if (isHolding && request.number > 60) held.push(answer)
    else answer()
  })
  const { id } = await it.webhookAt(receiver)
  const sent = await it.send(id, 1_000)
  // Requests are under way that are not answered, so the others are in the queue; and there have been failures.
  await waitUntil('requests are held', () => held.length > 0)
  await waitUntil('retries wait', async () =>
    (await attemptsOf(id)).some(({ disposition }) => disposition.kind === 'retry'),
  )
  expect((await it.call('DELETE', `/webhooks/${id}`)).status).toBe(204)
  const acknowledgedAtMs = Date.now()
  isHolding = false
  for (const answer of held.splice(0)) answer()
  await it.followed()
  const followedAtMs = Date.now()

  const ended = new Set(['delivered', 'dead'])
  let attempts: readonly Attempt[] = []
  await waitUntil('every delivery has ended', async () => {
    attempts = await attemptsOf(id)
    const over = attempts.filter(({ disposition }) => ended.has(disposition.kind))
    return new Set(over.map(({ deliveryId }) => deliveryId)).size === sent.length
  })
  const requested = attempts.filter(({ outcome }) => outcome !== null)
  expect(receiver.requests.length).toBe(requested.length)
  const lastStartMs = Math.max(...requested.map(({ startedAtMs }) => startedAtMs))
  // A machine that is too slow to carry the announcement in time is told by the announcement having come through at all.
  expect(lastStartMs).toBeLessThanOrEqual(Math.max(acknowledgedAtMs + promisedMs, followedAtMs))
  await annotate(
    `the last request began ${lastStartMs - acknowledgedAtMs} ms after the acknowledgement; the dispatcher was seen to know after ${followedAtMs - acknowledgedAtMs} ms`,
  )
  const refused = attempts.filter(
    ({ disposition }) => disposition.kind === 'dead' && disposition.reason === 'endpoint_deleted',
  )
  // Some of those had waited in the queue for their first request, others for a retry.
  expect(refused.some(({ attemptNumber }) => attemptNumber === 1)).toBe(true)
  expect(refused.some(({ attemptNumber }) => attemptNumber > 1)).toBe(true)
})

function isSignedWith(request: RawReceiver['requests'][number], secret: string): boolean {
  const headers = Object.fromEntries(
    request.head.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(': ')
      return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]]
    }),
  )
  const nowS = Number(headers['webhook-timestamp'])
  return verify({ profile: 'standard', headers, body: request.body, secrets: [secret], nowS, toleranceS: 1 })
    .ok
}

function signatureCountOf({ head }: RawReceiver['requests'][number]): number {
  return (/^webhook-signature: (.*)$/im.exec(head)?.[1] ?? '').trim().split(' ').length
}

function eventIdOf({ head }: RawReceiver['requests'][number]): string {
  return /^webhook-id: (.*)$/im.exec(head)?.[1]?.trim() ?? ''
}

test('retries that wait are signed with the secrets of their own moment: the old one, both, the new one, and never one that has ended', async () => {
  let status = 500
  // Real seconds, whatever the scale: long enough for the change to come round, and few failures, so that the breaker stays closed.
  const again = { 'retry-after': '2' }
  const receiver = await it.receiver((socket, request) => answerWith(status, '', again)(socket, request))
  const { id, secret: first } = await it.webhookAt(receiver)
  const secrets = [first]
  let signing: readonly string[] = [first]
  await it.followed()

  /** Deliveries fail, then the change is made, then they are tried again. */
  async function whileRetriesWait(change: () => Promise<readonly string[]>): Promise<void> {
    status = 500
    const deliveries = await it.send(id, 3)
    const ids = deliveries.map(({ event }) => event.eventId)
    const areTried = (from: number): boolean => {
      const tried = new Set(receiver.requests.slice(from).map(eventIdOf))
      return ids.every((eventId) => tried.has(eventId))
    }
    await waitUntil('each was tried', () => areTried(0))
    const before = signing
    signing = await change()
    await it.followed()
    const from = receiver.requests.length
    await waitUntil('each is tried again', () => areTried(from))
    for (const request of receiver.requests.slice(from)) {
      expect(secrets.filter((secret) => isSignedWith(request, secret))).toEqual(
        secrets.filter((secret) => signing.includes(secret)),
      )
      expect(signatureCountOf(request)).toBe(signing.length)
    }
    status = 200
    await waitUntil('all arrive', async () => {
      const arrived = (await attemptsOf(id)).filter(({ disposition }) => disposition.kind === 'delivered')
      return ids.every((eventId) => arrived.some((attempt) => attempt.eventId === eventId))
    })
    // Those in between included, a delivery's requests go from the one to the other, and never back.
    for (const eventId of ids) {
      const seen = receiver.requests
        .filter((request) => eventIdOf(request) === eventId)
        .map((request) => [before, signing].findIndex((expected) => isSignedBy(request, expected)))
      expect([seen[0], seen.at(-1)]).toEqual([0, 1])
      expect(seen).toEqual(seen.toSorted((one, other) => one - other))
    }
  }
  const isSignedBy = (request: RawReceiver['requests'][number], expected: readonly string[]): boolean =>
    secrets.every((secret) => isSignedWith(request, secret) === expected.includes(secret))
  const rotate = async (overlapHours: number): Promise<string> => {
    const { secret } = await it.post(`/webhooks/${id}/rotate-secret`, { overlap_hours: overlapHours })
    secrets.push(secret)
    return secret
  }

  await whileRetriesWait(async () => [await rotate(1), first])
  await whileRetriesWait(async () => {
    await session.query(
      'update endpoint_secrets set expires_at = now() where endpoint_id = $1 and expires_at is not null',
      [id],
    )
    await waitUntil('the end of the overlap is noticed', async () => {
      const left = await session.query('select id from endpoint_secrets where endpoint_id = $1', [id])
      return left.length === 1
    })
    return secrets.slice(-1)
  })
  await whileRetriesWait(async () => [await rotate(0)])
})
