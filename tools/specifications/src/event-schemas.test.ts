/** The committed schemas, held both ways: what is really rendered fits them, and what lacks something does not. */
import { hash } from 'node:crypto'
import { businessDataSchema } from '@scanhook/catalogue/business-events'
import { exampleData } from '@scanhook/catalogue/examples'
import { type HeartbeatFacts, renderHeartbeat } from '@scanhook/domain/completeness/heartbeat'
import { manifestTally, renderManifest } from '@scanhook/domain/completeness/manifest'
import { deadReasons } from '@scanhook/domain/delivery'
import { businessEventTypes, type DomainEvent, type EventType, eventTypes } from '@scanhook/domain/event'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { instantMaxMs, instantMinMs } from '@scanhook/domain/instant'
import type { Identify } from '@scanhook/domain/movement/identify'
import { renderBatch } from '@scanhook/domain/payload/render-batch'
import { renderBody } from '@scanhook/domain/payload/render-body'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { parseIncomingEvent } from '@scanhook/domain/reading/parse-incoming-event'
import type { ScanRecord } from '@scanhook/domain/scan'
import { deadEvent, noticeEvent } from '@scanhook/notifier/render-event'
import { eventSchemaFiles } from '@scanhook/specifications/event-schemas'
import { driveAsset } from '@scanhook/testkit/drive-asset'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { everyEventType } from './event-schemas.ts'

type Json = Readonly<Record<string, unknown>>

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
addFormats.default(ajv)
const files = eventSchemaFiles()
const schemas = new Map([...files].map(([path, text]) => [path, JSON.parse(text) as Json]))
const validators = new Map([...schemas].map(([path, schema]) => [path, ajv.compile(schema)]))

function validatorOf(profile: ProfileName, type: string): ValidateFunction {
  const found = validators.get(`events/${profile}/${type}.json`)
  if (found === undefined) throw new Error(`there is no schema of ${type} for ${profile}`)
  return found
}

const aDelivery = deliveryId('9f2c8e14-3b5a-5d1c-8e7f-2a6b4c8d0e1f')

/** The bodies of the event, one for each profile, are what the schemas of that profile say. */
function expectFits(event: DomainEvent): void {
  for (const profile of profileNames) {
    const isRight = validatorOf(profile, event.type)
    const body: unknown = JSON.parse(renderBody(profile, event, aDelivery))
    expect({ ok: isRight(body), errors: isRight.errors, body }).toMatchObject({ ok: true })
  }
}

test('there is one for each type and profile, and one for a batch, each under a name of its own', () => {
  const expected = everyEventType.flatMap(({ type }) =>
    profileNames.map((profile) => `events/${profile}/${type}.json`),
  )
  expect([...files.keys()].sort()).toEqual([...expected, 'events/batch.json'].sort())
  expect(new Set([...schemas.values()].map(({ $id }) => $id)).size).toBe(files.size)
})

test.each([...schemas])('%s: its example fits', (path, { examples }) => {
  const isRight = validators.get(path)
  for (const example of (examples ?? []) as readonly unknown[]) {
    isRight?.(example)
    expect(isRight?.errors).toBeNull()
  }
  expect(path === 'events/batch.json' || (examples as readonly unknown[]).length === 1).toBe(true)
})

test.each([...schemas].filter(([path]) => path !== 'events/batch.json'))(
  '%s: nothing that is required may be absent, and nothing of another kind',
  (path, schema) => {
    const [example] = schema['examples'] as readonly [Json]
    const isRight = validators.get(path)
    const places = requiredPlaces(schema, example)
    expect(places.length).toBeGreaterThan(4)
    for (const place of places) {
      expect(isRight?.(changed(example, place, undefined)), `without ${place.join('.')}`).toBe(false)
      expect(isRight?.(changed(example, place, Symbol.for('no JSON'))), `wrong ${place.join('.')}`).toBe(
        false,
      )
    }
    // Later versions may say more.
    expect(isRight?.({ ...example, more: 1, data: { ...(example['data'] as object), more: 1 } })).toBe(true)
  },
)

/** The paths of all members of the example that the schema requires, in every object that it reaches without a choice. */
function requiredPlaces(
  schema: Json,
  value: unknown,
  at: readonly string[] = [],
): readonly (readonly string[])[] {
  const { required = [], properties = {} } = schema as {
    readonly required?: readonly string[]
    readonly properties?: Readonly<Record<string, Json>>
  }
  if (typeof value !== 'object' || value === null) return []
  return required.flatMap((name) => {
    const place = [...at, name]
    return [place, ...requiredPlaces(properties[name] ?? {}, Reflect.get(value, name), place)]
  })
}

function changed(value: unknown, [name = '', ...rest]: readonly string[], to: unknown): Json {
  const object = value as Json
  if (rest.length > 0) return { ...object, [name]: changed(object[name], rest, to) }
  const { [name]: _, ...others } = object
  return to === undefined ? others : { ...others, [name]: to }
}

