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
import { type ArrivalPorts, readsFromJson } from './consume-reads.ts'
import { foundOf } from './found.ts'
import { ownFormat, readerSource } from './reader-source.ts'
import { intakeRoute } from './routes.ts'

const nowMs = 1_795_444_931_794
const read = (value: string): object => ({ device: 'dock-3', tag: { value } })

interface Asked {
  readonly body?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

function world(fates: (arrivals: readonly Arrival[]) => Promise<readonly string[] | null>) {
  const timers: (() => void)[] = []
  const seen: Arrival[] = []
  const heard: string[] = []
  const ports: ArrivalPorts = {
    nowMs: () => nowMs,
    clockIgnored: () => undefined,
    heartbeat: ({ deviceKey }) => void heard.push(deviceKey),
  }
  const route = intakeRoute<Arrival>({
    path: '/api/v1/scans',
    scope: 'scans:write',
    item: {},
    describes: { id: 'submitScans', summary: '' },
    clock: {
      nowMs: () => nowMs,
      after: (_, act) => {
        timers.push(act)
        return () => undefined
      },
    },
    sourceOf: (headers) => readerSource('scanhook', headers),
    fromJson: (json, frame) => readsFromJson(ports, json, frame),
    accept: (arrivals) => {
      seen.push(...arrivals)
      return fates(arrivals)
    },
  })
  const post = ({ body, text, headers }: Asked): Promise<HttpAnswer> =>
    route.handle(
      requestOf({
        body,
        text: text ?? '',
        bodyKind: text === undefined ? 'json' : 'ndjson',
        headers: headers ?? {},
      }),
    )
  return { post, seen, heard, timers }
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
    isStillAllowed: async () => true,
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
    item: {},
    describes: { id: 'submitEvents', summary: '' },
    clock: { nowMs: () => nowMs, after: () => () => undefined },
    sourceOf: () => ({ ok: true, value: ownFormat }),
    fromJson: (json, frame) =>
      foundOf(
        eventFromJson(
          {
            subjectOf: ({ type, dataJson }) => validateBusinessEvent(type, JSON.parse(dataJson)),
            eventIdOf: businessEventId,
          },
          json,
          frame,
        ),
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

const tags = (...epcs: readonly unknown[]): object => ({ tags: epcs.map((epc) => ({ epc, rssi: '-56' })) })
const cs463 = { 'scanhook-format': 'csl-cs463', 'scanhook-device': 'cs463-214' }

test('a reader’s message is one item of the request, whatever it holds', async () => {
  const { post, seen } = world(async () => ['accepted', 'accepted', 'unknown_tag', 'accepted'])
  const answer = await post({ body: [tags('E1', 'E2'), tags('E3', 7, 'E4'), { tags: 5 }], headers: cs463 })
  expect(answer).toMatchObject({
    status: 202,
    body: {
      data: {
        accepted: 3,
        dropped: 1,
        drops: [{ index: 1, reason: 'unknown_tag' }],
        rejected: [
          { index: 1, fields: [{ field: 'tags.1.epc', code: 'invalid_value' }] },
          { index: 2, fields: [{ field: 'tags', code: 'invalid_value' }] },
        ],
      },
    },
  })
  expect(
    seen.map(({ read: { deviceKey, tagValue }, coordinate }) => [deviceKey, tagValue, coordinate]),
  ).toEqual([
    ['cs463-214', 'E1', 'http:R1:0:0'],
    ['cs463-214', 'E2', 'http:R1:0:1'],
    ['cs463-214', 'E3', 'http:R1:1:0'],
    ['cs463-214', 'E4', 'http:R1:1:1'],
  ])
})

test('one message with a bad entry is accepted for the others; with nothing good in it, it is refused', async () => {
  const { post } = world(accepted)
  expect(await post({ body: tags('E1', ''), headers: cs463 })).toMatchObject({
    status: 202,
    body: { data: { accepted: 1, rejected: [{ index: 0, fields: [{ field: 'tags.1.epc' }] }] } },
  })
  await expect(post({ body: tags(''), headers: cs463 })).rejects.toMatchObject({
    status: 400,
    fields: [{ field: 'tags.0.epc' }],
  })
})

test('lines may hold objects with nothing between them', async () => {
  const { post, seen } = world(accepted)
  const one = (idHex: string): string => JSON.stringify({ type: 'SIMPLE', data: { idHex } })
  const headers = { 'scanhook-format': 'Zebra-IoT', 'scanhook-device': 'dock-3' }
  await post({ text: `${one('E1')}${one('E2')}\n${one('E3')}`, headers })
  expect(seen.map(({ read: { tagValue } }) => tagValue)).toEqual(['E1', 'E2', 'E3'])
})

test('a heartbeat counts as accepted, and needs no store', async () => {
  const { post, seen, heard } = world(async () => null)
  const answer = await post({ body: [{ device: 'dock-3', heartbeat: true }] })
  expect(answer).toMatchObject({ status: 202, body: { data: { accepted: 1, rejected: [] } } })
  expect([seen, heard]).toEqual([[], ['dock-3']])
})

test('a format that there is not is refused with the list of those that there are', async () => {
  const { post } = world(accepted)
  await expect(post({ body: read('A'), headers: { 'scanhook-format': 'csv' } })).rejects.toMatchObject({
    status: 400,
    fields: [{ field: 'scanhook-format', message: expect.stringContaining('csl-cs463, gl-s10') }],
  })
})

test('a request holds 10,000 reads; what is beyond is refused by name', async () => {
  const { post, seen } = world(accepted)
  const full = tags(...Array.from({ length: 10_000 }, (_, index) => `E${index}`))
  const answer = await post({ body: [full, tags('E1')], headers: cs463 })
  expect(seen).toHaveLength(10_000)
  expect(answer.body).toMatchObject({
    data: { accepted: 10_000, rejected: [{ index: 1, fields: [{ code: 'too_long' }] }] },
  })
})
