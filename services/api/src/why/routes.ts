/**
 * `GET /api/v1/events/{event_id}/why`: what happened to an event for a webhook, or for all of them, and why. Also where nothing
 * happened, which no log of deliveries can show.
 */
import {
  type ExplainedDelivery,
  type Explanation,
  explainDelivery,
  type RefusingSubscription,
} from '@scanhook/domain/explaining/explain-delivery'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import { logHorizon } from '@scanhook/domain/log-horizon'
import { mismatchOf } from '@scanhook/domain/matching/match-subscriptions'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { listed, single, timeText } from '@scanhook/http/answers'
import { idParam } from '@scanhook/http/query'
import type { Deliveries, StoredDelivery } from '@scanhook/postgres/deliveries'
import type { EndpointVersions } from '@scanhook/postgres/endpoint-versions'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { EventRow, Events } from '@scanhook/postgres/events'
import { z } from 'zod'
import { arrayAnswer, idAnswer, listAnswer, singleAnswer, timeAnswer, uuidAnswer } from '../answer-schemas.ts'
import { type Api, foundOf, notFound } from '../server.ts'
import { describeExplanation } from './describe.ts'

const factsAnswer = z.object({
  since: timeAnswer.nullable(),
  until: timeAnswer.nullable(),
  age_ms: z.number().nullable(),
  late_by_ms: z.number().nullable(),
  attempt_number: z.int().nullable(),
  event_types: arrayAnswer(z.string()).nullable(),
  subscription: z
    .object({
      event_type: z.string(),
      filter: z.string(),
      clause: z.string().describe('The part that said no, or failed'),
      failure: z.string().nullable(),
    })
    .nullable(),
})
const whyAnswer = z
  .object({
    webhook_id: idAnswer,
    event_id: uuidAnswer,
    event_type: z.string(),
    event_received_at: timeAnswer,
    code: z.string(),
    detail: z.string(),
    is_certain: z.boolean(),
    ...factsAnswer.shape,
    delivery_id: uuidAnswer.nullable(),
    dead_reason: z.string().nullable(),
    held_reason: z.string().nullable(),
    superseded_by: uuidAnswer.nullable(),
    attempt_count: z.int().nullable(),
    last_response_status: z.int().nullable(),
    last_error_class: z.string().nullable(),
  })
  .meta({ id: 'Why' })

export interface WhyPorts {
  readonly events: Pick<Events, 'findRow'>
  readonly endpoints: Pick<Endpoints, 'existed' | 'listConcerned'>
  readonly versions: Pick<EndpointVersions, 'around'>
  readonly deliveries: Pick<Deliveries, 'ofEvent'>
  readonly judgeFilter: FilterJudge
  readonly nowMs: () => number
}

/** As many as a list of this API has at most, and four times the webhooks of an organization by default. */
const webhooksMax = 200

export function addWhyRoute(api: Api, ports: WhyPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/events/:event_id/why',
    scope: 'webhooks:read',
    describes: {
      id: 'explainEvent',
      summary: 'What happened to an event for a webhook, and why',
      details: 'With `webhook_id` `data` is one explanation, without it a list for all webhooks concerned.',
      answers: { 200: z.union([singleAnswer(whyAnswer), listAnswer(whyAnswer)]) },
    },
    params: z.object({ event_id: z.uuid() }),
    query: z.object({ webhook_id: idParam().optional() }),
    handle: async ({ caller: { orgId }, params: { event_id: id }, query: { webhook_id: endpointId } }) => {
      const event = foundOf(await ports.events.findRow(orgId, id), 'event')
      if (endpointId === undefined) {
        const { ids, totalCount } = await ports.endpoints.listConcerned(orgId, {
          eventId: id,
          occurredAtMs: event.occurredAtMs,
          existedAtMs: event.receivedAtMs - logHorizon.marginMs,
          limit: webhooksMax,
        })
        return listed({ data: await answers(ports, event, ids), limit: webhooksMax, offset: 0, totalCount })
      }
      if (!(await ports.endpoints.existed(orgId, endpointId))) throw notFound('webhook')
      return single((await answers(ports, event, [endpointId]))[0])
    },
  })
}