const atMs = fc.integer({ min: instantMinMs, max: instantMaxMs })
const uuid = fc.uuid()
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const text = fc.string({ maxLength: 40, unit: 'binary' })
const orNull = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null })
const runs = { numRuns: 200 }

const hashed = (...parts: readonly unknown[]): string => {
  const digits = hash('sha256', JSON.stringify(parts))
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}
const identify: Identify = {
  assetEventId: (...facts) => eventId(hashed('event', ...facts)),
  transitionId: (...facts) => hashed('transition', ...facts),
  visitId: (...facts) => hashed('visit', ...facts),
}

test('what the rules of movement derive, over lives of an asset', () => {
  const seen = new Set<string>()
  const site = location(1, 'Site')
  const places = [[], [location(3, 'Bay 3', site), site], [location(4, 'Bay 4', site), site], [site]]
  const step = fc.record({
    afterMs: fc.integer({ min: 1, max: 400_000 }),
    where: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('zone', 'portal', 'manual', 'tick', 'liveness', 'withdrawal'),
    rssiCdbm: orNull(fc.integer({ min: -9_000, max: -1 })),
    readAtMs: orNull(atMs),
    tag: text,
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), text, (steps, name) => {
      const asset = driveAsset(undefined, identify)
      let nowMs = 1_777_336_418_021
      for (const { afterMs, where, kind, rssiCdbm, readAtMs, tag } of steps) {
        nowMs += afterMs
        for (const event of asset.apply(recordAt())) {
          seen.add(event.type)
          expectFits(event)
        }

        function recordAt(): ScanRecord {
          if (kind === 'tick') return { kind, atMs: nowMs }
          const read = scan({ atMs: nowMs })
          const { device } = read.place
          if (kind === 'liveness') {
            const heard = {
              orgId: orgId(7),
              deviceId: device.id,
              lastHeardMs: nowMs,
              aliveSinceMs: nowMs - 900_000,
            }
            return { kind, atMs: nowMs, devices: [heard] }
          }
          if (kind === 'withdrawal') {
            const withdrawn = { kind: 'asset' as const, assetId: read.asset.id }
            return { kind, orgId: orgId(7), atMs: nowMs, withdrawn }
          }
          const path = places[where] ?? []
          return {
            ...scan({
              atMs: nowMs,
              rssiCdbm,
              readAtMs,
              place: place({ path, point: 77 + where, device: 78, kind: kind as 'zone' }),
            }),
            asset: { ...read.asset, name },
            tag: { tagType: 'ble', value: tag },
          }
        }
      }
    }),
    runs,
  )
  expect([...seen].sort()).toEqual(['asset.moved', 'asset.scanned', 'location.entered', 'location.exited'])
})

test('business events as they came, whatever the sender adds', () => {
  const accepted = fc.constantFrom(...businessEventTypes).chain((type) => {
    const [subject = ''] = Object.keys(exampleData[type])
    const own = exampleData[type][subject] as Json
    const more = fc.record({
      ...Object.fromEntries(
        Object.entries(own).map(([name, value]) => [name, fc.oneof(fc.constant(value), fc.jsonValue())]),
      ),
      further: fc.jsonValue(),
    })
    return fc.record({
      type: fc.constant(type),
      data: more.map((members) => ({ [subject]: members })),
      occurredAtMs: atMs,
    })
  })
  let count = 0
  fc.assert(
    fc.property(accepted, ({ type, data, occurredAtMs }) => {
      const parsed = parseIncomingEvent({ type, data }, { orgId: orgId(1), nowMs: 0 })
      const isAccepted =
        parsed.ok && businessDataSchema(type).safeParse(JSON.parse(parsed.value.dataJson)).success
      const event = eventOf(type, parsed.ok ? parsed.value.dataJson : JSON.stringify(data), occurredAtMs)
      if (isAccepted) {
        count += 1
        expectFits(event)
      } else if (parsed.ok) {
        const isRight = validatorOf('standard', type)
        expect(isRight(JSON.parse(renderBody('standard', event, aDelivery)))).toBe(false)
      }
    }),
    { numRuns: 2_000 },
  )
  expect(count).toBeGreaterThan(20)
})

function eventOf(type: EventType, dataJson: string, occurredAtMs: number): DomainEvent {
  return {
    eventId: eventId('5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1'),
    orgId: orgId(1),
    type,
    occurredAtMs,
    receivedAtMs: occurredAtMs,
    subject: 'x:1',
    assetId: null,
    sequence: null,
    previousEventId: null,
    transitionId: null,
    dataJson,
  }
}

const led = orNull(fc.record({ id: uuid.map(eventId), type: fc.constantFrom(...eventTypes) }))

