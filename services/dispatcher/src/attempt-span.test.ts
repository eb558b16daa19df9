import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { type Endpoint, plainEndpoint } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { noTracing, type Tracing } from '@scanhook/observability/tracing'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { failedWith, respondedWith } from '@scanhook/testkit/outcomes'
import { recordedSpans } from '@scanhook/testkit/recorded-spans'
import { expect, test } from 'vitest'
import { deliverer, type PostPort } from './deliver.ts'
import type { Work } from './work.ts'

const endpoint: Endpoint = {
  id: endpointId(7),
  orgId: orgId(1),
  url: 'https://x.example/hook/secret-path?token=secret',
  state: 'active',
  profile: 'standard',
  sealedSecrets: ['sealed'],
  headers: {},
  subscriptions: [],
  ...plainEndpoint,
  createdAtMs: 1,
  version: 1,
}
const asking: Endpoint = { ...endpoint, sendsTraceparent: true }

const sampled = (spanId: string, flag = '01') => ({
  traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${spanId.padStart(16, '0')}-${flag}`,
  tracestate: 'upstream=1',
})

function workOf(trace: Work['trace']): Work {
  return {
    ...{
      delivery: deliveryTo(7),
      trace,
      bytes: 1,
      partition: 0,
      endpoint: null,
      order: null,
      orderNote: null,
    },
    ...{ signal: new AbortController().signal, over: new AbortController().signal, done: () => undefined },
  }
}

interface Sending {
  readonly tracing?: Tracing
  readonly to?: Endpoint
  readonly outcome?: AttemptOutcome
}

/** The headers that were sent. */
async function send(
  traces: readonly Work['trace'][],
  { tracing = noTracing, to = endpoint, outcome = respondedWith(204) }: Sending = {},
): Promise<Readonly<Record<string, string>> | undefined> {
  const posted: PostPort[] = []
  const deliver = deliverer({
    tracing,
    batchIdFor: () => 'batch',
    secretsOf: () => ['whsec_x'],
    sign: ({ messageId }) => ({ 'webhook-id': messageId }),
    customerHeaders: () => ({}),
    post: async (request) => {
      posted.push(request)
      return outcome
    },
    settle: async () => undefined,
    unsignable: () => undefined,
    ...{ nowMs: () => 1, latestNowMs: () => 1, random: () => 0.5, scale: 1, userAgent: 'Scanhook/1' },
  })
  const nothing = () => undefined
  await deliver(traces.map(workOf), to, { answered: nothing, decided: nothing, tooLarge: nothing })
  return posted[0]?.headers
}

test('an endpoint gets traceparent only where it asked for it, and never tracestate', async () => {
  expect(await send([sampled('a')])).not.toHaveProperty('traceparent')
  expect(await send([undefined], { to: asking })).not.toHaveProperty('traceparent')
  const headers = await send([sampled('a')], { to: asking })
  // Nothing is recorded here: what came goes on as it came.
  expect(headers).toHaveProperty('traceparent', sampled('a').traceparent)
  expect(headers).not.toHaveProperty('tracestate')
})

test('one delivery: the request is a child of its record, and the receiver’s parent', async () => {
  const { tracing, ended } = recordedSpans()
  const headers = await send([sampled('a')], { tracing, to: asking })
  expect(ended).toMatchObject([
    {
      name: 'POST',
      kind: 'client',
      parentId: '000000000000000a',
      errorType: null,
      attributes: {
        'server.address': 'x.example',
        'server.port': 443,
        'http.request.resend_count': 0,
        'http.response.status_code': 204,
        'scanhook.endpoint.id': 7,
      },
    },
  ])
  expect(headers?.['traceparent']).toContain(`-${ended[0]?.spanId}-01`)
  expect(JSON.stringify(ended)).not.toContain('secret')
})

test('several deliveries in one request: a trace of its own, linked to each that is recorded', async () => {
  const { tracing, ended } = recordedSpans()
  const to = { ...asking, batch: { maxEvents: 10, maxWaitMs: 1, maxBytes: 100_000 } }
  const headers = await send([sampled('a'), undefined, sampled('b'), sampled('c', '00')], { tracing, to })
  expect(ended).toMatchObject([
    {
      parentId: null,
      links: ['000000000000000a', '000000000000000b'],
      attributes: { 'messaging.batch.message_count': 4 },
    },
  ])
  expect(headers?.['traceparent']).toContain(ended[0]?.traceId)
  // Not recorded, no one of their traces is the batch's.
  expect(await send([sampled('a', '00'), sampled('b', '00')], { tracing, to })).not.toHaveProperty(
    'traceparent',
  )
})

test('what failed is said by its class, a refusal by its status', async () => {
  const { tracing, ended } = recordedSpans()
  await send([sampled('a')], { tracing, outcome: respondedWith(503) })
  await send([sampled('a')], { tracing, outcome: failedWith('connect', 'The connection was refused.') })
  expect(ended.map(({ errorType }) => errorType)).toEqual(['503', 'connect'])
})
