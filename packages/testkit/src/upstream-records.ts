/**
 * Records as upstream might produce them: right ones in every form, ones with something wrong in a field, and ones whose
 * frame or bytes are damaged. For whatever must judge records as the producer does.
 */
import { exampleData } from '@scanhook/catalogue/examples'
import { businessEventTypes } from '@scanhook/domain/event'
import fc from 'fast-check'

export interface UpstreamRecord {
  readonly kind: 'reads' | 'events'
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
  /** How far its timestamp is behind the clock that the caller gives it. */
  readonly behindMs: number
}

export interface UpstreamWorld {
  /** The organization that records are mostly for, and another. */
  readonly orgId: number
  readonly otherOrgId: number
  /** A reader and a tag that are known there. */
  readonly device: string
  readonly tag: string
  /** A read or event in Avro with the wire format's head; damaged by whoever asks for it. */
  readonly avro: readonly Buffer[]
}

/** Mostly right, with something wrong now and then. */
const orWrong = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 15, arbitrary: right as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, '', -1, 1.5, 'x', {}, [], true, '\u0000', 1e300) },
  )

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
const instant = fc.constantFrom<unknown>(
  '2026-07-27T16:26:24.100Z',
  '2026-02-30T00:00:00Z',
  1_785_169_584,
  'soon',
  -5,
)

const orgOf = ({ orgId, otherOrgId }: UpstreamWorld): fc.Arbitrary<number> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(orgId) }, { weight: 1, arbitrary: fc.constant(otherOrgId) })

function readOf(world: UpstreamWorld): fc.Arbitrary<unknown> {
  const read = fc.record(
    {
      org_id: orWrong(orgOf(world)),
      id: orWrong(text),
      device: orWrong(fc.constantFrom(world.device, 'nowhere')),
      antenna_port: orWrong(fc.constantFrom(1, 9)),
      tag: orWrong(
        fc.record({
          type: orWrong(fc.constantFrom('rfid', 'ble')),
          value: orWrong(fc.constantFrom(world.tag, 'FFFF')),
        }),
      ),
      read_at: orWrong(instant),
      rssi_dbm: orWrong(fc.integer({ min: -120, max: 0 })),
      reads: orWrong(fc.integer({ min: 1, max: 9 })),
      other: fc.constant(1),
    },
    { requiredKeys: ['org_id', 'device', 'tag'] },
  )
  const clean = fc.record({
    org_id: orgOf(world),
    id: text,
    device: fc.constant(world.device),
    tag: fc.constant({ value: world.tag }),
  })
  const heartbeat = fc.record({
    org_id: orgOf(world),
    device: fc.constant(world.device),
    heartbeat: fc.constantFrom<unknown>(true, 1),
  })
  const frame = fc.record({
    tags: orWrong(
      fc.array(fc.record({ epc: orWrong(fc.constant(world.tag)), rssi: orWrong(fc.constant('-56')) }), {
        maxLength: 4,
      }),
    ),
  })
  return fc.oneof(
    { weight: 4, arbitrary: clean as fc.Arbitrary<unknown> },
    { weight: 4, arbitrary: read },
    { weight: 1, arbitrary: heartbeat },
    { weight: 1, arbitrary: frame },
  )
}

function eventOf(world: UpstreamWorld): fc.Arbitrary<unknown> {
  return fc.constantFrom(...businessEventTypes).chain((type) =>
    fc.record(
      {
        org_id: orWrong(orgOf(world)),
        id: orWrong(text),
        type: orWrong(fc.constant(type)),
        occurred_at: orWrong(instant),
        data: orWrong(fc.constant(exampleData[type])),
        other: fc.constant(1),
      },
      { requiredKeys: ['org_id', 'id', 'type', 'data'] },
    ),
  )
}

