/**
 * What the events about endpoints and deliveries themselves carry. Strict, as those of assets: the data is ours
 * (services/notifier; services/reconciler for the signals).
 */

import { chainAlgorithm, namedIdsMax } from '@scanhook/domain/completeness/manifest'
import { deadReasons } from '@scanhook/domain/delivery'
import { eventTypes, type NoticeEventType, type SignalEventType } from '@scanhook/domain/event'
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

const count = z.int().nonnegative()
const self = z
  .strictObject({ id: z.int().positive().describe('Its id') })
  .describe('The webhook that this is sent to')
const isComplete = z.boolean().describe('False: there are more than are named here')
const eventIds = z.array(z.uuid()).max(namedIdsMax)

const dataSchemas: Readonly<Record<NoticeEventType | SignalEventType, z.ZodObject>> = {
  'endpoint.heartbeat': z.strictObject({
    webhook: self,
    period: z
      .strictObject({
        from: instant.describe('Where the period of the heartbeat before ended'),
        to: instant.describe('Some seconds before this was made'),
      })
      .describe('What this tells of: what our log took from `from` on and before `to`'),
    previous_heartbeat_id: z
      .uuid()
      .nullable()
      .describe('Event id of the heartbeat that was sent before; null on the first'),
    heartbeats_skipped: count.describe('Heartbeats between the two that were never sent'),
    next_heartbeat_at: instant.describe('When the next one is due; this one is not sent after that'),
    events: count.describe('Events for this webhook in the period, delivered or not'),
    last_event: z
      .strictObject({
        id: z.uuid().describe('Its id'),
        type: z.enum(eventTypes).describe('Its type'),
        occurred_at: instant.describe('When it happened'),
      })
      .nullable()
      .describe('The newest of them; null when there was none'),
    locations: z
      .array(
        z.strictObject({
          id: z.int().positive().describe('Id of the location'),
          external_key: z.string().describe('Its external key'),
          events: count.describe('Events there in the period'),
          last_event_id: z.uuid().describe('Id of the newest of them'),
          last_event_type: z.enum(eventTypes).describe('Its type'),
          last_occurred_at: instant.describe('When it happened'),
        }),
      )
      .describe('The locations with an event in the period, the latest first'),
    locations_complete: isComplete,
    silent_devices: z
      .array(
        z.strictObject({
          id: z.int().positive().describe('Id of the scan device'),
          external_key: z.string().describe('Its external key'),
          last_heard_at: instant.describe('When it was heard last'),
          silent_for_seconds: count.describe('How long that is ago'),
        }),
      )
      .describe('Scan devices that were heard once and are silent for longer than device_offline_seconds'),
    silent_devices_complete: isComplete,
    pending: z
      .strictObject({
        count: count.describe('How many; 100,000 is that many or more'),
        oldest_created_at: instant.nullable().describe('Since when the oldest waits; null when none does'),
      })
      .describe('Deliveries to this webhook that wait'),
  }),
  'endpoint.manifest': z.strictObject({
    webhook: self,
    day: z.iso.date().describe('The UTC day in which the events occurred'),
    as_of: instant.describe('What our log took before this counts'),
    events: count.describe('Events of this day for this webhook'),
    by_type: z.record(z.string(), count).describe('How many of each type'),
    first_event_id: z.uuid().nullable().describe('The smallest of their ids; null when there is none'),
    last_event_id: z.uuid().nullable().describe('The largest of their ids; null when there is none'),
    chain: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .describe('Hash chain over the ids of all of them'),
    chain_algorithm: z.literal(chainAlgorithm).describe('How the chain is made'),
    delivered: count.describe('Of the events: accepted by the webhook'),
    dead: count.describe('Of the events: given up'),
    pending: count.describe('Of the events: still tried'),
    dead_event_ids: eventIds.describe('Those that were given up'),
    dead_event_ids_complete: isComplete,
    late_event_ids: eventIds.describe(
      'Events of earlier days that became known after the manifest of their day',
    ),
    late_event_ids_complete: isComplete,
  }),
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
export function operationalDataSchema(type: NoticeEventType | SignalEventType): z.ZodType {
  return dataSchemas[type]
}
