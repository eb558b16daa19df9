import { scanPointKinds, tagTypes } from '@scanhook/domain/asset'
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
import { defaultMovementSettings, type MovementSettings } from '@scanhook/domain/movement-settings'
import { profileNames } from '@scanhook/domain/profile'
import type { Position, ScanRead } from '@scanhook/domain/read'
import type { Fix, Liveness, Place, Scan, ScanRecord, Tick, Withdrawal } from '@scanhook/domain/scan'
import { assetStates } from '@scanhook/testkit/asset-state-arbitrary'
import { place as placed, scan as scanned, state } from '@scanhook/testkit/scan-builders'
import avsc from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Codec, recordType, topicCodec } from './codec.ts'
import { SchemasError } from './errors.ts'
import { loadSchema } from './load-schema.ts'
import { oldAssetStateMapping } from './nouns/asset-state-of-old.ts'
import { attemptMapping } from './nouns/attempt.ts'
import { deliveryMapping } from './nouns/delivery.ts'
import { domainEventMapping } from './nouns/domain-event.ts'
import { endpointEventMapping } from './nouns/endpoint-event.ts'
import { incomingEventMapping } from './nouns/incoming-event.ts'
import { masterDataChangeMapping } from './nouns/master-data-change.ts'
import { livenessMapping, scanMapping, tickMapping, withdrawalMapping } from './nouns/scan.ts'
import { scanReadMapping } from './nouns/scan-read.ts'
import { trackedAssetMapping } from './nouns/tracked-asset.ts'
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
const degrees = (limit: number): fc.Arbitrary<number> => fc.double({ min: -limit, max: limit, noNaN: true })
const metres = fc.double({ min: 0, max: 1e6, noNaN: true })
const position: fc.Arbitrary<Position> = fc.record(
  { latitude: degrees(90), longitude: degrees(180), accuracyM: some(metres) },
  exact,
)

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
    position: some(position),
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
const whole = fc.nat(2 ** 31 - 1)
const ownSettings: fc.Arbitrary<MovementSettings> = fc.record(
  {
    scanSuppressMs: positive,
    smoothingMs: whole,
    slotFreshMs: whole,
    switchMarginCdbm: int,
    confirmMs: whole,
    confirmReads: whole,
    firstConfirmMs: whole,
    quietConfirmMs: whole,
    rssiFloorCdbm: some(int),
    exitTimeoutMs: some(positive),
    deviceOfflineMs: some(positive),
    manualHoldMs: positive,
    maxClockSkewMs: positive,
    reorderMs: whole,
    lateLimitMs: positive,
    hierarchyEvents: fc.constantFrom('path', 'leaf'),
  },
  exact,
)
const place: fc.Arbitrary<Place> = fc
  .record(
    {
      path,
      device: fc.record({ id: positive.map(scanDeviceId), externalKey: text, name: text, type: text }, exact),
      point: fc.record(
        { id: positive.map(scanPointId), antennaPort: int, kind: fc.constantFrom(...scanPointKinds) },
        exact,
      ),
      settings: some(ownSettings),
    },
    exact,
  )
  .map(({ settings, ...rest }) => ({
    ...rest,
    settings: settings ?? defaultMovementSettings[rest.point.kind],
  }))
const fix: fc.Arbitrary<Fix> = fc.record(
  {
    latitude: degrees(90),
    longitude: degrees(180),
    accuracyM: some(metres),
    nearIds: fc.array(positive.map(locationId), { maxLength: 4 }),
  },
  exact,
)
const scan: fc.Arbitrary<Scan> = fc
  .record(
    {
      kind: fc.constant('scan' as const),
      orgId: positive.map(orgId),
      scanId: text,
      asset,
      place,
      tag: fc.record({ tagType: fc.constantFrom(...tagTypes), value: text }, exact),
      fix: some(fix),
      readAtMs: some(long),
      receivedAtMs: long,
      atMs: some(long),
      rssiCdbm: some(int),
      reads: positive,
    },
    exact,
  )
  .map((each) => ({ ...each, atMs: each.atMs ?? each.receivedAtMs }))
