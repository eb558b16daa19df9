/**
 * What the four events of an asset carry. These schemas are strict: the data is ours (`domain/movement`), and a field
 * that is missing here is a field that nobody documented. Every declared field is always present, null if empty, and
 * says what it means: the API serves these sentences.
 */
import { tagTypes } from '@scanhook/domain/asset'
import type { AssetEventType } from '@scanhook/domain/event'
import { z } from 'zod'

/** Ids are int64 up to 2^53−1 and opaque. */
const idOf = (what: string): z.ZodNumber => z.int().positive().describe(`Id of the ${what}`)
const keyOf = (what: string): z.ZodString =>
  z.string().describe(`The organization’s key of the ${what}, as it was when the event was derived`)
const nameOf = (what: string): z.ZodString =>
  z.string().describe(`Display name of the ${what}, as it was when the event was derived`)
const instant = z.iso.datetime({ precision: 3 })

const asset = z
  .strictObject({
    id: idOf('asset'),
    external_key: keyOf('asset'),
    name: nameOf('asset'),
    sequence: z.int().positive().describe('Count of this asset’s events of all types, gapless, from 1'),
  })
  .describe('The asset that this is about')

const location = z.strictObject({
  id: idOf('location'),
  external_key: keyOf('location'),
  name: nameOf('location'),
  parent_id: idOf('location above it').nullable(),
  parent_external_key: keyOf('location above it').nullable(),
})

const scan = z
  .strictObject({
    observed_at: instant.nullable().describe('The reader’s clock; null if unknown or not believed'),
    received_at: instant.describe('When the read was received'),
    rssi_dbm: z
      .number()
      .nullable()
      .describe('Best signal of the reads that this stands for; null when unknown'),
    reads: z.int().positive().describe('Reads that this stands for'),
    tag: z
      .strictObject({
        tag_type: z.enum(tagTypes).describe('What carries the value; more kinds may come'),
        value: z.string().describe('The tag’s value as master data has it'),
      })
      .describe('The tag that was read'),
    scan_device: z
      .strictObject({
        id: idOf('scan device'),
        external_key: keyOf('scan device'),
        name: nameOf('scan device'),
        type: z.string().describe('Kind of hardware, such as csl_cs463'),
      })
      .describe('The reader or gateway that read it'),
    scan_point: z
      .strictObject({
        id: idOf('scan point'),
        antenna_port: z.int().nonnegative().describe('Antenna of the scan device'),
      })
      .describe('The place that was read at: one antenna of the device'),
  })
  .describe('The scan that led to the event; after an exit by absence, the last one before')

const reason = z.enum([
  'first_seen',
  'seen_elsewhere',
  'returned',
  'manual',
  'portal',
  'absence',
  'reassigned',
])
const why = reason.describe(
  'Why the asset is believed to be, or no longer to be, where the event says; more reasons may come',
)
const visitId = z.uuid().describe('Pairs location.entered with its location.exited')
const transitionId = z.uuid().describe('The same on all events of one change of location')
const previousEventId = z.uuid().nullable().describe('The asset’s event before this one; null on its first')
const derivedAt = instant.describe('The stream’s clock when the event was derived; the same after a replay')

/** What follows the places on every event of a change of location. */
const ofTransition = {
  transition_id: transitionId,
  visit_id: visitId,
  previous_event_id: previousEventId,
  reason: why,
  derived_at: derivedAt,
  scan,
}

const dataSchemas: Readonly<Record<AssetEventType, z.ZodObject>> = {
  'asset.scanned': z.strictObject({
    asset,
    location: location.nullable().describe('Where it was read; null where the scan point has no location'),
    transition_id: z.null().describe('Always null: a sighting alone changes no location'),
    visit_id: z.uuid().nullable().describe('The running visit; null while the asset is in no location'),
    previous_event_id: previousEventId,
    reason: reason.nullable().describe('What the sighting tells; null when it is nothing new'),
    derived_at: derivedAt,
    late: z
      .boolean()
      .describe('True for a read that arrived too late to decide anything: it never changes the location'),
    scan,
  }),
  'asset.moved': z.strictObject({
    asset,
    from_location: location.nullable().describe('Where it was last; null on the first sighting'),
    to_location: location.describe('Where it is now'),
    ...ofTransition,
    visit_id: z.uuid().describe('The visit that begins'),
  }),
  'location.entered': z.strictObject({
    asset,
    location: location.describe('What it entered: the place itself or a level above it'),
    ...ofTransition,
  }),
  'location.exited': z.strictObject({
    asset,
    location: location.describe('What it left: the place itself or a level above it'),
    dwell_seconds: z.int().nonnegative().describe('Length of the visit that ends, whole seconds'),
    ...ofTransition,
  }),
}

/** The schema of `data` for an asset's event. */
export function assetDataSchema(type: AssetEventType): z.ZodType {
  return dataSchemas[type]
}
