import { exampleData } from '@scanhook/catalogue/examples'
import { validateBusinessEvent } from '@scanhook/catalogue/validate-business-event'
import { prepareFences } from '@scanhook/domain/fencing/locate-fix'
import { assetId, locationId, type OrgId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import type { ScanRead } from '@scanhook/domain/read'
import { ApiError } from '@scanhook/http/api-error'
import type { Caller } from '@scanhook/http/authentication'
import type { HttpRequest } from '@scanhook/http/route'
import { businessEventId, scanIdOf } from '@scanhook/identity/derived-ids'
import type { KafkaRecord } from '@scanhook/kafka/record'
import type { Claim } from '@scanhook/redis/claims'
import { type UpstreamRecord, upstreamRecord } from '@scanhook/testkit/upstream-records'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AcceptedEvent } from '../accept-events.ts'
import type { Arrival } from '../arrival.ts'
import { eventFromAvro, eventFromJson } from '../consume-events.ts'
import { type ArrivalPorts, readFromAvro, readsFromJson } from '../consume-reads.ts'
import { type Badness, upstreamHandler } from '../consume-upstream.ts'
import { foundOf } from '../found.ts'
import { openGenerations } from '../generations.ts'
import { pointFinisher } from '../known-point.ts'
import { lookupCache } from '../lookup-cache.ts'
import { readerClocks } from '../reader-clocks.ts'
import { ownFormat, readerSource } from '../reader-source.ts'
import { type ResolvePorts, resolveReads } from '../resolve-reads.ts'
import { recordTaker } from '../take-record.ts'
import { findUpstreamTopic, topicBindings } from '../topic-bindings.ts'
import { validateRoute } from './routes.ts'

const nowMs = 1_795_444_931_794
const topics = {
  reads: topicBindings(['s.reads', 'doors=7@csl-cs463', 'theirs=8'], ''),
  events: topicBindings(['s.business-events'], ''),
}
const point = (port: number, hasPlace = true) =>
  pointFinisher({})({
    device: { id: scanDeviceId(70), externalKey: 'dock-3', name: 'Dock 3', type: 'csl_cs463' },
    point: { id: scanPointId(80 + port), antennaPort: port, kind: 'zone' },
    path: hasPlace
      ? [{ id: locationId(90), externalKey: 'BAY-3', name: 'Bay 3', parentId: null, parentExternalKey: null }]
      : [],
    overrides: { point: {}, locations: hasPlace ? [{}] : [], organization: {} },
    isActive: true,
  })
const points = new Map([
  [1, point(1)],
  [2, point(2, false)],
])

interface Verdict {
  readonly ok: boolean
  readonly reason: string | null
  readonly problems: readonly {
    readonly field: string
    readonly code: string
    readonly value: string | null
  }[]
  readonly outcomes: readonly Record<string, unknown>[]
  readonly outcomes_complete: boolean
  readonly warnings: readonly { readonly code: string; readonly outcome: number | null }[]
}

