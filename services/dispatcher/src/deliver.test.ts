import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { type Endpoint, plainEndpoint } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { noTracing } from '@scanhook/observability/tracing'
import type { Message } from '@scanhook/signing/sign'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { respondedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { type DeliverPorts, deliverer, type PostPort } from './deliver.ts'
import type { Settlement } from './describe-attempt.ts'
import type { AttemptedWith } from './plan-next.ts'
import type { Work } from './work.ts'

const nowMs = 1_800_000_000_000
const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
const ok = respondedWith(204)

const endpoint: Endpoint = {
  id: endpointId(7),
  orgId: orgId(1),
  url: 'https://x.example/hook',
  state: 'active',
  profile: 'trakrf',
  sealedSecrets: ['sealed'],
  headers: { authorization: 'Bearer t' },
  subscriptions: [],
  ...plainEndpoint,
  createdAtMs: 1,
  version: 1,
}

interface Bench {
  readonly posted: PostPort[]
  readonly signed: Message[]
  readonly settled: { readonly settlement: Settlement; readonly attempted: AttemptedWith | null }[]
  readonly attempt: (work: Work) => Promise<string[]>
}

function bench(change: Partial<DeliverPorts> = {}): Bench {
  const posted: PostPort[] = []
  const signed: Message[] = []
  const settled: Bench['settled'] = []
  const order: string[] = []
  const deliver = deliverer({
    tracing: noTracing,
    batchIdFor: (deliveries) => `batch of ${deliveries.length}`,
    secretsOf: () => ['whsec_x'],
    sign: (message) => {
      signed.push(message)
      return { 'webhook-id': message.messageId, 'webhook-signature': 'v1,x' }
    },
    customerHeaders: ({ headers }) => headers,
    post: async (request) => {
      order.push('post')
      posted.push(request)
      return ok
    },
    settle: async (_work, settlement, attempted) => {
      order.push('settle')
      settled.push({ settlement, attempted })
    },
    unsignable: () => order.push('unsignable'),
    nowMs: () => nowMs,
    latestNowMs: () => nowMs,
    random: () => 0.5,
    scale: 1,
    userAgent: 'Scanhook/1',
    ...change,
  })
  const attempt = async (work: Work): Promise<string[]> => {
    await deliver([work], endpoint, {
      answered: () => order.push('answered'),
      decided: () => order.push('decided'),
      tooLarge: () => order.push('too large'),
    })
    return order
  }
  return { posted, signed, settled, attempt }
}

function workOf(change: Parameters<typeof deliveryTo>[1] = {}): Work {
  return {
    delivery: deliveryTo(7, change),
    trace,
    bytes: 1,
    partition: 0,
    endpoint: null,
    order: null,
    orderNote: null,
    signal: new AbortController().signal,
    over: new AbortController().signal,
    done: () => undefined,
  }
}

test('D5: the body is rendered at the first attempt and handed on', async () => {
  const at = bench()
  const work = workOf()
  expect(await at.attempt(work)).toEqual(['post', 'answered', 'decided', 'settle'])
  const body = at.posted[0]?.body ?? ''
  expect(JSON.parse(body)).toMatchObject({
    event: 'shipment.approved',
    delivery_id: work.delivery.deliveryId,
  })
  expect(at.settled[0]?.attempted).toEqual({ startedAtMs: nowMs, rendered: { profile: 'trakrf', body } })
  expect(at.signed[0]?.body).toBe(body)
})

test('D5: what was rendered once is sent as it is, with the profile of that time', async () => {
  const at = bench()
  await at.attempt(workOf({ rendered: { profile: 'standard', body: '{"b": 1 }' } }))
  expect(at.posted[0]?.body).toBe('{"b": 1 }')
  expect(at.signed[0]).toMatchObject({ profile: 'standard', body: '{"b": 1 }' })
})

test("D6: the signature carries this attempt's time and the stable ids", async () => {
  const at = bench()
  const work = workOf({ attemptNumber: 9, createdAtMs: nowMs - 80_000_000 })
  await at.attempt(work)
  expect(at.signed[0]).toMatchObject({
    timestampS: nowMs / 1_000,
    messageId: work.delivery.event.eventId,
    deliveryId: work.delivery.deliveryId,
  })
})

test("D6: the customer's headers go out and are masked in the log; ours win", async () => {
  const at = bench({ customerHeaders: () => ({ authorization: 'Bearer t', 'user-agent': 'evil' }) })
  await at.attempt(workOf())
  expect(at.posted[0]?.headers).toMatchObject({
    authorization: 'Bearer t',
    'user-agent': 'Scanhook/1',
    'content-type': 'application/json',
  })
  expect(at.settled[0]?.settlement.sent.requestHeaders).toMatchObject({
    authorization: '***',
    'user-agent': 'Scanhook/1',
  })
})

test('D6: without a secret that opens nothing leaves; it is retried, without a line for each attempt', async () => {
  const at = bench({ secretsOf: () => [] })
  expect(await at.attempt(workOf())).toEqual(['answered', 'decided', 'settle'])
  expect(at.posted).toEqual([])
  expect(at.settled[0]?.settlement).toMatchObject({
    outcome: { kind: 'failed', errorClass: 'internal' },
    disposition: { kind: 'retry' },
  })
})

test('D6: what the signer refuses does not leave, and is said', async () => {
  const at = bench({
    sign: () => {
      throw new Error('a secret of no known form')
    },
  })
  expect(await at.attempt(workOf())).toEqual(['unsignable', 'answered', 'decided', 'settle'])
  expect(at.posted).toEqual([])
  expect(at.settled[0]?.settlement).toMatchObject({ outcome: { errorClass: 'internal' } })
})

const batching: Endpoint = { ...endpoint, batch: { maxEvents: 10, maxWaitMs: 1, maxBytes: 100_000 } }

async function deliverBatch(works: readonly Work[], outcome: AttemptOutcome) {
  const decided: string[] = []
  const posted: PostPort[] = []
  const settled: Settlement[] = []
  const deliver = deliverer({
    secretsOf: () => ['whsec_x'],
    sign: ({ messageId }) => ({ 'webhook-id': messageId }),
    customerHeaders: () => ({}),
    tracing: noTracing,
    batchIdFor: (deliveries) => `batch of ${deliveries.length}`,
    post: async (request) => {
      posted.push(request)
      return outcome
    },
    settle: async (_work, settlement) => {
      settled.push(settlement)
    },
    unsignable: () => undefined,
    nowMs: () => nowMs,
    latestNowMs: () => nowMs,
    random: () => 0.5,
    scale: 1,
    userAgent: 'Scanhook/1',
  })
  let tooLarge = 0
  await deliver(works, batching, {
    answered: () => undefined,
    decided: (_work, { kind }) => decided.push(kind),
    tooLarge: (all) => {
      tooLarge = all.length
    },
  })
  return { decided, posted, settled, tooLarge }
}

test('D8: a batch is one signed request; each delivery keeps its own body, and its own log line names the batch', async () => {
  const works = [workOf(), workOf()]
  const { decided, posted, settled } = await deliverBatch(works, ok)
  expect(decided).toEqual(['delivered', 'delivered'])
  expect(posted).toHaveLength(1)
  const body = JSON.parse(posted[0]?.body ?? '') as { events: { id: string; payload: unknown }[] }
  expect(body.events.map(({ id }) => id)).toEqual(works.map(({ delivery }) => delivery.event.eventId))
  expect(posted[0]?.headers).toMatchObject({ 'webhook-id': 'batch of 2' })
  expect(settled.map(({ sent }) => JSON.parse(sent.requestBody))).toEqual(
    body.events.map(({ payload }) => payload),
  )
  expect(settled[0]?.sent.batch).toEqual({ id: 'batch of 2', size: 2 })
})

test('D8: only those that the answer names as failed are retried, each with its own attempt number', async () => {
  const works = [workOf(), workOf({ attemptNumber: 4, firstAttemptAtMs: nowMs - 60_000 }), workOf()]
  const failed = {
    ...ok,
    status: 200,
    body: JSON.stringify({ failed: [works[1]?.delivery.event.eventId] }),
  } as AttemptOutcome
  const { decided, settled } = await deliverBatch(works, failed)
  expect(decided).toEqual(['delivered', 'retry', 'delivered'])
  // The wait after a fourth attempt: 135 s.
  expect(settled[1]?.disposition).toEqual({ kind: 'retry', dueAtMs: nowMs + 135_000 })
})

test('D8: an answer that was cut off accepts nobody, an unreadable one refuses nobody', async () => {
  const cut = { ...ok, body: '{"failed":["ev', isBodyTruncated: true } as AttemptOutcome
  expect((await deliverBatch([workOf(), workOf()], cut)).decided).toEqual(['retry', 'retry'])
  const garbled = { ...ok, body: '{"failed": oops' } as AttemptOutcome
  expect((await deliverBatch([workOf()], garbled)).decided).toEqual(['delivered'])
})

test('D8: a batch that is too large is nobody’s failure; a single event that is, is', async () => {
  const large = { ...ok, status: 413 } as AttemptOutcome
  expect(await deliverBatch([workOf(), workOf()], large)).toMatchObject({
    tooLarge: 2,
    decided: [],
    settled: [],
  })
  expect((await deliverBatch([workOf()], large)).decided).toEqual(['retry'])
})
