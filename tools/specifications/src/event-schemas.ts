/**
 * The JSON Schemas (2020-12) of what receivers get: a file for each event type and profile, whole in itself, and one for a
 * request that carries several. By the catalogue's own schemas, which the OpenAPI document has as well. Pure.
 */
import { type CatalogueEntry, eventCatalogue, signalCatalogue } from '@scanhook/catalogue/event-catalogue'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { openForm } from '@scanhook/http/wire-form'
import { z } from 'zod'
import { exampleBody } from './examples.ts'

type Json = Readonly<Record<string, unknown>>

export const everyEventType: readonly CatalogueEntry[] = [...eventCatalogue, ...signalCatalogue]

/** Of the `data` member. Open: later versions may say more. */
export function dataSchemaOf({ dataSchema }: CatalogueEntry): Json {
  const { $schema, ...data } = z.toJSONSchema(dataSchema, { io: 'input' })
  return openForm(data)
}

const uuid: Json = { type: 'string', format: 'uuid' }
const time: Json = { type: 'string', format: 'date-time' }
const envelope = (properties: Readonly<Record<string, unknown>>): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

/** The body around `data`. */
export const envelopes: Readonly<Record<ProfileName, (type: string, data: Json) => Json>> = {
  standard: (type, data) => envelope({ id: uuid, type: { const: type }, timestamp: time, data }),
  trakrf: (type, data) =>
    envelope({ event: { const: type }, event_id: uuid, delivery_id: uuid, occurred_at: time, data }),
  trackberry: (type, data) => envelope({ event: { const: type }, timestamp: time, data }),
}

/** By their path under `schemas/`. */
export function eventSchemas(): Readonly<Record<string, Json>> {
  const single = everyEventType.flatMap((entry) =>
    profileNames.map(
      (profile) => [`events/${profile}/${entry.type}.json`, bodySchema(profile, entry)] as const,
    ),
  )
  return Object.fromEntries([...single, ['events/batch.json', batchSchema]])
}

/** A name and no address: wherever an installation is, the schema is the same. */
const idOf = (name: string): Json => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:scanhook:events:${name}`,
})

function bodySchema(profile: ProfileName, entry: CatalogueEntry): Json {
  return {
    ...idOf(`${profile}:${entry.type}`),
    title: `${entry.type}, profile ${profile}`,
    description: entry.description,
    ...envelopes[profile](entry.type, dataSchemaOf(entry)),
    examples: [exampleBody(profile, entry)],
  }
}

const batchSchema: Json = {
  ...idOf('batch'),
  title: 'A request with several events',
  description: 'Of a webhook with `batch`. Each payload is the body that a request of its own would have.',
  ...envelope({
    id: uuid,
    type: { const: 'batch' },
    events: {
      type: 'array',
      minItems: 1,
      items: envelope({ id: uuid, delivery_id: uuid, payload: { type: 'object' } }),
    },
  }),
}