/** Everything real but the stores. */
function world() {
  const state = {
    isStoreAway: false,
    marks: new Map<string, string>(),
    traces: [] as string[],
    resolved: 0,
    taken: 0,
  }
  const cache = <K, V extends object>(find: (key: K) => V | null) =>
    lookupCache<K, V>({
      knownMax: 100,
      generations: openGenerations(),
      monotonicMs: () => nowMs,
      failed: () => undefined,
      counted: () => undefined,
      find: async (keys) => {
        if (state.isStoreAway) throw new Error('away')
        return keys.map(find)
      },
    })
  const clocks = readerClocks({
    find: async (ids) => ids.map(() => null),
    keep: async () => undefined,
    counted: (fate) => void state.traces.push(fate),
  })
  const resolving: ResolvePorts = {
    tags: cache(({ orgId: org, matchKey }) =>
      org === 7 && matchKey.startsWith('E28')
        ? {
            asset: { id: assetId(1), externalKey: 'FORK-7', name: 'Forklift 7' },
            tagType: 'rfid' as const,
            value: matchKey,
            isActive: matchKey === 'E280',
          }
        : null,
    ),
    points: cache(({ orgId: org, deviceKey, antennaPort }) =>
      org === 7 && deviceKey === 'dock-3' ? (points.get(antennaPort) ?? null) : null,
    ),
    devices: cache(({ deviceKey }) => (deviceKey === 'dock-3' ? { id: 70 } : null)),
    fences: cache(() => prepareFences([])),
    clocks,
    scanIdOf,
  }
  const checking = {
    subjectOf: ({ type, dataJson }: IncomingEvent) => validateBusinessEvent(type, JSON.parse(dataJson)),
    eventIdOf: businessEventId,
  }
  const shared = {
    nowMs: () => nowMs,
    isReceivedAtTrusted: false,
    decode: (): never => {
      throw new Error('undecodable')
    },
    whyBad: (): Badness => ({ reason: 'undecodable', detail: 'is no Avro of ours' }),
  }
  const takeReads = (ports: ArrivalPorts) =>
    recordTaker<ScanRead, Arrival>({
      ...shared,
      bindings: topics.reads,
      sourceOf: ({ format }, { headers, key }) => readerSource(format, headers, key),
      fromAvro: (read, frame) => readFromAvro(ports, read, frame),
      fromJson: (json, frame) => readsFromJson(ports, json, frame),
    })
  const takeEvents = recordTaker<IncomingEvent, AcceptedEvent>({
    ...shared,
    bindings: topics.events,
    sourceOf: () => ({ ok: true, value: ownFormat }),
    fromAvro: (event, frame) => eventFromAvro(checking, event, frame),
    fromJson: (json, frame) => foundOf(eventFromJson(checking, json, frame)),
  })
  const produced = { nowMs: () => nowMs, clockIgnored: () => undefined, heartbeat: () => undefined }

  /** Why the consumer sets the record aside; null when it does not. */
  const consumed = async (record: KafkaRecord): Promise<string | null> => {
    const poisoned: string[] = []
    const ports = {
      poisonOf: (_: KafkaRecord, { reason }: Badness) => {
        poisoned.push(reason)
        return { topic: 'poison', key: null, value: null }
      },
      nowMs: () => nowMs,
      accept: async (taken: readonly unknown[]) => taken.length,
    }
    const handle = topics.events.has(record.topic)
      ? upstreamHandler({ ...ports, take: takeEvents })
      : upstreamHandler({ ...ports, take: takeReads(produced) })
    await handle({
      topic: record.topic,
      partition: 0,
      records: [record],
      signal: new AbortController().signal,
      doneThrough: () => undefined,
      pauseUntil: () => undefined,
    } as unknown as Parameters<typeof handle>[0])
    expect(poisoned.length).toBeLessThan(2)
    return poisoned[0] ?? null
  }

  const route = validateRoute({
    nowMs: () => nowMs,
    findTopic: (name: string, org: OrgId) => findUpstreamTopic(topics, name, { prefix: 's.', org }),
    takeReads: (record, heard) => {
      state.taken += 1
      return takeReads({ ...produced, heartbeat: heard })(record)
    },
    takeEvents,
    resolve: (arrivals) => {
      state.resolved += arrivals.length
      return resolveReads({ ...resolving, clocks: clocks.trial() }, arrivals)
    },
    claim: async (claims: readonly Claim[]) =>
      claims.map(({ key }) => (state.marks.has(key) ? ('duplicate' as const) : ('won' as const))),
  })
  const ask = async (body: object): Promise<Verdict> => {
    const request = { caller: { orgId: 7, apiKeyId: 1, scopes: [] }, body }
    const answer = await route.handle(request as unknown as HttpRequest<Caller, unknown, unknown, never>)
    const { data } = answer.body as { data: Verdict }
    // What the document promises is what is answered.
    const promised = route.describes?.answers[200]
    if (!(promised instanceof z.ZodType)) throw new Error('the answer has no schema')
    expect(promised.parse(answer.body)).toEqual(answer.body)
    return data
  }
  return { state, ask, consumed, clocks }
}

