import { exampleData } from '@scanhook/catalogue/examples'
import { validateBusinessEvent } from '@scanhook/catalogue/validate-business-event'
import { orgId } from '@scanhook/domain/ids'
import type { Caller } from '@scanhook/http/authentication'
import type { HttpAnswer, HttpRequest } from '@scanhook/http/route'
import { businessEventId } from '@scanhook/identity/derived-ids'
import { expect, test } from 'vitest'
import type { AcceptedEvent } from './accept-events.ts'
import type { Arrival } from './arrival.ts'
import { eventFromJson } from './consume-events.ts'
import { readFromJson } from './consume-reads.ts'
import { intakeRoute } from './routes.ts'

const nowMs = 1_795_444_931_794
const read = (value: string): object => ({ device: 'dock-3', tag: { value } })

interface Asked {
  readonly body?: unknown
  readonly text?: string
}

function world(fates: (arrivals: readonly Arrival[]) => Promise<readonly string[] | null>) {
  const timers: (() => void)[] = []
  const seen: Arrival[] = []
  const route = intakeRoute<Arrival>({
    path: '/api/v1/scans',
    scope: 'scans:write',
    clock: {
      nowMs: () => nowMs,
      after: (_, act) => {
        timers.push(act)
        return () => undefined
      },
    },
    fromJson: (json, frame) =>
      readFromJson({ nowMs: () => nowMs, clockIgnored: () => undefined }, json, frame),
    accept: (arrivals) => {
      seen.push(...arrivals)
      return fates(arrivals)
    },
  })
  const post = ({ body, text }: Asked): Promise<HttpAnswer> =>
    route.handle(requestOf({ body, text: text ?? '', bodyKind: text === undefined ? 'json' : 'ndjson' }))
  return { post, seen, timers }
}

function requestOf(
  changes: Partial<HttpRequest<Caller, unknown, unknown, unknown>>,
): HttpRequest<Caller, unknown, unknown, unknown> {
  return {
    caller: { orgId: 7, apiKeyId: 1, scopes: [] },
    params: {},
    query: {},
    body: null,
    bodyKind: 'json',
    text: '',
    bytes: Buffer.alloc(0),
    requestId: 'R1',
    headers: {},
    signal: new AbortController().signal,
    ...changes,
  }
}

const accepted = async (arrivals: readonly Arrival[]): Promise<readonly string[]> =>
  arrivals.map(() => 'accepted')

test('one read is accepted for the organization of the key', async () => {
  const { post, seen } = world(accepted)
  expect(await post({ body: read('E280') })).toEqual({
    status: 202,
    body: { data: { accepted: 1, duplicates: 0, dropped: 0, drops: [], rejected: [] } },
  })
  expect(seen).toMatchObject([{ read: { orgId: 7 }, receivedAtMs: nowMs, coordinate: 'http:R1:0' }])
})

test('a batch with bad items accepts the good ones and reports the bad by index', async () => {
  const { post, seen } = world(async () => ['accepted', 'duplicate', 'unknown_tag'])
  const answer = await post({ body: [read('A'), { device: 'x' }, read('B'), 7, read('C')] })
  expect(answer.body).toEqual({
    data: {
      accepted: 1,
      duplicates: 1,
      dropped: 1,
      drops: [{ index: 4, reason: 'unknown_tag' }],
      rejected: [
        { index: 1, fields: [{ field: 'tag', code: 'required', message: 'is required', params: null }] },
        {
          index: 3,
          fields: [
            {
              field: '',
              code: 'invalid_value',
              message: 'must be a JSON object; received a number',
              params: null,
            },
          ],
        },
      ],
    },
  })
  expect(seen.map(({ coordinate }) => coordinate)).toEqual(['http:R1:0', 'http:R1:2', 'http:R1:4'])
})

test('lines are a batch too, and a broken line is only itself', async () => {
  const { post } = world(accepted)
  const answer = await post({
    text: `${JSON.stringify(read('A'))}\n{"device\n\n${JSON.stringify(read('B'))}`,
  })
  expect(answer.body).toMatchObject({
    data: { accepted: 2, rejected: [{ index: 1, fields: [{ message: 'is not JSON' }] }] },
  })
})

test('nothing good at all is a validation error, with the index only where there is one', async () => {
  const { post } = world(accepted)
  await expect(post({ body: { device: 'x' } })).rejects.toMatchObject({
    type: 'validation_error',
    fields: [{ field: 'tag', code: 'required' }],
  })
  await expect(post({ body: [{ device: 'x' }] })).rejects.toMatchObject({
    type: 'validation_error',
    fields: [{ field: '0.tag' }],
  })
  await expect(post({ body: [] })).rejects.toMatchObject({
    type: 'validation_error',
    fields: [{ code: 'too_short' }],
  })
  await expect(post({ text: '\n' })).rejects.toMatchObject({
    type: 'validation_error',
    fields: [{ code: 'too_short' }],
  })
  const many = Array.from({ length: 1_001 }, () => read('A'))
  await expect(post({ body: many })).rejects.toMatchObject({
    type: 'validation_error',
    fields: [{ code: 'too_long' }],
  })
})

test('another organization than the key’s is refused', async () => {
  const { post } = world(accepted)
  await expect(post({ body: { ...read('A'), org_id: 8 } })).rejects.toMatchObject({
    fields: [{ field: 'org_id', code: 'invalid_context' }],
  })
})

test('with a store away the answer is 503 with Retry-After', async () => {
  const { post } = world(async () => null)
  await expect(post({ body: read('A') })).rejects.toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
  })
})

test('Kafka silent: 503 after the deadline; and a bounded number of batches waits', async () => {
  const { post, timers } = world(() => new Promise(() => undefined))
  const first = post({ body: read('A') })
  for (const act of timers) act()
  await expect(first).rejects.toMatchObject({ status: 503 })
  const more = Array.from({ length: 63 }, () => post({ body: read('A') }))
  await expect(post({ body: read('A') })).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('too many'),
  })
  for (const act of timers) act()
  expect((await Promise.allSettled(more)).every(({ status }) => status === 'rejected')).toBe(true)
})

test('a business event is held against the catalogue; its id is a function of the client’s', async () => {
  const taken: AcceptedEvent[] = []
  const route = intakeRoute<AcceptedEvent>({
    path: '/api/v1/events',
    scope: 'events:write',
    clock: { nowMs: () => nowMs, after: () => () => undefined },
    fromJson: (json, frame) =>
      eventFromJson(
        {
          subjectOf: ({ type, dataJson }) => validateBusinessEvent(type, JSON.parse(dataJson)),
          eventIdOf: businessEventId,
        },
        json,
        frame,
      ),
    accept: async (events) => {
      taken.push(...events)
      return events.map(() => 'accepted')
    },
  })
  const good = { id: 'e-1', type: 'shipment.created', data: exampleData['shipment.created'] }
  const bad = { type: 'shipment.created', data: {} }
  const answer = await route.handle(requestOf({ body: [good, bad, good] }))
  expect(answer.body).toMatchObject({
    data: { accepted: 2, rejected: [{ index: 1, fields: [{ field: 'data.shipment' }] }] },
  })
  expect(taken.map(({ event }) => event.eventId)).toEqual([
    businessEventId(orgId(7), 'shipment.created', 'e-1'),
    taken[0]?.event.eventId,
  ])
  expect(taken[0]?.event).toMatchObject({
    subject: 'shipment:ship_abc123',
    occurredAtMs: nowMs,
    receivedAtMs: nowMs,
    assetId: null,
    sequence: null,
  })
})
