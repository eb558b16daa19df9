/**
 * What the four events of an asset carry. These schemas are strict: the data is ours (`domain/movement`), and a field
 * that is missing here is a field that nobody documented. Every declared field is always present, null if empty.
 */
import type { AssetEventType } from '@scanhook/domain/event'
import { z } from 'zod'

/** Ids are int64 up to 2^53−1 and opaque. */
const id = z.int().positive()
const instant = z.iso.datetime({ precision: 3 })
const text = z.string()

const asset = z.strictObject({
  id,
  external_key: text,
  name: text,
  sequence: z.int().positive().describe('Count of this asset’s events, gapless, from 1'),
})

const location = z.strictObject({
  id,
  external_key: text,
  name: text,
  parent_id: id.nullable(),
  parent_external_key: text.nullable(),
})

const scan = z.strictObject({
  observed_at: instant.nullable().describe('The reader’s clock; informational'),
  received_at: instant.describe('When we received the read'),
  rssi_dbm: z.number().nullable().describe('Best signal of the reads that this stands for'),
  reads: z.int().positive().describe('Reads that this stands for'),
  tag: z.strictObject({ tag_type: z.enum(['rfid', 'ble', 'barcode']), value: text }),
  scan_device: z.strictObject({ id, external_key: text, name: text, type: text }),
  scan_point: z.strictObject({ id, antenna_port: z.int().nonnegative() }),
})

const reason = z.enum([
  'first_seen',
  'seen_elsewhere',
  'returned',
  'manual',
  'portal',
  'absence',
  'reassigned',
])
const visitId = z.uuid().describe('Pairs location.entered with its location.exited')
const transitionId = z.uuid().describe('The same on all events of one change of location')
const previousEventId = z.uuid().nullable().describe('The asset’s event before this one')

const dataSchemas: Readonly<Record<AssetEventType, z.ZodType>> = {
  'asset.scanned': z.strictObject({
    asset,
    location: location.nullable(),
    transition_id: z.null(),
    visit_id: visitId.nullable(),
    previous_event_id: previousEventId,
    reason: reason.nullable(),
    scan,
  }),
  'asset.moved': z.strictObject({
    asset,
    from_location: location.nullable(),
    to_location: location,
    transition_id: transitionId,
    visit_id: visitId,
    previous_event_id: previousEventId,
    reason,
    scan,
  }),
  'location.entered': z.strictObject({
    asset,
    location,
    transition_id: transitionId,
    visit_id: visitId,
    previous_event_id: previousEventId,
    reason,
    scan,
  }),
  'location.exited': z.strictObject({
    asset,
    location,
    dwell_seconds: z.int().nonnegative().describe('Length of the visit that ends'),
    transition_id: transitionId,
    visit_id: visitId,
    previous_event_id: previousEventId,
    reason,
    scan,
  }),
}

/** The schema of `data` for an asset's event. */
export function assetDataSchema(type: AssetEventType): z.ZodType {
  return dataSchemas[type]
}