const read = (more: object = {}): object => ({ device: 'dock-3', tag: { value: 'E280' }, org_id: 7, ...more })
const reads = (value: unknown, more: object = {}): object => ({
  topic: 'reads',
  key: 'dock-3',
  value,
  ...more,
})
const shipment = (more: object = {}): object => ({
  org_id: 7,
  id: 'e-1',
  type: 'shipment.approved',
  occurred_at: '2026-07-27T16:26:26.412Z',
  data: exampleData['shipment.approved'],
  ...more,
})

const fields = ({ problems }: Verdict): readonly string[] => problems.map(({ field }) => field).sort()
const codes = ({ warnings }: Verdict): readonly string[] => warnings.map(({ code }) => code)

test('V1: a record is ok if and only if the consumer would not set it aside, and for the same reason', async () => {
  const { ask, consumed } = world()
  const reasons = new Map<string | null, number>()
  const generated = upstreamRecord({
    orgId: 7,
    otherOrgId: 8,
    device: 'dock-3',
    tag: 'E280',
    avro: [Buffer.from([0, 0, 0, 0, 1, 2])],
  })
  await fc.assert(
    fc.asyncProperty(generated, fc.boolean(), async (record, isDoors) => {
      const topic = record.kind === 'events' ? 's.business-events' : isDoors ? 'doors' : 's.reads'
      const reason = await consumed(recordOf(record, topic))
      const verdict = await ask(draftOf(record, topic))
      expect({ ok: verdict.ok, reason: verdict.reason }).toEqual({ ok: reason === null, reason })
      expect(verdict.problems.length > 0).toBe(reason !== null)
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }),
    { numRuns: 2_000 },
  )
  // Else the property would be true of nothing.
  expect(reasons.get(null)).toBeGreaterThan(300)
  for (const reason of [
    'null_value',
    'bad_magic',
    'undecodable',
    'invalid_json',
    'invalid_field',
    'unknown_organization',
    'timestamp_out_of_range',
  ]) {
    expect(reasons.get(reason), reason).toBeGreaterThan(10)
  }
})

function recordOf({ key, value, headers, behindMs }: UpstreamRecord, topic: string): KafkaRecord {
  return { topic, partition: 0, offset: 5, timestampMs: nowMs - behindMs, key, value, headers }
}

function draftOf({ key, value, headers, behindMs }: UpstreamRecord, topic: string): object {
  return {
    topic,
    key: key?.toString() ?? null,
    value_base64: value?.toString('base64') ?? null,
    headers,
    timestamp: new Date(nowMs - behindMs).toISOString(),
  }
}

test('all that is wrong is said at once, with path, rule and what stands there', async () => {
  const { ask } = world()
  const wrong = { device: 7, tag: { value: '' }, reads: 0, colour: 'red' }
  const verdict = await ask(reads([read({ id: 'a' }), wrong]))
  expect(verdict).toMatchObject({ ok: false, reason: 'unknown_organization' })
  expect(verdict.problems).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: '1.colour', code: 'unknown_field', value: '"red"' }),
      expect.objectContaining({ field: '1.org_id', code: 'required', value: null }),
      expect.objectContaining({ field: '1.device', code: 'invalid_value', value: '7' }),
      expect.objectContaining({ field: '1.tag.value', code: 'too_short', value: '""' }),
      expect.objectContaining({ field: '1.reads', code: 'too_small', value: '0' }),
    ]),
  )
  // The good one beside it would be taken.
  expect(verdict.outcomes).toMatchObject([{ becomes: 'scan', id: 'a' }])
  const event = await ask({
    topic: 'business-events',
    value: shipment({ data: { shipment: { id: 5, reference: 'R' } } }),
  })
  expect(fields(event)).toEqual(['data.shipment.id', 'data.shipment.status'])
  expect(event.problems.find(({ field }) => field === 'data.shipment.id')?.value).toBe('5')
})