const liveness: fc.Arbitrary<Liveness> = fc.record(
  {
    kind: fc.constant('liveness' as const),
    atMs: long,
    devices: fc.array(
      fc.record(
        {
          orgId: positive.map(orgId),
          deviceId: positive.map(scanDeviceId),
          lastHeardMs: long,
          aliveSinceMs: long,
        },
        exact,
      ),
      { maxLength: 20 },
    ),
  },
  exact,
)
const withdrawal: fc.Arbitrary<Withdrawal> = fc.record(
  {
    kind: fc.constant('withdrawal' as const),
    orgId: positive.map(orgId),
    atMs: long,
    withdrawn: fc.oneof(
      fc.record({ kind: fc.constant('asset' as const), assetId: positive.map(assetId) }, exact),
      fc.record({ kind: fc.constant('tag' as const), assetId: positive.map(assetId), value: text }, exact),
      fc.record({ kind: fc.constant('location' as const), locationId: positive.map(locationId) }, exact),
    ),
  },
  exact,
)
const tick: fc.Arbitrary<Tick> = fc.record({ kind: fc.constant('tick' as const), atMs: long }, exact)
const plainEvent: fc.Arbitrary<DomainEvent> = fc.record(
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
const keys = fc.array(text, { maxLength: 4 })
const domainEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  plainEvent,
  fc
    .tuple(plainEvent, fc.record({ at: keys, from: keys }, exact))
    .map(([event, locationPaths]) => ({ ...event, locationPaths })),
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
    {
      kind: fc.constant('dead' as const),
      reason: fc.constant('superseded' as const),
      supersededBy: fc.uuid().map(eventId),
    },
    exact,
  ),
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
    batch: some(fc.record({ id: fc.uuid(), size: fc.integer({ min: 2, max: 1_000 }) }, exact)),
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
    sinceMs: some(long),
    event: some(fc.record({ id: fc.uuid().map(eventId), type: fc.constantFrom(...eventTypes) }, exact)),
    deadReason: some(fc.constantFrom(...deadReasons)),
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
  noun('Liveness', livenessMapping, liveness),
  noun('Withdrawal', withdrawalMapping, withdrawal),
  noun('TrackedAsset', trackedAssetMapping, assetStates),
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
  const { place: at } = sampleScan
  const raw = { ...sampleScan, place: { ...at, point: { ...at.point, kind: 'teleport' } } } as unknown as Scan
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
    position: null,
  })
})

test('E2: a scan of the time before settings, fixes and own times is read with what held then', async () => {
  const ours = JSON.parse(recordType(scanMapping).text) as { fields: { name: string }[] }
  const added = ['at_ms', 'settings', 'fix']
  const older = avsc.Type.forSchema({
    ...ours,
    fields: ours.fields.filter(({ name }) => !added.includes(name)),
  } as unknown as avsc.Schema)
  schemaTexts.set(9_005, JSON.stringify(older.schema({ exportAttrs: true })))
  const sample = scanned({ place: placed({ kind: 'manual' }), rssiCdbm: -5_650 })
  const encoded = Buffer.concat([Buffer.from([0, 0, 0, 0x23, 0x2d]), older.toBuffer(rawOf(sample))])
  const decoded = await codecOf(scanMapping).decode(encoded)
  expect(decoded).toEqual(sample)
  expect(decoded.place.settings).toBe(defaultMovementSettings.manual)
})

