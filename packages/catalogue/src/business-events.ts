/**
 * What the business events of an organization must carry at least. These schemas are loose: the data is the sender's,
 * it is delivered as it came, and further keys at any place are its own affair. The shapes are those of Trackberry's
 * page and of its REST resources.
 */
import type { BusinessEventType } from '@scanhook/domain/event'
import { z } from 'zod'

/** Ids are the sender's, e.g. `ship_abc123`; the bound is that of every external key. */
const id = z.string().min(1).max(255)
const text = z.string().max(4096)
const instant = z.iso.datetime({ offset: true })
const shipmentId = id.nullish().describe('The shipment that it belongs to')

const shipment = z
  .looseObject({
    id: id.describe('The sender’s id of the shipment'),
    reference: id.describe('The sender’s reference of the shipment'),
    status: id.describe('pending, processing, ready_for_review, approved or rejected; more may come'),
    pallets_count: z.int().nonnegative().nullish().describe('Number of pallets'),
    vessel: text.nullish().describe('The ship that carries it'),
    origin: text.nullish().describe('Where it comes from'),
    destination: text.nullish().describe('Where it goes'),
    created_at: instant.nullish().describe('When it was created'),
    approved_at: instant.nullish().describe('When it was approved'),
  })
  .describe('The shipment as it is now; further fields are the sender’s own')

const document = z
  .looseObject({
    id: id.describe('The sender’s id of the document'),
    shipment_id: shipmentId,
    file_name: text.nullish().describe('Name of the file'),
    content_type: text.nullish().describe('Media type of the file'),
    uploaded_at: instant.nullish().describe('When it was uploaded'),
    processed_at: instant.nullish().describe('When its extraction was complete'),
  })
  .describe('The document as it is now; further fields are the sender’s own')

const check = z
  .looseObject({
    id: id.describe('The sender’s id of the check'),
    shipment_id: shipmentId,
    name: id.describe('Which check'),
    result: id.describe('pass, warning or fail'),
    details: text.nullish().describe('What was found, in words'),
  })
  .describe('The check as it came out; further fields are the sender’s own')

/** What an event is about: the part of its type before the dot, and the member of `data` that holds its id. */
export type SubjectKind = 'shipment' | 'document' | 'check'

const subjectSchemas: Readonly<Record<SubjectKind, z.ZodType>> = {
  shipment: z.looseObject({ shipment }),
  document: z.looseObject({ document }),
  check: z.looseObject({ check }),
}

export function subjectKindOf(type: BusinessEventType): SubjectKind {
  if (type.startsWith('shipment.')) return 'shipment'
  return type.startsWith('document.') ? 'document' : 'check'
}

/** The schema of `data` for a business event. */
export function businessDataSchema(type: BusinessEventType): z.ZodType {
  return subjectSchemas[subjectKindOf(type)]
}