/** One document, a batch in each form, and text that is none of these. */
function bytesOf(item: fc.Arbitrary<unknown>, { avro }: UpstreamWorld): fc.Arbitrary<Buffer | null> {
  const some = fc.array(item, { minLength: 1, maxLength: 4 })
  const json = (value: unknown): string => JSON.stringify(value)
  const readable = fc.oneof(
    { weight: 6, arbitrary: item.map(json) },
    { weight: 2, arbitrary: fc.array(item, { maxLength: 4 }).map(json) },
    { weight: 1, arbitrary: some.map((items) => items.map(json).join('\n')) },
    { weight: 1, arbitrary: some.map((items) => items.map(json).join('')) },
    { weight: 1, arbitrary: some.map((items) => `${items.map(json).join('\n')}\n{"cut`) },
    { weight: 1, arbitrary: fc.json() },
  )
  const bytes = fc.oneof(
    { weight: 12, arbitrary: readable.map((each) => Buffer.from(each)) },
    { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((each) => Buffer.from(each)) },
    ...(avro.length === 0 ? [] : [{ weight: 2, arbitrary: fc.constantFrom(...avro) }]),
  )
  return fc.oneof(
    { weight: 20, arbitrary: bytes },
    { weight: 3, arbitrary: fc.tuple(bytes, fc.nat(), fc.nat(255)).map(damaged) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
}

function damaged([bytes, at, byte]: readonly [Buffer, number, number]): Buffer {
  const changed = Buffer.from(bytes)
  if (changed.length > 0) changed[at % changed.length] = byte
  return changed
}

function headersOf({ orgId, otherOrgId, device }: UpstreamWorld): fc.Arbitrary<Record<string, string>> {
  const headers = fc.record(
    {
      'scanhook-org': fc.constantFrom(`${orgId}`, `${orgId}`, `${otherOrgId}`, 'Acme', ''),
      'scanhook-format': fc.constantFrom('csl-cs463', 'CSL-CS463', 'scanhook', 'csv'),
      'scanhook-device': fc.constantFrom(device, '\u0001'),
      'scanhook-received-at': fc.constant('1753600000000'),
      'content-type': fc.constantFrom(
        'application/json',
        'application/x-ndjson',
        'avro/binary',
        'text/plain',
      ),
      traceparent: fc.constantFrom('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'nonsense'),
    },
    { requiredKeys: [] },
  )
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: headers as fc.Arbitrary<Record<string, string>> },
  )
}

function anyRecord(world: UpstreamWorld, kind: UpstreamRecord['kind']): fc.Arbitrary<UpstreamRecord> {
  return fc.record({
    kind: fc.constant(kind),
    key,
    value: bytesOf(kind === 'reads' ? readOf(world) : eventOf(world), world),
    headers: headersOf(world),
    // Neither is near a bound: whoever judges later must not judge otherwise.
    behindMs: fc.oneof(
      { weight: 15, arbitrary: fc.constant(60_000) },
      { weight: 1, arbitrary: fc.constantFrom(-3_600_000, 1_000_000_000_000) },
    ),
  })
}

const key = fc.oneof(
  fc.constant(null),
  text.map((each) => Buffer.from(each)),
)

function rightRecord(world: UpstreamWorld, kind: UpstreamRecord['kind']): fc.Arbitrary<UpstreamRecord> {
  const { orgId } = world
  const read = fc.record({
    id: text,
    device: fc.constant(world.device),
    tag: fc.constant({ value: world.tag }),
  })
  const event = fc
    .tuple(fc.constantFrom(...businessEventTypes), text)
    .map(([type, id]) => ({ id, type, data: exampleData[type] }))
  const item: fc.Arbitrary<object> = kind === 'reads' ? read : event
  const items = fc.array(item, { minLength: 1, maxLength: 3 })
  const toldBy = fc.constantFrom('header', 'record')
  return fc.tuple(items, toldBy, key, fc.constantFrom('array', 'lines')).map(([some, told, itsKey, form]) => {
    const whole = some.map((each) => JSON.stringify(told === 'record' ? { ...each, org_id: orgId } : each))
    return {
      kind,
      key: itsKey,
      value: Buffer.from(form === 'array' ? `[${whole.join(',')}]` : whole.join('\n')),
      headers: told === 'header' ? { 'scanhook-org': `${orgId}` } : {},
      behindMs: 60_000,
    }
  })
}

/** About half are right. */
export function upstreamRecord(world: UpstreamWorld): fc.Arbitrary<UpstreamRecord> {
  return fc
    .constantFrom('reads' as const, 'events' as const)
    .chain((kind) => fc.oneof(rightRecord(world, kind), anyRecord(world, kind)))
}
