/**
 * Tracing over the real stack, with separate processes and a collector of our own: one trace from the record of the upstream
 * system to the request that the receiver got, through every topic and a retry, and the same from a request to the API.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../harness/otlp-collector.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

let world: World
let collector: OtlpCollector

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const upstreamSpanId = '00f067aa0ba902b7'
const sampled = `00-${traceId}-${upstreamSpanId}-01`
/** Nothing of these may stand in a span. */
const names = ['Traced forklift', 'C0FFEE000001', 'FORK-TRACED']

beforeAll(async () => {
  collector = await startOtlpCollector()
  world = await openWorld({
    timeScale: 10,
    // No trace but those that are asked for by their `traceparent`.
    env: {
      TRACING_OTLP_URL: collector.url,
      TRACING_OTLP_HEADERS: 'x-collector-key=from-settings',
      TRACING_SAMPLE_RATIO: '0',
      LOG_ATTEMPTS: 'all',
    },
  })
  await startServices(world, ['api', 'producer', 'tracker', 'router', 'dispatcher', 'retry'])
  await furnishWarehouse(world, 1)
  const asset = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    external_key: names[2],
    name: names[0],
  })
  await world.api.data('POST', `/api/v1/assets/${asset.id}/tags`, { tag_type: 'ble', value: names[1] })
  for (const [path, traceparent] of [
    ['/asked', true],
    ['/silent', false],
  ]) {
    await world.api.data('POST', '/api/v1/webhooks', {
      url: `${world.receiver.url(String(path))}?token=in-the-url`,
      event_types: ['*'],
      traceparent,
    })
  }
  // The first wait is below the smallest tier and is kept in memory; the second goes through one.
  world.receiver.script('/asked?token=in-the-url', (_request, nth) => ({ status: nth <= 2 ? 503 : 200 }))
})

afterAll(async () => {
  await world?.close()
  await collector?.close()
})

/** The attempts of the one event that the scan itself led to; what the clock derives from it later has a trace of its own. */
const asked = () =>
  world.receiver
    .received('/asked?token=in-the-url')
    .filter(({ headers }) => String(headers['traceparent']).includes(traceId))

/** From the span to the one that began it all, in our processes; what it names as parent last. */
function wayUp(from: CollectedSpan): { readonly names: string[]; readonly parentId: string } {
  const byId = new Map(collector.spans().map((span) => [span.spanId, span]))
  const way: string[] = []
  let parentId = ''
  for (let span: CollectedSpan | undefined = from; span !== undefined; span = byId.get(span.parentSpanId)) {
    way.push(`${span.service}: ${span.name.replace(world.prefix, '')}`)
    parentId = span.parentSpanId
  }
  return { names: way, parentId }
}

const posts = (trace: string) =>
  collector.spans().filter((span) => span.traceId === trace && span.name === 'POST' && span.kind === 3)

