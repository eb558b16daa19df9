import { scanPointKinds, tagTypes } from '@scanhook/domain/asset'
import type { AssetState } from '@scanhook/domain/asset-state'
import { type Attempt, type AttemptOutcome, attemptErrorClasses } from '@scanhook/domain/attempt'
import {
  type Delivery,
  type Disposition,
  deadReasons,
  deliveryTriggers,
  heldReasons,
} from '@scanhook/domain/delivery'
import { type EndpointEvent, endpointEventKinds } from '@scanhook/domain/endpoint-event'
import { businessEventTypes, type DomainEvent, eventTypes } from '@scanhook/domain/event'
import {
  assetId,
  deliveryId,
  endpointId,
  eventId,
  locationId,
  orgId,
  scanDeviceId,
  scanPointId,
} from '@scanhook/domain/ids'
import type { IncomingEvent } from '@scanhook/domain/incoming-event'
import { type MasterDataChange, masterDataKinds } from '@scanhook/domain/master-data'
import { profileNames } from '@scanhook/domain/profile'
import type { ScanRead } from '@scanhook/domain/read'
import type { Scan, Tick } from '@scanhook/domain/scan'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Codec, recordType, topicCodec } from './codec.ts'
import { SchemasError } from './errors.ts'
import { assetStateMapping } from './nouns/asset-state.ts'
import { attemptMapping } from './nouns/attempt.ts'
import { deliveryMapping } from './nouns/delivery.ts'
import { domainEventMapping } from './nouns/domain-event.ts'
import { endpointEventMapping } from './nouns/endpoint-event.ts'
import { incomingEventMapping } from './nouns/incoming-event.ts'
import { masterDataChangeMapping } from './nouns/master-data-change.ts'
import { scanMapping, tickMapping } from './nouns/scan.ts'
import { scanReadMapping } from './nouns/scan-read.ts'
import type { RecordMapping } from './record-mapping.ts'

const schemaTexts = new Map<number, string>()
let asked = 0
const writers = {
  find: async (id: number): Promise<string | null> => {
    asked += 1
    return schemaTexts.get(id) ?? null
  },
}

let nextId = 1
function codecOf<T, Raw>(mapping: RecordMapping<T, Raw>): Codec<T> {
  const type = recordType(mapping)
  const record = { type, id: nextId++ }
  schemaTexts.set(record.id, type.text)
  return topicCodec([record], () => record, writers)
}

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
// Below -2^52 avsc 5.7.9 writes a wrong number without a word (its zigzag doubles into an odd number that a double
// can't hold). No instant, id or count of ours comes near; found by this very property.
// At the other end it refuses 2^53-1 itself, aloud.
const longMax = Number.MAX_SAFE_INTEGER - 1
const long = fc.integer({ min: -(2 ** 52), max: longMax })
const positive = fc.integer({ min: 1, max: longMax })
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }))
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })
const exact = { noNullPrototype: true } as const

const asset = fc.record({ id: positive.map(assetId), externalKey: text, name: text }, exact)
const location = fc.record(
  {
    id: positive.map(locationId),
    externalKey: text,
    name: text,
    parentId: some(positive.map(locationId)),
    parentExternalKey: some(text),
  },
  exact,
)
const path = fc.array(location, { maxLength: 5 })

