/**
 * The JSON that upstream sends, as JSON Schemas (2020-12): for the documents, and for whoever checks a record before it is
 * produced. The parsers (domain/reading) are the law; a property test holds these forms against them.
 */
import { tagTypes } from '@scanhook/domain/asset'
import { businessEventTypes } from '@scanhook/domain/event'
import { antennaPortMax, readsMax, textMaxLength } from '@scanhook/domain/reading/read-bounds'
import { z } from 'zod'
import { businessDataSchema } from './business-events.ts'
import { printable, visible } from './text-patterns.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

// A member that is null counts as absent.
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })
/** Printable characters, and something that can be seen. */
const text: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: textMaxLength,
  pattern: `^${printable}*${visible}${printable}*$`,
}
const time: JsonSchema = {
  description: 'RFC 3339, or epoch seconds, ms, µs or ns, told apart by size',
  anyOf: [
    { type: 'string', format: 'date-time' },
    { type: 'number', minimum: 0, exclusiveMaximum: 9.3e18 },
    { type: 'string', pattern: '^\\d{1,19}(\\.\\d{1,9})?$' },
  ],
}
const between = (minimum: number, maximum: number): JsonSchema => ({ type: 'number', minimum, maximum })
const orgId: JsonSchema = {
  description: 'Where neither the topic, nor a header, nor an API key says it',
  ...orNull({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
}
const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const device: JsonSchema = { description: 'External key of the scan device', ...text }

const tag = object({ type: orNull({ enum: [...tagTypes] }), value: text }, ['value'])
const position = object(
  {
    latitude: between(-90, 90),
    longitude: between(-180, 180),
    accuracy_m: orNull(between(0, 1_000_000)),
  },
  ['latitude', 'longitude'],
)
const readFields = {
  org_id: orgId,
  id: { description: 'With it, sending the read again is harmless', ...orNull(text) },
  device,
  antenna_port: orNull({ type: 'integer', minimum: 0, maximum: antennaPortMax }),
  read_at: { description: 'The reader’s clock', ...orNull(time) },
  rssi_dbm: {
    description: 'A number, or its digits; text that is no number counts as unknown',
    type: ['number', 'string', 'null'],
  },
  reads: {
    description: 'How many reads this stands for',
    ...orNull({ type: 'integer', minimum: 1, maximum: readsMax }),
  },
}

/** One read, or the heartbeat of a reader that sees no tag. */
export const readForm: JsonSchema = {
  title: 'Read',
  anyOf: [
    object({ ...readFields, tag, position: orNull(position) }, ['device', 'tag']),
    {
      description: 'A tracker is its own tag',
      ...object({ ...readFields, tag: orNull(tag), position }, ['device', 'position']),
    },
    {
      description: 'A reader that sees no tag says that it is there',
      ...object({ org_id: orgId, device, heartbeat: { const: true } }, ['device', 'heartbeat']),
    },
  ],
}

/** One business event; what `data` must hold depends on the type. */
export const incomingEventForm: JsonSchema = {
  title: 'IncomingEvent',
  anyOf: businessEventTypes.map((type) => {
    const { $schema, ...data } = z.toJSONSchema(businessDataSchema(type), { io: 'input' })
    return object(
      {
        org_id: orgId,
        id: { description: 'With it, sending the event again is harmless', ...orNull(text) },
        type: { const: type },
        occurred_at: { description: 'The receive time by default', ...orNull(time) },
        data,
      },
      ['type', 'data'],
    )
  }),
}