test('one trace leads from the upstream record to the receiver, through a retry', async () => {
  const producer = await openTestKafka(world.env, 'traced').openProducer()
  const read = {
    org_id: world.orgId,
    id: 'traced-1',
    device: 'gw-DOCK',
    antenna_port: 1,
    tag: { type: 'ble', value: names[1] },
  }
  await producer.append({
    topic: `${world.prefix}reads`,
    key: 'traced',
    value: Buffer.from(JSON.stringify(read)),
    headers: { traceparent: sampled, tracestate: 'upstream=1' },
  })
  await producer.close()
  await waitUntil('the third attempt was accepted', () => asked().some(({ answered }) => answered === 200))
  const last = asked().at(-1)
  const sentParents = asked().map(({ headers }) => String(headers['traceparent']))
  expect(new Set(sentParents).size).toBe(3)
  const spanIdOf = (traceparent: string) =>
    new RegExp(`^00-${traceId}-([0-9a-f]{16})-01$`).exec(traceparent)?.[1]
  expect(sentParents.map(spanIdOf)).not.toContain(undefined)
  expect(last?.headers).not.toHaveProperty('tracestate')

  const find = (id: string | undefined) => collector.spans().find(({ spanId }) => spanId === id)
  const lastSpan = () => find(spanIdOf(String(last?.headers['traceparent'])))
  await waitUntil('the whole way is exported', () => {
    const span = lastSpan()
    return span !== undefined && wayUp(span).parentId === upstreamSpanId
  })
  const span = lastSpan()
  expect(span === undefined ? null : wayUp(span).names).toEqual([
    'dispatcher: POST',
    'dispatcher: process deliveries',
    'retry: send deliveries',
    'retry: process deliveries.retry.10s',
    'dispatcher: send deliveries.retry.10s',
    'dispatcher: process deliveries',
    'dispatcher: send deliveries',
    'dispatcher: process deliveries',
    'router: send deliveries',
    'router: process events',
    'tracker: send events',
    'tracker: process scans',
    'producer: send scans',
    'producer: process reads',
  ])
  await waitUntil('every attempt is exported', () => posts(traceId).length === 4)
  const mine = posts(traceId).filter(({ spanId }) => sentParents.map(spanIdOf).includes(spanId))
  expect(
    mine
      .map(({ attributes, isError }) => [
        attributes['http.request.resend_count'],
        attributes['http.response.status_code'],
        isError,
      ])
      .toSorted(),
  ).toEqual([
    [0, 503, true],
    [1, 503, true],
    [2, 200, false],
  ])
  expect(new Set(mine.map(({ attributes }) => attributes['scanhook.delivery.id'])).size).toBe(1)
})

test('a receiver that did not ask gets no traceparent, and its requests are spans all the same', async () => {
  await waitUntil('it got the event', () => world.receiver.received('/silent?token=in-the-url').length > 0)
  for (const { headers } of world.receiver.received('/silent?token=in-the-url'))
    expect(headers).not.toHaveProperty('traceparent')
})

test('a trace comes in with a request to the API, too, and log lines carry it', async () => {
  const other = 'a'.repeat(32)
  const answer = await fetch(`${world.producerUrl}/api/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.apiKey}`,
      'content-type': 'application/json',
      traceparent: `00-${other}-${upstreamSpanId}-01`,
    },
    body: JSON.stringify({
      id: 'doc-1',
      type: 'check.completed',
      data: {
        check: {
          id: 'chk_9',
          shipment_id: 'ship_1',
          name: 'Weight Validation',
          result: 'pass',
          details: null,
        },
      },
    }),
  })
  expect(answer.status, await answer.text()).toBe(202)
  // Each process exports by itself: children may be there before their parents.
  await waitUntil('the whole way is exported', () => {
    const [first] = posts(other)
    return first !== undefined && wayUp(first).parentId === upstreamSpanId
  })
  const [post] = posts(other)
  expect(post === undefined ? null : wayUp(post)).toEqual({
    names: [
      'dispatcher: POST',
      'dispatcher: process deliveries',
      'router: send deliveries',
      'router: process events',
      'producer: send events',
      'producer: POST /api/v1/events',
    ],
    parentId: upstreamSpanId,
  })
  const lines = world.services.dispatcher.output().split('\n')
  expect(
    lines.some((line) => line.includes('delivery.attempted') && line.includes(`"trace_id":"${other}"`)),
  ).toBe(true)
})

test('no span holds a secret, a name, or the path of a URL; no trace began but with what was recorded', () => {
  const text = JSON.stringify(collector.spans())
  for (const word of [...names, 'whsec_', 'in-the-url', 'Bearer', world.apiKey])
    expect(text).not.toContain(word)
  // What the clock derived from the scan later, if it did by now, is a trace of its own that names it as cause.
  const roots = collector.spans().filter((span) => span.parentSpanId === '')
  for (const { name, links } of roots) {
    expect(name).toBe(`send ${world.prefix}events`)
    expect(links.map((link) => link.traceId)).toEqual([traceId])
  }
  expect(collector.headers()['x-collector-key']).toBe('from-settings')
})