const scanRead: fc.Arbitrary<ScanRead> = fc.record(
  {
    orgId: positive.map(orgId),
    readId: some(text),
    deviceKey: text,
    antennaPort: some(int),
    tagType: some(fc.constantFrom(...tagTypes)),
    tagValue: text,
    readAtMs: some(long),
    rssiCdbm: some(int),
    reads: positive,
  },
  exact,
)
const incomingEvent: fc.Arbitrary<IncomingEvent> = fc.record(
  {
    orgId: positive.map(orgId),
    clientId: some(text),
    type: fc.constantFrom(...businessEventTypes),
    occurredAtMs: long,
    dataJson: fc.json(),
  },
  exact,
)
const scan: fc.Arbitrary<Scan> = fc.record(
  {
    kind: fc.constant('scan' as const),
    orgId: positive.map(orgId),
    scanId: text,
    asset,
    path,
    tag: fc.record({ tagType: fc.constantFrom(...tagTypes), value: text }, exact),
    device: fc.record({ id: positive.map(scanDeviceId), externalKey: text, name: text, type: text }, exact),
    point: fc.record(
      { id: positive.map(scanPointId), antennaPort: int, kind: fc.constantFrom(...scanPointKinds) },
      exact,
    ),
    readAtMs: some(long),
    receivedAtMs: long,
    rssiCdbm: some(int),
    reads: positive,
  },
  exact,
)
const tick: fc.Arbitrary<Tick> = fc.record({ kind: fc.constant('tick' as const), atMs: long }, exact)
const sighting = fc.record(
  { locationId: some(positive.map(locationId)), emittedAtMs: long, reads: long, rssiMaxCdbm: some(int) },
  exact,
)
const assetState: fc.Arbitrary<AssetState> = fc.record(
  {
    orgId: positive.map(orgId),
    asset,
    path,
    isPresent: fc.boolean(),
    visits: fc.array(fc.record({ visitId: fc.uuid(), sinceMs: long }, exact), { maxLength: 5 }),
    lastSeenMs: long,
    lastTransitionMs: some(long),
    candidate: some(
      fc.record({ path, sinceMs: long, lastSeenMs: long, reads: positive, rssiMaxCdbm: some(int) }, exact),
    ),
    sightings: fc.array(sighting, { maxLength: 8 }),
    sequence: long,
    previousEventId: some(fc.uuid().map(eventId)),
    lastScanJson: fc.json(),
    offset: long,
  },
  exact,
)
const domainEvent: fc.Arbitrary<DomainEvent> = fc.record(
  {
    eventId: fc.uuid().map(eventId),
    orgId: positive.map(orgId),
    type: fc.constantFrom(...eventTypes),
    occurredAtMs: long,
    receivedAtMs: long,
    subject: text,
    assetId: some(positive.map(assetId)),
    sequence: some(positive),
    previousEventId: some(fc.uuid().map(eventId)),
    transitionId: some(fc.uuid()),
    dataJson: fc.json(),
  },
  exact,
)
const delivery: fc.Arbitrary<Delivery> = fc.record(
  {
    deliveryId: fc.uuid().map(deliveryId),
    orgId: positive.map(orgId),
    endpointId: positive.map(endpointId),
    trigger: fc.constantFrom(...deliveryTriggers),
    event: domainEvent,
    attemptNumber: fc.integer({ min: 1, max: 1_000 }),
    dueAtMs: long,
    createdAtMs: long,
    firstAttemptAtMs: some(long),
    rendered: some(fc.record({ profile: fc.constantFrom(...profileNames), body: text }, exact)),
  },
  exact,
)
const ms = fc.double({ noNaN: true, noDefaultInfinity: true })
const timings = fc.record(
  { dnsMs: some(ms), connectMs: some(ms), tlsMs: some(ms), firstByteMs: some(ms), totalMs: ms },
  exact,
)
const headers = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  text,
  { noNullPrototype: true },
)
const outcome: fc.Arbitrary<AttemptOutcome> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('responded' as const),
      status: fc.integer({ min: 100, max: 599 }),
      headers,
      body: text,
      isBodyTruncated: fc.boolean(),
      retryAfterMs: some(long),
      remoteAddress: some(text),
      timings,
    },
    exact,
  ),
  fc.record(
    {
      kind: fc.constant('failed' as const),
      errorClass: fc.constantFrom(...attemptErrorClasses),
      message: text,
      remoteAddress: some(text),
      timings,
    },
    exact,
  ),
)
const disposition: fc.Arbitrary<Disposition> = fc.oneof(
  fc.record({ kind: fc.constant('delivered' as const) }, exact),
  fc.record({ kind: fc.constant('retry' as const), dueAtMs: long }, exact),
  fc.record({ kind: fc.constant('dead' as const), reason: fc.constantFrom(...deadReasons) }, exact),
  fc.record(
    { kind: fc.constant('held' as const), reason: fc.constantFrom(...heldReasons), dueAtMs: long },
    exact,
  ),
)
const attempt: fc.Arbitrary<Attempt> = fc.record(
  {
    deliveryId: fc.uuid().map(deliveryId),
    eventId: fc.uuid().map(eventId),
    orgId: positive.map(orgId),
    endpointId: positive.map(endpointId),
    eventType: fc.constantFrom(...eventTypes),
    trigger: fc.constantFrom(...deliveryTriggers),
    attemptNumber: fc.integer({ min: 1, max: 1_000 }),
    startedAtMs: long,
    eventOccurredAtMs: long,
    deliveryCreatedAtMs: long,
    url: fc.webUrl(),
    requestHeaders: headers,
    requestBody: text,
    outcome: some(outcome),
    disposition,
  },
  exact,
)
const endpointEvent: fc.Arbitrary<EndpointEvent> = fc.record(
  {
    orgId: positive.map(orgId),
    endpointId: positive.map(endpointId),
    kind: fc.constantFrom(...endpointEventKinds),
    atMs: long,
    deliveryId: some(fc.uuid().map(deliveryId)),
    reason: text,
  },
  exact,
)
const masterDataChange: fc.Arbitrary<MasterDataChange> = fc.record(
  {
    orgId: positive.map(orgId),
    kind: fc.constantFrom(...masterDataKinds),
    id: positive,
    version: positive,
    changedAtMs: long,
    isDeleted: fc.boolean(),
    document: fc.json(),
  },
  exact,
)