test('V4: a wrong frame hides nothing', async () => {
  const { ask } = world()
  const verdict = await ask(
    reads(
      { device: 7 },
      {
        headers: { 'scanhook-org': 'Acme', 'scanhook-format': 'csv' },
        timestamp: '1999-01-01T00:00:00Z',
      },
    ),
  )
  expect(verdict.reason).toBe('unknown_organization')
  expect(fields(verdict)).toEqual(['', '', 'device', 'scanhook-format', 'tag'])
  expect(verdict.problems.find(({ field }) => field === 'scanhook-format')?.value).toBe('"csv"')
  const foreign = await ask(
    reads({ tags: [{ epc: '' }, { epc: 'E280' }] }, { headers: { 'scanhook-format': 'csl-cs463' } }),
  )
  expect(fields(foreign)).toEqual(['org_id', 'tags.0.epc'])
})

test('of reads it says which scan each becomes, or why it leads to nothing', async () => {
  const { ask, state } = world()
  state.marks.set('7:sent', 'reads:0:1')
  const verdict = await ask(
    reads([
      read({ id: 'a' }),
      read({ id: 'b', antenna_port: 2 }),
      read({ id: 'c', antenna_port: 9 }),
      read({ id: 'd', device: 'nowhere' }),
      read({ id: 'e', tag: { value: 'FFFF' } }),
      read({ id: 'f', tag: { value: 'E281' } }),
      read({ id: 'sent' }),
      read({ id: 'a' }),
      read({ id: 'g', read_at: '2019-01-01T00:00:00Z' }),
      read(),
      { org_id: 7, device: 'dock-3', heartbeat: true },
    ]),
  )
  expect(verdict.ok).toBe(true)
  expect(verdict.outcomes[0]).toEqual({
    becomes: 'scan',
    id: 'a',
    device: 'dock-3',
    antenna_port: null,
    tag: 'E280',
    asset: { id: 1, external_key: 'FORK-7' },
    location: { id: 90, external_key: 'BAY-3' },
    event_id: null,
    event_type: null,
    subject: null,
    at: '2026-11-23T14:42:11.794Z',
  })
  expect(verdict.outcomes.map(({ becomes }) => becomes)).toEqual([
    ...['scan', 'scan', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'scan', 'scan'],
    'heartbeat',
  ])
  expect(verdict.warnings.map(({ code, outcome }) => [outcome, code])).toEqual([
    [1, 'no_location'],
    [2, 'unknown_scan_point'],
    [3, 'unknown_device'],
    [4, 'unknown_tag'],
    [5, 'inactive_asset'],
    [6, 'duplicate'],
    [7, 'duplicate'],
    [8, 'reader_time_ignored'],
    [9, 'no_id'],
  ])
})

test('of business events it says which event each becomes', async () => {
  const { ask } = world()
  const value = [shipment(), shipment(), shipment({ id: undefined })]
    .map((each) => JSON.stringify(each))
    .join('\n')
  const verdict = await ask({ topic: 's.business-events', value })
  expect(verdict.outcomes).toMatchObject([
    {
      becomes: 'event',
      event_id: businessEventId(orgId(7), 'shipment.approved', 'e-1'),
      event_type: 'shipment.approved',
      subject: 'shipment:ship_abc123',
      at: '2026-07-27T16:26:26.412Z',
    },
    { becomes: 'nothing' },
    { becomes: 'event', event_id: null },
  ])
  expect(verdict.warnings.map(({ code, outcome }) => [outcome, code])).toEqual([
    [1, 'duplicate'],
    [2, 'no_id'],
  ])
})

