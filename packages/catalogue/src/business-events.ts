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
const optionalText = text.nullish()
const optionalInstant = instant.nullish()

const shipment = z.looseObject({
  id,
  reference: id,
  status: id.describe('pending, processing, ready_for_review, approved or rejected; more may come'),
  pallets_count: z.int().nonnegative().nullish(),
  vessel: optionalText,
  origin: optionalText,
  destination: optionalText,
  created_at: optionalInstant,
  approved_at: optionalInstant,
})

const document = z.looseObject({
  id,
  shipment_id: id.nullish(),
  file_name: optionalText,
  content_type: optionalText,
  uploaded_at: optionalInstant,
  processed_at: optionalInstant,
})

const check = z.looseObject({
  id,
  shipment_id: id.nullish(),
  name: id,
  result: id.describe('pass, warning or fail'),
  details: optionalText,
})

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