test('notices about webhooks, as the notifier renders them', () => {
  const facts = fc.record({
    webhook: fc.record({ id: id.map(endpointId), url: fc.webUrl(), name: orNull(text) }),
    atMs,
    reason: text,
    deliveryId: orNull(uuid.map(deliveryId)),
    event: led,
    retriesUntilMs: orNull(atMs),
    disablesAtMs: orNull(atMs),
  })
  const notice = fc.record({
    kind: fc.constantFrom('failing' as const, 'recovered' as const, 'disabled' as const),
    facts,
    sinceMs: atMs,
    isSinceKnown: fc.boolean(),
    disabledReason: fc.constantFrom('gone' as const, 'no_success' as const),
    deadReason: fc.constantFrom(...deadReasons),
  })
  fc.assert(
    fc.property(notice, ({ kind, facts: known, sinceMs, isSinceKnown, disabledReason, deadReason }) => {
      const about = { orgId: orgId(1), endpointId: known.webhook.id }
      const full = {
        ...known,
        // Only a webhook that was not failing has none.
        sinceMs: kind === 'disabled' && !isSinceKnown ? null : sinceMs,
        disabledReason: kind === 'disabled' ? disabledReason : null,
      }
      expectFits(noticeEvent({ ...about, kind, episodeMs: sinceMs, facts: full }))
      const { deliveryId: delivery, event, reason } = known
      const told = {
        ...about,
        kind: 'delivery_dead' as const,
        atMs: known.atMs,
        deliveryId: delivery,
        event,
        reason,
      }
      const dead = deadEvent({ ...told, sinceMs: null, deadReason }, known.webhook)
      if (dead !== null) expectFits(dead)
    }),
    runs,
  )
})

test('heartbeats and manifests, as the reconciler renders them', () => {
  const told = fc.record({ eventId: uuid, type: fc.constantFrom(...eventTypes), occurredAtMs: atMs })
  const count = fc.nat()
  const heartbeat: fc.Arbitrary<HeartbeatFacts> = fc.record({
    events: count,
    lastEvent: orNull(told),
    locations: fc.array(fc.record({ id, externalKey: text, events: count, last: told }), { maxLength: 3 }),
    areLocationsComplete: fc.boolean(),
    silentDevices: fc.array(fc.record({ id, externalKey: text, lastHeardAtMs: atMs }), { maxLength: 3 }),
    areDevicesComplete: fc.boolean(),
    pending: fc.record({ count, oldestCreatedAtMs: orNull(atMs) }),
  })
  const due = fc.record({ slotAtMs: atMs, nextSlotAtMs: atMs, fromMs: atMs, toMs: atMs, skipped: count })
  fc.assert(
    fc.property(heartbeat, due, orNull(uuid), id, (facts, when, previous, endpoint) => {
      const data = renderHeartbeat(
        endpointId(endpoint),
        previous === null ? null : eventId(previous),
        when,
        facts,
      )
      expectFits(eventOf('endpoint.heartbeat', data, when.slotAtMs))
    }),
    runs,
  )
  const entry = fc.record({
    type: fc.constantFrom(...eventTypes),
    state: fc.constantFrom('pending' as const, 'delivered' as const, 'dead' as const),
  })
  const entries = fc
    .uniqueArray(uuid, { maxLength: 5 })
    .chain((ids) =>
      fc.tuple(fc.constant(ids.sort()), fc.array(entry, { minLength: ids.length, maxLength: ids.length })),
    )
  fc.assert(
    fc.property(
      entries,
      fc.array(uuid, { maxLength: 3 }),
      fc.boolean(),
      atMs,
      ([ids, each], eventIds, areComplete, cutMs) => {
        const tally = manifestTally(cutMs, (content) => hash('sha256', content))
        for (const [index, one] of each.entries()) tally.add({ ...one, eventId: ids[index] ?? '' })
        expectFits(
          eventOf(
            'endpoint.manifest',
            renderManifest(7, tally.tell(), { eventIds, areComplete }, cutMs),
            cutMs,
          ),
        )
      },
    ),
    runs,
  )
})

test('a request with several events is what the schema of a batch says, and its payloads what their own say', () => {
  const isBatch = validators.get('events/batch.json')
  for (const profile of profileNames) {
    const members = businessEventTypes.map((type) => {
      const event = eventOf(type, JSON.stringify(exampleData[type]), 0)
      return { eventId: event.eventId, deliveryId: aDelivery, body: renderBody(profile, event, aDelivery) }
    })
    const body = JSON.parse(renderBatch(aDelivery, members)) as {
      readonly events: readonly { payload: unknown }[]
    }
    isBatch?.(body)
    expect(isBatch?.errors).toBeNull()
    for (const [index, type] of businessEventTypes.entries())
      expect(validatorOf(profile, type)(body.events[index]?.payload)).toBe(true)
    expect(isBatch?.({ ...body, events: [{}] })).toBe(false)
  }
})