test('V3: of what is for another organization nothing is told', async () => {
  const { ask } = world()
  const verdict = await ask(
    reads([read({ id: 'a' }), read({ id: 'b', org_id: 8 }), { org_id: 8, device: 'x', heartbeat: true }]),
  )
  expect(verdict.outcomes.map(({ id }) => id)).toEqual(['a'])
  expect(verdict.warnings).toEqual([
    { code: 'other_organization', outcome: null, message: expect.stringMatching(/^2 /) },
  ])
  const events = await ask({ topic: 'business-events', value: shipment({ org_id: 8 }) })
  expect([events.ok, events.outcomes, codes(events)]).toEqual([true, [], ['other_organization']])
  await expect(ask(reads(read(), { topic: 'theirs' }))).rejects.toEqual(
    await refusalOf(ask(reads(read(), { topic: 'nobodys' }))),
  )
})

async function refusalOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => null,
    (error: unknown) => error,
  )
}

test('V2: nothing stays of what was tried', async () => {
  const { ask, clocks, state } = world()
  await ask(reads([read({ id: 'a', read_at: nowMs - 4_000 }), read({ id: 'b', read_at: nowMs - 1 })]))
  expect((await ask(reads(read({ id: 'a' })))).outcomes).toMatchObject([{ becomes: 'scan' }])
  expect(clocks.isKnown(scanDeviceId(70))).toBe(false)
  await clocks.share()
  expect([state.traces, [...state.marks]]).toEqual([[], []])
})

test('a reader’s format is that of its topic, and its message one item', async () => {
  const { ask } = world()
  const verdict = await ask({
    topic: 'doors',
    key: 'dock-3',
    value: { tags: [{ epc: 'E280' }, { epc: 'FFFF' }] },
  })
  expect(verdict.outcomes.map(({ becomes, device }) => [becomes, device])).toEqual([
    ['scan', 'dock-3'],
    ['nothing', 'dock-3'],
  ])
  const keyless = await ask({ topic: 'doors', value: { tags: [{ epc: 'E280' }] } })
  expect([keyless.ok, fields(keyless)]).toEqual([false, ['rfidReaderName']])
  expect(codes(await ask({ topic: 'reads', value: read({ id: 'a' }) }))).toEqual(['no_key'])
})

test('what can not be known is not guessed: without its stores it is 503', async () => {
  const { ask, state } = world()
  state.isStoreAway = true
  await expect(ask(reads(read()))).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
})

test.each([
  [{ value: '{}', value_base64: 'e30=' }, 'value_base64', 'ambiguous_fields'],
  [{ value: '{}', timestamp: 'today' }, 'timestamp', 'invalid_value'],
  [{ value: '{}', topic: 's.scans' }, 'topic', 'fk_not_found'],
])('a request that makes no sense is refused: %j', async (more, field, code) => {
  const { ask } = world()
  const refusal = await refusalOf(ask(reads(undefined, more)))
  expect(refusal).toBeInstanceOf(ApiError)
  expect(refusal).toMatchObject({ type: 'validation_error', fields: [{ field, code }] })
})

test('what is beyond 1,000 is not looked at, and that is said', async () => {
  const { ask, state } = world()
  const verdict = await ask(reads(Array.from({ length: 1_001 }, (_, index) => read({ id: `r${index}` }))))
  expect([verdict.ok, verdict.outcomes.length, verdict.outcomes_complete]).toEqual([true, 1_000, false])
  expect(state.resolved).toBe(1_000)
  const wrong = await ask(reads(Array.from({ length: 1_001 }, () => ({}))))
  expect(wrong).toMatchObject({ ok: false, problem_count: expect.any(Number) })
  expect(wrong.problems).toHaveLength(100)
  // Without an organization each says so, which hides nothing that would be shown.
  const before = state.taken
  await ask(reads(Array.from({ length: 1_001 }, () => ({ device: 7 }))))
  expect(state.taken - before).toBe(1)
})