test('E2: events and deliveries with and without paths are read by the version before and by this one', async () => {
  const withPaths = {
    ...fc.sample(plainEvent, { numRuns: 1, seed: 1 })[0],
    locationPaths: { at: ['BAY-3', 'WH-1'], from: [] },
  } as DomainEvent
  const { locationPaths: _, ...without } = withPaths
  const sent = { ...fc.sample(delivery, { numRuns: 1, seed: 1 })[0], event: withPaths } as Delivery
  const textBefore = (mapping: typeof domainEventMapping | typeof deliveryMapping): string =>
    JSON.stringify(JSON.parse(recordType(mapping as typeof domainEventMapping).text), (key, value) =>
      key === 'fields'
        ? (value as { name: string }[]).filter(({ name }) => name !== 'location_paths')
        : value,
    )
  const cases = [
    [9_020, domainEventMapping, withPaths, without],
    [9_021, deliveryMapping, sent, { ...sent, event: without }],
  ] as const
  for (const [id, mapping, value, expected] of cases) {
    const before = avsc.Type.forSchema(JSON.parse(textBefore(mapping)))
    const now = avsc.Type.forSchema(JSON.parse(recordType(mapping as typeof domainEventMapping).text))
    // Written now, read before: what it does not know is left out, and nothing else is another.
    const raw = (mapping as typeof domainEventMapping).toRaw(value as DomainEvent)
    const readBefore = before.fromBuffer(now.toBuffer(raw), before.createResolver(now))
    expect(JSON.stringify(readBefore)).not.toContain('location_paths')
    // Written before, which knows no path, and read now.
    schemaTexts.set(id, textBefore(mapping))
    const header = Buffer.alloc(5)
    header.writeInt32BE(id, 1)
    const codec = codecOf(mapping as typeof domainEventMapping)
    expect(await codec.decode(Buffer.concat([header, before.toBuffer(readBefore)]))).toEqual(expected)
    expect(codec.decode(codec.encode(value as DomainEvent))).toEqual(value)
  }
})

/** As the wire has it; `asset` and `path` are written by hand, so that a mistake of the mapping shows. */
function rawOf({ asset: known, place: at, ...rest }: Scan): unknown {
  return {
    ...scanMapping.toRaw({ asset: known, place: at, ...rest }),
    asset: { id: known.id, external_key: known.externalKey, name: known.name },
    path: at.path.map((one) => ({
      id: one.id,
      external_key: one.externalKey,
      name: one.name,
      parent_id: one.parentId,
      parent_external_key: one.parentExternalKey,
    })),
  }
}

test('the default settings of a kind travel as null and come back as the very same object', () => {
  const codec = codecOf(scanMapping)
  for (const kind of scanPointKinds) {
    const byDefault = scanned({ place: placed({ kind }) })
    const changed = scanned({ place: placed({ kind, settings: { confirmMs: 1 } }) })
    expect(scanMapping.toRaw(byDefault).settings).toBeNull()
    expect(codec.decode(codec.encode(byDefault))).toMatchObject({
      place: { settings: { ...byDefault.place.settings } },
    })
    expect((codec.decode(codec.encode(byDefault)) as Scan).place.settings).toBe(defaultMovementSettings[kind])
    expect((codec.decode(codec.encode(changed)) as Scan).place.settings).toEqual(changed.place.settings)
    // They are most of a scan's bytes, so it is worth it.
    expect(codec.encode(changed).length).toBeGreaterThan(codec.encode(byDefault).length + 30)

    const states = codecOf(trackedAssetMapping)
    const known = state({ here: byDefault.place, offset: 3 })
    const mixed = state({ here: changed.place, offset: 3 })
    expect(trackedAssetMapping.toRaw(known).settings).toEqual([])
    expect((states.decode(states.encode(known)) as typeof known).here?.settings).toBe(
      defaultMovementSettings[kind],
    )
    expect((states.decode(states.encode(mixed)) as typeof known).here).toEqual(changed.place)
  }
})

test('the time of a scan travels only where it is not the receive time', () => {
  const atOnce = scanned({ atMs: 1_777_336_418_021 })
  const earlier = { ...atOnce, atMs: 1_777_336_418_020 }
  expect(scanMapping.toRaw(atOnce).at_ms).toBeNull()
  expect(scanMapping.toRaw(earlier).at_ms).toBe(1_777_336_418_020)
})