/** One for each endpoint, in their order. */
async function answers(
  ports: WhyPorts,
  event: EventRow,
  endpointIds: readonly number[],
): Promise<readonly z.output<typeof whyAnswer>[]> {
  const { orgId, eventId, occurredAtMs, receivedAtMs } = event
  const [versions, deliveries] = await Promise.all([
    ports.versions.around(orgId, { endpointIds, atMs: receivedAtMs - logHorizon.marginMs }),
    ports.deliveries.ofEvent(orgId, { eventId, occurredAtMs, endpointIds }),
  ])
  const nowMs = ports.nowMs()
  const known = domainEvent(event)
  const versionsOf = Map.groupBy(versions, ({ id }) => Number(id))
  const deliveryOf = new Map(deliveries.map((delivery) => [delivery.endpointId, delivery]))
  return endpointIds.map((endpointId) => {
    const delivery = deliveryOf.get(endpointId) ?? null
    const explanation = explainDelivery(
      {
        event: { receivedAtMs },
        // An event of a type that only a newer version knows was matched by rules that are not known here either.
        versions: known === null ? [] : (versionsOf.get(endpointId) ?? []),
        delivery: delivery === null ? null : explainedDelivery(delivery),
        nowMs,
      },
      {
        mismatchOf: (version) => (known === null ? null : mismatchOf(known, version, ports.judgeFilter)),
        horizon: logHorizon,
      },
    )
    return {
      webhook_id: endpointId,
      event_id: eventId,
      event_type: event.type,
      event_received_at: timeText(receivedAtMs),
      code: explanation.code,
      detail: describeExplanation(explanation, {
        ...{ eventType: event.type, nowMs },
        ...{ lastErrorClass: delivery?.lastErrorClass ?? null, lastStatus: delivery?.lastStatus ?? null },
        ...{ roundMs: logHorizon.roundMs, marginMs: logHorizon.marginMs },
      }),
      is_certain: explanation.isCertain,
      ...factsOf(explanation),
      delivery_id: delivery?.deliveryId ?? null,
      dead_reason: delivery?.deadReason ?? null,
      held_reason: delivery?.heldReason ?? null,
      superseded_by: delivery?.supersededBy ?? null,
      attempt_count: delivery?.attempts ?? null,
      last_response_status: delivery?.lastStatus ?? null,
      last_error_class: delivery?.lastErrorClass ?? null,
    }
  })
}

/** The next attempt is that of whichever chain goes on first. */
function explainedDelivery(delivery: StoredDelivery): ExplainedDelivery {
  const { state, attempts, nextAttemptAt, heldReason, deadReason, supersededBy, completedAt } = delivery
  const first = delivery.pendingChains.find((chain) => chain.nextAttemptAt === nextAttemptAt)
  return {
    ...{ state, heldReason, deadReason, supersededBy },
    nextAttemptNumber: (first?.attempts ?? attempts) + 1,
    nextAttemptAtMs: nextAttemptAt,
    completedAtMs: completedAt,
  }
}

/** Each fact that some answer has; null in the others. */
function factsOf(explanation: Explanation): z.output<typeof factsAnswer> {
  const given: Partial<FactsByName> = { ...explanation }
  const { subscription } = given
  return {
    since: timeText(given.sinceMs ?? null),
    until: timeText(given.untilMs ?? null),
    age_ms: given.ageMs ?? null,
    late_by_ms: given.lateByMs ?? null,
    attempt_number: given.attemptNumber ?? null,
    event_types: given.patterns ?? null,
    subscription:
      subscription === undefined
        ? null
        : {
            event_type: subscription.eventType,
            filter: subscription.filter,
            clause: subscription.clause,
            failure: subscription.failure,
          },
  }
}

interface FactsByName {
  readonly sinceMs: number | null
  readonly untilMs: number | null
  readonly ageMs: number
  readonly lateByMs: number
  readonly attemptNumber: number
  readonly patterns: readonly string[]
  readonly subscription: RefusingSubscription
}
