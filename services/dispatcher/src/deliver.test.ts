import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { type Endpoint, plainEndpoint } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import type { Message } from '@scanhook/signing/sign'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { expect, test } from 'vitest'
import { type DeliverPorts, deliverer, type PostPort } from './deliver.ts'
import type { Settlement } from './describe-attempt.ts'
import type { AttemptedWith } from './plan-next.ts'
import type { Work } from './work.ts'

const nowMs = 1_800_000_000_000
const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', parentId: null, isSampled: true }
const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 }
const ok: AttemptOutcome = {
  kind: 'responded',
  status: 204,
  headers: {},
  body: '',
  isBodyTruncated: false,
  retryAfterMs: null,
  remoteAddress: null,
  timings,
}

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
    findEndpoint: () => ({ kind: 'known', endpoint }),
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
    random: () => 0.5,
    scale: 1,
    userAgent: 'Scanhook/1',
    ...change,
  })
  const attempt = async (work: Work): Promise<string[]> => {
    await deliver.attempt(work, endpoint, () => order.push('answered'))
    return order
  }
  return { posted, signed, settled, attempt }
}

function workOf(change: Parameters<typeof deliveryTo>[1] = {}): Work {
  return {
    delivery: deliveryTo(7, change),
    trace,
    bytes: 1,
    signal: new AbortController().signal,
    done: () => undefined,
  }
}

test('D4: the body is rendered at the first attempt and handed on', async () => {
  const at = bench()
  const work = workOf()
  expect(await at.attempt(work)).toEqual(['post', 'answered', 'settle'])
  const body = at.posted[0]?.body ?? ''
  expect(JSON.parse(body)).toMatchObject({
    event: 'shipment.approved',
    delivery_id: work.delivery.deliveryId,
  })
  expect(at.settled[0]?.attempted).toEqual({ startedAtMs: nowMs, rendered: { profile: 'trakrf', body } })
  expect(at.signed[0]?.body).toBe(body)
})

test('D4: what was rendered once is sent as it is, with the profile of that time', async () => {
  const at = bench()
  await at.attempt(workOf({ rendered: { profile: 'standard', body: '{"b": 1 }' } }))
  expect(at.posted[0]?.body).toBe('{"b": 1 }')
  expect(at.signed[0]).toMatchObject({ profile: 'standard', body: '{"b": 1 }' })
})

test("D5: the signature carries this attempt's time and the stable ids", async () => {
  const at = bench()
  const work = workOf({ attemptNumber: 9, createdAtMs: nowMs - 80_000_000 })
  await at.attempt(work)
  expect(at.signed[0]).toMatchObject({
    timestampS: nowMs / 1_000,
    messageId: work.delivery.event.eventId,
    deliveryId: work.delivery.deliveryId,
  })
})

test("D5: the customer's headers go out and are masked in the log; ours win", async () => {
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

test('D5: without a secret that opens nothing leaves; it is retried, without a line for each attempt', async () => {
  const at = bench({ secretsOf: () => [] })
  expect(await at.attempt(workOf())).toEqual(['answered', 'settle'])
  expect(at.posted).toEqual([])
  expect(at.settled[0]?.settlement).toMatchObject({
    outcome: { kind: 'failed', errorClass: 'internal' },
    disposition: { kind: 'retry' },
  })
})

test('D5: what the signer refuses does not leave, and is said', async () => {
  const at = bench({
    sign: () => {
      throw new Error('a secret of no known form')
    },
  })
  expect(await at.attempt(workOf())).toEqual(['unsignable', 'answered', 'settle'])
  expect(at.posted).toEqual([])
  expect(at.settled[0]?.settlement).toMatchObject({ outcome: { errorClass: 'internal' } })
})

test('D6: the plan reads the endpoint at the moment it is asked', () => {
  let state: Endpoint['state'] = 'active'
  const deliver = deliverer({
    findEndpoint: () => ({ kind: 'known', endpoint: { ...endpoint, state } }),
    nowMs: () => nowMs,
    scale: 1,
  } as unknown as DeliverPorts)
  const work = workOf({ dueAtMs: nowMs, createdAtMs: nowMs })
  expect(deliver.plan(work).kind).toBe('attempt')
  state = 'paused'
  expect(deliver.plan(work)).toMatchObject({ kind: 'settle', disposition: { kind: 'held' } })
})