test('a state mentions each location, place, settings and tag once', () => {
  const settings = { exitTimeoutMs: 1 }
  const here = placed({ settings })
  const there = placed({ point: 79, settings })
  const slot = (at: Place) => ({ place: at, levelCdbm: -1, weightHundredths: 1, lastMs: 1, reads: 1 })
  const { lastScan } = state()
  const mentioned = state({
    offset: 1,
    path: here.path,
    here,
    slots: [slot(here), slot(there), slot(placed())],
    lastScan: { ...lastScan, place: there },
    candidate: { sinceMs: 1, facts: { ...lastScan, place: here } },
  })
  const raw = trackedAssetMapping.toRaw(mentioned)
  expect(raw.locations).toHaveLength(1)
  expect(raw.settings).toHaveLength(1)
  expect(raw.places).toHaveLength(3)
  expect(raw.tags).toHaveLength(1)
})

test('an index beyond its list, and a withdrawn tag without a value, are undecodable', async () => {
  const states = avsc.Type.forSchema(loadSchema('tracked-asset').schema)
  const codec = codecOf(trackedAssetMapping)
  const header = codec.encode(state({ offset: 1 })).subarray(0, 5)
  for (const wrong of [{ here: 7 }, { here: -2 }, { path: [1] }, { path: [-1] }]) {
    const raw = { ...trackedAssetMapping.toRaw(state({ offset: 1 })), ...wrong }
    expect(await refusal(codec, Buffer.concat([header, states.toBuffer(raw)]))).toBe(
      'SCHEMA_BAD_BYTES undecodable',
    )
  }
  const withdrawals = codecOf(withdrawalMapping)
  const without = { kind: 'tag', assetId: assetId(1), value: null } as unknown as Withdrawal['withdrawn']
  const encoded = withdrawals.encode({ kind: 'withdrawal', orgId: orgId(1), atMs: 1, withdrawn: without })
  expect(await refusal(withdrawals, encoded)).toBe('SCHEMA_BAD_BYTES undecodable')
})

test('scans carry four records, told apart by their ids', () => {
  const records = [scanMapping, tickMapping, livenessMapping, withdrawalMapping].map((mapping) => {
    const type = recordType(mapping as RecordMapping<ScanRecord, unknown>)
    return { type, id: nextId++ }
  })
  const kinds = ['scan', 'tick', 'liveness', 'withdrawal'] as const
  const pick = ({ kind }: ScanRecord) => records[kinds.indexOf(kind)] ?? expect.unreachable()
  const codec = topicCodec(records, pick, writers)
  const any = fc.oneof<fc.Arbitrary<ScanRecord>[]>(scan, tick, liveness, withdrawal)
  fc.assert(fc.property(any, (record) => void expect(codec.decode(codec.encode(record))).toEqual(record)))
})

// ── states of the old form ──

const asOld = avsc.Type.forSchema(loadSchema('asset-state').schema)
const oldLocation = {
  id: 11,
  external_key: 'BAY-1',
  name: 'Bay 1',
  parent_id: 10,
  parent_external_key: 'HALL',
}
const oldHall = { id: 10, external_key: 'HALL', name: 'Hall', parent_id: null, parent_external_key: null }
const oldScan = {
  observed_at: '2026-04-28T00:33:37.900Z',
  received_at: '2026-04-28T00:33:38.021Z',
  rssi_dbm: -56.5,
  reads: 3,
  tag: { tag_type: 'ble', value: 'AC233FA1' },
  scan_device: { id: 7, external_key: 'gw-7', name: 'Gateway 7', type: 'gl_s10' },
  scan_point: { id: 8, antenna_port: 2 },
}
const old = {
  org_id: 7,
  asset: { id: 42, external_key: 'ASSET-42', name: 'Asset 42' },
  path: [oldLocation, oldHall],
  is_present: true,
  visits: [
    { visit_id: 'v-2', since_ms: 1_777_336_400_000 },
    { visit_id: 'v-1', since_ms: 1_777_336_300_000 },
  ],
  last_seen_ms: 1_777_336_418_021,
  last_transition_ms: 1_777_336_400_000,
  candidate: {
    path: [oldHall],
    since_ms: 1_777_336_417_000,
    last_seen_ms: 1_777_336_418_000,
    reads: 2,
    rssi_max_cdbm: -5_000,
  },
  sightings: [{ location_id: 11, emitted_at_ms: 1_777_336_400_000, reads: 9, rssi_max_cdbm: null }],
  sequence: 17,
  previous_event_id: '9f1c2f0e-6d0a-5b1e-8a55-3b1f6f1f2a10',
  last_scan_json: JSON.stringify(oldScan),
  offset: 4_711,
}

