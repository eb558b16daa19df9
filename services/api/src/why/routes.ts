/** Why a webhook got an event, or did not: for any event and any webhook, asked once. */
import {
  type ExplainedRow,
  type Explanation,
  explainDelivery,
} from '@scanhook/domain/explaining/explain-delivery'
import { mismatchOf } from '@scanhook/domain/matching/match-subscriptions'
import { changeMarginMs } from '@scanhook/domain/reconcile/expect-delivery'
import { overdueAfterMs } from '@scanhook/domain/reconcile/judge-delivery'
import { domainEvent } from '@scanhook/domain/recorded-event'
import { timeText } from '@scanhook/http/answers'
import { idParam, pageParams, repeatedParam } from '@scanhook/http/query'
import type { Deliveries, StoredDelivery } from '@scanhook/postgres/deliveries'
import type { EndpointVersions } from '@scanhook/postgres/endpoint-versions'
import type { Endpoints } from '@scanhook/postgres/endpoints'
import type { Events } from '@scanhook/postgres/events'
import { z } from 'zod'
import { type Api, foundOf, listOf, notFound } from '../server.ts'
import { wordsFor } from './words.ts'

export interface WhyPorts {
  readonly events: Pick<Events, 'findRow'>
  readonly deliveries: Pick<Deliveries, 'ofEvent'>
  readonly endpoints: Pick<Endpoints, 'list'>
  readonly endpointVersions: Pick<EndpointVersions, 'list'>
  readonly nowMs: () => number
}

const params = z.object({ event_id: z.uuid() })
const query = z.object({ ...pageParams, webhook_id: repeatedParam(idParam()) })

export function addWhyRoute(api: Api, ports: WhyPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/events/:event_id/why',
    scope: 'webhooks:read',
    params,
    query,
    handle: async ({ caller: { orgId }, params: { event_id: eventId }, query: given }) => {
      const recorded = foundOf(await ports.events.findRow(orgId, eventId), 'event')
      const event = foundOf(domainEvent(recorded), 'event')
      const asked = await askedOf(ports, orgId, given)
      const nowMs = ports.nowMs()
      const [versions, rows] = await Promise.all([
        ports.endpointVersions.list(orgId, {
          endpointIds: asked.ids,
          fromMs: event.receivedAtMs - changeMarginMs,
          toMs: nowMs,
        }),
        ports.deliveries.ofEvent(orgId, {
          eventId,
          occurredAtMs: event.occurredAtMs,
          endpointIds: asked.ids,
        }),
      ])
      const told = asked.ids.map((webhookId) => {
        const own = versions.filter(({ id }) => id === webhookId)
        const row = rows.find(({ endpointId }) => endpointId === webhookId)
        // Of an endpoint that there is, or was, the newest version is always kept.
        if (own.length === 0 && row === undefined) throw notFound('webhook')
        const why = explainDelivery(event, own, row === undefined ? null : explainedRow(row), {
          mismatchOf,
          nowMs,
          marginMs: changeMarginMs,
          patienceMs: overdueAfterMs,
        })
        return whyView(eventId, webhookId, why)
      })
      return listOf(given, { rows: told, totalCount: asked.totalCount }, (view) => view)
    },
  })
}

interface Asked {
  readonly ids: readonly number[]
  readonly totalCount: number
}

/** Those that were named, also deleted ones; else all that there are, the oldest first. */
async function askedOf(
  { endpoints }: WhyPorts,
  orgId: number,
  { limit, offset, webhook_id: named }: z.infer<typeof query>,
): Promise<Asked> {
  const unique = [...new Set(named)].toSorted((one, other) => one - other)
  if (unique.length > 0) return { ids: unique.slice(offset, offset + limit), totalCount: unique.length }
  const { rows, totalCount } = await endpoints.list(orgId, {
    limit,
    offset,
    sort: [{ by: 'created_at', direction: 'asc' }],
  })
  return { ids: rows.map(({ id }) => id), totalCount }
}

function explainedRow(delivery: StoredDelivery): ExplainedRow {
  const { deliveryId, state, attempts, deadReason, heldReason, supersededBy } = delivery
  return {
    ...{ deliveryId, state, attempts, deadReason, heldReason, supersededBy },
    nextAttemptAtMs: delivery.nextAttemptAt,
    completedAtMs: delivery.completedAt,
  }
}

function whyView(eventId: string, webhookId: number, why: Explanation): Readonly<Record<string, unknown>> {
  return {
    event_id: eventId,
    webhook_id: webhookId,
    code: why.code,
    explanation: wordsFor(why),
    is_certain: why.isCertain,
    delivery_id: why.deliveryId,
    since: timeText(why.sinceMs),
    until: timeText(why.untilMs),
    late_by_ms: why.lateByMs,
    age_ms: why.ageMs,
    reason: why.reason,
    attempt_number: why.attemptNumber,
    superseded_by: why.supersededBy,
    webhook_version: why.version,
    event_types: why.patterns,
  }
}