interface Noun {
  readonly name: string
  readonly roundTrip: () => void
}

function noun<T, Raw>(name: string, mapping: RecordMapping<T, Raw>, values: fc.Arbitrary<T>): Noun {
  const codec = codecOf(mapping)
  return {
    name,
    roundTrip: () =>
      fc.assert(
        fc.property(values, (value) => void expect(codec.decode(codec.encode(value))).toEqual(value)),
      ),
  }
}

const nouns: readonly Noun[] = [
  noun('ScanRead', scanReadMapping, scanRead),
  noun('IncomingEvent', incomingEventMapping, incomingEvent),
  noun('Scan', scanMapping, scan),
  noun('Tick', tickMapping, tick),
  noun('AssetState', assetStateMapping, assetState),
  noun('DomainEvent', domainEventMapping, domainEvent),
  noun('Delivery', deliveryMapping, delivery),
  noun('Attempt', attemptMapping, attempt),
  noun('EndpointEvent', endpointEventMapping, endpointEvent),
  noun('MasterDataChange', masterDataChangeMapping, masterDataChange),
]

test.each(nouns)('E1: every $name comes back as it went in', ({ roundTrip }) => roundTrip())

const [sampleScan] = fc.sample(scan, { numRuns: 1, seed: 7 }) as [Scan]
const scans = codecOf(scanMapping)
const bytes = scans.encode(sampleScan)

/** What `decode` says of bytes, thrown at once or a moment later. */
async function refusal(codec: Pick<Codec<unknown>, 'decode'>, given: Buffer | null): Promise<string> {
  try {
    await codec.decode(given)
    return 'decoded'
  } catch (error) {
    return error instanceof SchemasError ? `${error.code} ${error.poisonReason}` : `${error}`
  }
}

test('E1: a record cut at any byte is refused, and never as anything but poison', async () => {
  for (let length = 0; length < bytes.length; length += 1) {
    const expected = length === 0 ? 'SCHEMA_BAD_BYTES bad_magic' : 'SCHEMA_BAD_BYTES undecodable'
    expect(await refusal(scans, Buffer.from(bytes.subarray(0, length)))).toBe(expected)
  }
})

test('E1: trailing bytes are refused', async () => {
  expect(await refusal(scans, Buffer.concat([bytes, Buffer.of(0)]))).toBe('SCHEMA_BAD_BYTES undecodable')
})

test('E1: whatever stands behind a good header, either decodes to a scan or is refused as undecodable', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
      const given = Buffer.concat([bytes.subarray(0, 5), noise])
      expect(['decoded', 'SCHEMA_BAD_BYTES undecodable']).toContain(await refusal(scans, given))
    }),
  )
})

test('a null value, a wrong first byte and an unknown id are told apart', async () => {
  expect(await refusal(scans, null)).toBe('SCHEMA_BAD_BYTES null_value')
  expect(await refusal(scans, Buffer.from('{"device":"a"}'))).toBe('SCHEMA_BAD_BYTES bad_magic')
  const unknown = Buffer.from(bytes)
  unknown.writeInt32BE(4_711, 1)
  expect(await refusal(scans, unknown)).toBe('SCHEMA_BAD_BYTES unknown_schema')
})