/** As a tracker of today reads it: its own form is TrackedAsset, the old one is known beside it. */
function decodeOld(raw: unknown): unknown {
  const [ours, before] = [trackedAssetMapping, oldAssetStateMapping].map((mapping) => {
    const type = recordType(mapping as RecordMapping<ReturnType<typeof state>, unknown>)
    return { type, id: nextId++ }
  })
  if (ours === undefined || before === undefined) return expect.unreachable()
  const codec = topicCodec([ours, before], () => ours, writers)
  const header = Buffer.alloc(5)
  header.writeInt32BE(before.id, 1)
  return codec.decode(Buffer.concat([header, asOld.toBuffer(raw)]))
}

test('a state of the old form is read: what it held is kept, what it did not hold begins anew', () => {
  const bay = { id: 11, externalKey: 'BAY-1', name: 'Bay 1', parentId: 10, parentExternalKey: 'HALL' }
  const hall = { id: 10, externalKey: 'HALL', name: 'Hall', parentId: null, parentExternalKey: null }
  const device = { id: 7, externalKey: 'gw-7', name: 'Gateway 7', type: 'gl_s10' }
  const point = { id: 8, antennaPort: 2, kind: 'zone' }
  const settings = defaultMovementSettings.zone
  const lastScan = {
    place: { path: [], device, point, settings },
    tag: { tagType: 'ble', value: 'AC233FA1' },
    readAtMs: 1_777_336_417_900,
    receivedAtMs: 1_777_336_418_021,
    rssiCdbm: -5_650,
    reads: 3,
  }
  expect(decodeOld(old)).toEqual({
    orgId: 7,
    asset: { id: 42, externalKey: 'ASSET-42', name: 'Asset 42' },
    path: [bay, hall],
    here: { path: [bay, hall], device, point, settings },
    visits: [
      { firstSequence: 17, sinceMs: 1_777_336_400_000 },
      { firstSequence: 17, sinceMs: 1_777_336_300_000 },
    ],
    isPresent: true,
    lastSeenMs: 1_777_336_418_021,
    lastTransitionMs: 1_777_336_400_000,
    heldUntilMs: null,
    candidate: {
      sinceMs: 1_777_336_417_000,
      facts: {
        ...lastScan,
        place: { path: [hall], device, point, settings },
        receivedAtMs: 1_777_336_418_000,
        rssiCdbm: -5_000,
        reads: 2,
      },
    },
    slots: [],
    sightings: [{ locationId: 11, emittedAtMs: 1_777_336_400_000, reads: 9, rssiMaxCdbm: null }],
    late: null,
    lastFix: null,
    lastScan,
    sequence: 17,
    previousEventId: '9f1c2f0e-6d0a-5b1e-8a55-3b1f6f1f2a10',
    offset: 4_711,
  })
})

test('a state of the old form of an asset that was nowhere is read, and is written in the new form only', () => {
  const nowhere = {
    ...old,
    path: [],
    visits: [],
    is_present: false,
    last_transition_ms: null,
    candidate: null,
    previous_event_id: null,
    last_scan_json: JSON.stringify({ ...oldScan, observed_at: null, rssi_dbm: null }),
  }
  expect(decodeOld(nowhere)).toMatchObject({
    path: [],
    here: null,
    visits: [],
    candidate: null,
    lastScan: { readAtMs: null, rssiCdbm: null },
  })
  expect(() => codecOf(oldAssetStateMapping).encode(state())).toThrow(/SCHEMA_UNENCODABLE/)
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
