/**
 * What the events about endpoints and deliveries themselves carry. Strict, as those of assets: the data is ours
 * (services/notifier).
 */
import { deadReasons } from '@scanhook/domain/delivery'
import { eventTypes, type NoticeEventType } from '@scanhook/domain/event'
import { z } from 'zod'

const instant = z.iso.datetime({ precision: 3 })

const webhook = z
  .strictObject({
    id: z.int().positive().describe('Id of the webhook'),
    url: z.string().describe('Its URL when this happened'),
    name: z.string().nullable().describe('Its name when this happened; null when it has none'),
  })
  .describe('The webhook that this is about')

const event = z
  .strictObject({
    id: z.uuid().describe('Id of the event that was delivered'),
    type: z.enum(eventTypes).describe('Its type'),
  })
  .nullable()
  .describe('The event of the delivery; null when no single one led to this')

const deliveryId = z.uuid().nullable().describe('The delivery that led to this, for the delivery log')
const reason = z.string().describe('What happened, in plain words, with the last status or error')

const dataSchemas: Readonly<Record<NoticeEventType, z.ZodObject>> = {
  'endpoint.failing': z.strictObject({
    webhook,
    since: instant.describe('Since when there has been no success'),
    reason,
    delivery_id: deliveryId,
    event,
    retries_until: instant.describe('Until when the delivery that led to this is tried again'),
    disables_at: instant.describe('When the webhook is disabled if nothing succeeds until then'),
  }),
  'endpoint.disabled': z.strictObject({
    webhook,
    since: instant.nullable().describe('Since when there has been no success; null when it was not failing'),
    cause: z
      .enum(['gone', 'no_success'])
      .describe('gone: it answered 410. no_success: it failed for days without one; more causes may come'),
    reason,
    delivery_id: deliveryId,
    event,
  }),
  'endpoint.recovered': z.strictObject({
    webhook,
    since: instant.describe('Since when there had been no success'),
    reason,
    delivery_id: deliveryId,
    event,
  }),
  'delivery.dead': z.strictObject({
    webhook,
    cause: z.enum(deadReasons).describe('Why it is not tried any more; more causes may come'),
    reason,
    delivery_id: deliveryId,
    event,
  }),
}

/** The schema of `data` for an operational event. */
export function operationalDataSchema(type: NoticeEventType): z.ZodType {
  return dataSchemas[type]
}
