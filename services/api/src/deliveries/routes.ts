import { type EventType, eventTypes } from '@scanhook/domain/event'
import { single, timeText } from '@scanhook/http/answers'
import { positionParts } from '@scanhook/http/cursor'
import { cursorPageParams, idParam, repeatedParam, sortParam, timeParam } from '@scanhook/http/query'
import type { Attempts, StoredAttempt } from '@scanhook/postgres/attempts'
import {
  type Deliveries,
  type DeliveryFilter,
  type DeliverySortField,
  type DeliveryState,
  deliverySortFields,
  deliveryStates,
  type StoredDelivery,
} from '@scanhook/postgres/deliveries'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { KeysetPosition } from '@scanhook/postgres/keyset'
import { type StatusClass, statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import {
  arrayAnswer,
  cursorListAnswer,
  idAnswer,
  singleAnswer,
  timeAnswer,
  uuidAnswer,
} from '../answer-schemas.ts'
import { attemptAnswer, attemptView } from '../attempts/routes.ts'
import { exportPages } from '../bulk/export-rows.ts'
import { type Guard, guardedStream } from '../feed/guarded-stream.ts'
import { limitFollowers } from '../feed/routes.ts'
import { type Api, type CursorList, cursorPaging, foundOf, ifAny } from '../server.ts'
import { explainDead, explainError, explainHeld, explainStatus } from './explain.ts'
import { type DeliveryPlan, planDelivery, profileSent } from './plan-delivery.ts'

export interface DeliveryPorts extends Pick<Guard, 'clock'> {
  readonly deliveries: Pick<Deliveries, 'find' | 'list'>
  readonly attempts: Pick<Attempts, 'list'>
  readonly endpoints: Pick<Endpoints, 'find'>
  readonly nowMs: () => number
  /** Divides the policies' durations (setting TIME_SCALE). */
  readonly scale: number
}

const params = z.object({ delivery_id: z.uuid() })
/** Which deliveries: what the list, the stream and the export have in common. Times are by creation, epoch ms. */
export interface GivenDeliveryFilter {
  readonly webhook_id: readonly number[]
  readonly event_type: readonly EventType[]
  readonly event_id: readonly string[]
  readonly state: readonly DeliveryState[]
  readonly status_class: readonly StatusClass[]
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Parameters of a query. */
export const deliveryFilterParams: { [K in keyof GivenDeliveryFilter]-?: z.ZodType<GivenDeliveryFilter[K]> } =
  {
    webhook_id: repeatedParam(idParam()),
    event_type: repeatedParam(z.enum(eventTypes)),
    event_id: repeatedParam(z.uuid()),
    state: repeatedParam(z.enum(deliveryStates)),
    status_class: repeatedParam(z.enum(statusClasses)),
    from: timeParam().optional(),
    to: timeParam().optional(),
  }

const filterParams = z.object(deliveryFilterParams)
const query = z.object({
  ...cursorPageParams,
  ...deliveryFilterParams,
  attempted_from: timeParam().optional(),
  attempted_to: timeParam().optional(),
  sort: sortParam(deliverySortFields, '-created_at'),
})

const listedDeliveryAnswer = z
  .object({
    id: uuidAnswer,
    webhook_id: idAnswer,
    event_id: uuidAnswer,
    event_type: z.string(),
    event_occurred_at: timeAnswer,
    trigger: z.string(),
    state: z.enum(deliveryStates),
    attempt_count: z.int().min(0),
    next_attempt_at: timeAnswer.nullable(),
    dead_reason: z.string().nullable(),
    superseded_by: uuidAnswer.nullable(),
    held_reason: z.string().nullable(),
    explanation: z.string().nullable(),
    last_response_status: z.int().nullable(),
    last_error_class: z.string().nullable(),
    created_at: timeAnswer,
    first_attempt_at: timeAnswer.nullable(),
    last_attempt_at: timeAnswer.nullable(),
    completed_at: timeAnswer.nullable(),
  })
  .meta({ id: 'ListedDelivery' })
const holdAnswer = z
  .object({
    held_at: timeAnswer,
    trigger: z.string(),
    reason: z.string().nullable(),
    explanation: z.string().nullable(),
    next_attempt_at: timeAnswer.nullable(),
  })
  .meta({ id: 'Hold' })
const planAnswer = z.object({
  planned_attempts: arrayAnswer(
    z
      .object({
        attempt_number: z.int().min(1),
        trigger: z.string(),
        due_at: timeAnswer,
        earliest_at: timeAnswer,
        latest_at: timeAnswer,
      })
      .meta({ id: 'PlannedAttempt' }),
  ),
  gives_up_at: timeAnswer.nullable(),
})
const deliveryAnswer = z
  .object({
    ...listedDeliveryAnswer.shape,
    ...planAnswer.shape,
    attempts: arrayAnswer(attemptAnswer),
    holds: arrayAnswer(holdAnswer),
  })
  .meta({ id: 'Delivery' })

const { instant, uuid } = positionParts
const list: CursorList<DeliverySortField> = {
  name: 'deliveries',
  fields: { created_at: instant, last_attempt_at: instant.nullable(), next_attempt_at: instant.nullable() },
  ties: [uuid],
}

/** Some 100 KiB of text, and a handful of queries for a thousand rows. */
const exportPage = 500
/** Each keeps a connection to PostgreSQL busy for as long as somebody reads: a person has one, and a program another. */
const exportsMax = { ofOne: 2, ofAll: 8 }

export function addDeliveryRoutes(api: Api, ports: DeliveryPorts): void {
  const { deliveries, attempts, endpoints, scale } = ports
  const beginExport = limitFollowers(exportsMax, 'export deliveries')
  api.route({
    method: 'GET',
    path: '/api/v1/deliveries',
    scope: 'webhooks:read',
    describes: {
      id: 'listDeliveries',
      summary: 'List deliveries',
      answers: { 200: cursorListAnswer(listedDeliveryAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const { page, answer } = cursorPaging(list, given)
      const stored = await deliveries.list(caller.orgId, {
        ...page,
        ...deliveryFilterOf(given),
        attemptedFromMs: given.attempted_from,
        attemptedToMs: given.attempted_to,
      })
      return answer(stored, deliveryView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/deliveries/export',
    scope: 'webhooks:read',
    describes: {
      id: 'exportDeliveries',
      summary: 'All deliveries that a filter means, as NDJSON',
      details: 'The newest first, of what was made until now. Read page by page as it is taken.',
      answers: {
        200: {
          contentType: 'application/x-ndjson',
          schema: listedDeliveryAnswer,
          description: 'A line each, as the list has it',
        },
      },
    },
    query: filterParams,
    handle: async ({ caller, query: given, isStillAllowed }) => {
      const end = beginExport(caller.orgId)
      const filter = deliveryFilterOf(given)
      const toMs = Math.min(filter.toMs ?? Number.POSITIVE_INFINITY, ports.nowMs())
      const readPage = (after: KeysetPosition | undefined) =>
        deliveries.list(caller.orgId, {
          ...{ ...filter, toMs, after, limit: exportPage, offset: 0 },
          sort: [{ by: 'created_at', direction: 'desc' }],
        })
      const body = guardedStream(exportPages(readPage, deliveryView), {
        clock: ports.clock,
        isStillAllowed,
        end,
      })
      return {
        status: 200,
        body,
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': 'attachment; filename="deliveries.ndjson"',
        },
      }
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/deliveries/:delivery_id',
    scope: 'webhooks:read',
    describes: {
      id: 'getDelivery',
      summary: 'Get a delivery with all its attempts, and those to come',
      answers: { 200: singleAnswer(deliveryAnswer) },
    },
    params,
    handle: async ({ caller, params: { delivery_id: id } }) => {
      const delivery = foundOf(await deliveries.find(caller.orgId, id), 'delivery')
      const all = await attempts.list(caller.orgId, id)
      // The dispatcher goes by the profile that the webhook has now; one that was deleted has none any more.
      const profile = (await endpoints.find(caller.orgId, delivery.endpointId))?.profile ?? profileSent(all)
      return single({
        ...deliveryView(delivery),
        ...planView(planDelivery({ delivery, attempts: all, profile: profile ?? 'standard', scale })),
        attempts: all.filter((attempt) => attempt.outcome !== null).map(attemptView),
        holds: all.filter((attempt) => attempt.disposition === 'held').map(holdView),
      })
    },
  })
}

/** As the store takes it. */
export function deliveryFilterOf(given: GivenDeliveryFilter): DeliveryFilter {
  return {
    endpointIds: ifAny(given.webhook_id),
    eventTypes: ifAny(given.event_type),
    eventIds: ifAny(given.event_id),
    states: ifAny(given.state),
    statusClasses: ifAny(given.status_class),
    fromMs: given.from,
    toMs: given.to,
  }
}

/** A delivery as lists and streams have it. */
export function deliveryView(delivery: StoredDelivery): Readonly<Record<string, unknown>> {
  return {
    id: delivery.deliveryId,
    webhook_id: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    event_occurred_at: timeText(delivery.eventOccurredAt),
    trigger: delivery.trigger,
    state: delivery.state,
    attempt_count: delivery.attempts,
    next_attempt_at: timeText(delivery.nextAttemptAt),
    dead_reason: delivery.deadReason,
    superseded_by: delivery.supersededBy,
    held_reason: delivery.heldReason,
    explanation:
      explainDead(delivery.deadReason) ??
      explainHeld(delivery.heldReason) ??
      explainError(failure(delivery)) ??
      explainStatus(delivery.lastStatus, null),
    last_response_status: delivery.lastStatus,
    last_error_class: delivery.lastErrorClass,
    created_at: timeText(delivery.createdAt),
    first_attempt_at: timeText(delivery.firstAttemptAt),
    last_attempt_at: timeText(delivery.lastAttemptAt),
    completed_at: timeText(delivery.completedAt),
  } satisfies z.output<typeof listedDeliveryAnswer>
}

function planView({ attempts, givesUpAtMs }: DeliveryPlan): z.output<typeof planAnswer> {
  return {
    planned_attempts: attempts.map((planned) => ({
      attempt_number: planned.attemptNumber,
      trigger: planned.trigger,
      due_at: timeText(planned.dueAtMs),
      earliest_at: timeText(planned.earliestAtMs),
      latest_at: timeText(planned.latestAtMs),
    })),
    gives_up_at: timeText(givesUpAtMs),
  }
}

function failure({ state, lastErrorClass }: StoredDelivery): string | null {
  return state === 'delivered' ? null : lastErrorClass
}

/** Nothing was sent, and no attempt was used up. */
function holdView(attempt: StoredAttempt): z.output<typeof holdAnswer> {
  return {
    held_at: timeText(attempt.startedAt),
    trigger: attempt.trigger,
    reason: attempt.reason,
    explanation: explainHeld(attempt.reason),
    next_attempt_at: timeText(attempt.nextAttemptAt),
  }
}