test('the registry being away is not the fault of the bytes', async () => {
  const record = { type: recordType(scanMapping), id: 1 }
  const away = topicCodec([record], () => record, {
    find: () => Promise.reject(new SchemasError('SCHEMA_REGISTRY_UNAVAILABLE', 'away')),
  })
  const foreign = Buffer.from(bytes)
  foreign.writeInt32BE(2, 1)
  expect(await refusal(away, foreign)).toBe('SCHEMA_REGISTRY_UNAVAILABLE null')
})

test('a text outside its closed set is undecodable', async () => {
  const raw = { ...sampleScan, point: { ...sampleScan.point, kind: 'teleport' } } as unknown as Scan
  expect(await refusal(scans, scans.encode(raw))).toBe('SCHEMA_BAD_BYTES undecodable')
})

test('E2: a record of an older and of a newer version is resolved to ours, and asked for once', async () => {
  const ours = JSON.parse(recordType(tickMapping).text) as { fields: unknown[] }
  schemaTexts.set(
    9_001,
    JSON.stringify({ ...ours, fields: [...ours.fields, { name: 'source', type: 'string', default: '' }] }),
  )
  const ticks = codecOf(tickMapping)
  // at_ms = 2 is the zigzag 4; "x" is length 1 and its byte.
  const newer = Buffer.from([0, 0, 0, 0x23, 0x29, 4, 2, 0x78])
  const before = asked
  expect(await ticks.decode(newer)).toEqual({ kind: 'tick', atMs: 2 })
  expect(ticks.decode(newer)).toEqual({ kind: 'tick', atMs: 2 })
  expect(asked - before).toBe(1)

  const read = JSON.parse(recordType(scanReadMapping).text) as { fields: { name: string }[] }
  const kept = ['org_id', 'device_key', 'tag_value']
  schemaTexts.set(
    9_002,
    JSON.stringify({ ...read, fields: read.fields.filter(({ name }) => kept.includes(name)) }),
  )
  const reads = codecOf(scanReadMapping)
  const older = Buffer.from([0, 0, 0, 0x23, 0x2a, 14, 2, 0x64, 2, 0x65])
  expect(await reads.decode(older)).toEqual({
    orgId: 7,
    readId: null,
    deviceKey: 'd',
    antennaPort: null,
    tagType: null,
    tagValue: 'e',
    readAtMs: null,
    rssiCdbm: null,
    reads: 1,
  })
})

test('E3: a record of another noun is refused, also the second time', async () => {
  const ticks = codecOf(tickMapping)
  expect(await refusal(ticks, bytes)).toBe('SCHEMA_BAD_BYTES unknown_schema')
  expect(await refusal(ticks, bytes)).toBe('SCHEMA_BAD_BYTES unknown_schema')
})

test('E2: a schema of our name that can not be resolved to ours is undecodable', async () => {
  schemaTexts.set(
    9_003,
    JSON.stringify({
      type: 'record',
      name: 'Tick',
      namespace: 'scanhook',
      fields: [{ name: 'at_ms', type: 'string' }],
    }),
  )
  schemaTexts.set(9_004, '{"type":"nonsense"}')
  const ticks = codecOf(tickMapping)
  for (const low of [0x2b, 0x2c]) {
    expect(await refusal(ticks, Buffer.from([0, 0, 0, 0x23, low, 4]))).toBe('SCHEMA_BAD_BYTES undecodable')
  }
})

test('a record larger than the scratch buffer is encoded whole', () => {
  const large = { ...sampleScan, scanId: 'é'.repeat(200_000) }
  expect(scans.decode(scans.encode(large))).toEqual(large)
})

test('a value that does not fit its schema is refused at encoding', () => {
  expect(() => scans.encode({ ...sampleScan, receivedAtMs: 0.5 })).toThrow(/SCHEMA_UNENCODABLE/)
})

test('encoding a second record leaves the bytes of the first alone', () => {
  const first = scans.encode(sampleScan)
  const copy = Buffer.from(first)
  scans.encode({ ...sampleScan, scanId: 'another' })
  expect(first.equals(copy)).toBe(true)
})
