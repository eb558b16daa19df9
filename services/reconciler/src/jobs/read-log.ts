/**
 * Pages out of PostgreSQL's log: what died, by death, and then what never became a delivery, by receipt.
 *
 * Invariants
 *   O1. What is pending or delivered is left alone; what is dead or missing is sent, under the id that the router gives.
 *   O2. Never across organizations, and nothing of before the endpoint existed (matching X1, X4).
 *   O3. A page is read from its position and nothing else: read again it is the same page, but for what was settled meanwhile.
 */
import { manualDelivery } from '@scanhook/domain/delivering/manual-delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import type { DeliveryId, EndpointId, EventId } from '@scanhook/domain/ids'
import { mismatchOf } from '@scanhook/domain/matching/match-subscriptions'
import { domainEvent } from '@scanhook/domain/recorded-event'
import type { Attempts } from '@scanhook/postgres/attempts'
import type { Deliveries } from '@scanhook/postgres/deliveries'
import type { JobPages, JobScope } from '@scanhook/postgres/job-pages'
import type { ClaimedJob, JobPosition, Keyset, SkipReason } from '@scanhook/postgres/jobs'
import { countSkips, type JobPage, type JobPlan, type JobReader, type Stuck, stuckOn } from './job-page.ts'
import { sendAgain, tooOften } from './send-again.ts'

export interface LogPorts {
  readonly findEndpoint: (orgId: number, id: number) => Promise<Endpoint | null>
  readonly pages: Omit<JobPages, 'countChosen' | 'listChosen'>
  readonly deliveries: Pick<Deliveries, 'ofEvents'>
  readonly attempts: Pick<Attempts, 'firstRequests'>
  readonly judgeFilter: FilterJudge
  readonly deliveryIdFor: (event: EventId, endpoint: EndpointId) => DeliveryId
  readonly nowMs: () => number
}

export function logReader(
  ports: LogPorts,
  job: ClaimedJob & { readonly kind: 'recover' | 'replay' | 'all' },
): JobReader {
  const { kind, orgId, endpointId, sinceMs, untilMs, eventTypes } = job
  if (endpointId === null) throw new Error(`a job of kind ${kind} without an endpoint`)
  const scope: JobScope = { orgId, endpointId, sinceMs, untilMs, eventTypes }
  return {
    plan: () => plan(ports, scope, kind),
    read: async (position, limit) => {
      const endpoint = await ports.findEndpoint(orgId, endpointId)
      const stuck = stuckOn(endpoint)
      if (stuck !== null || endpoint === null) return stuck ?? { kind: 'stuck', endpoint: 'deleted' }
      return readPage(ports, { scope, kind, endpoint }, position, limit)
    },
    close: () => undefined,
  }
}

async function plan(ports: LogPorts, scope: JobScope, kind: ClaimedJob['kind']): Promise<JobPlan> {
  const none = { count: 0, isEstimated: false }
  const dead = kind === 'replay' ? none : await ports.pages.countDead(scope)
  const received = kind === 'recover' ? none : await ports.pages.countReceived(scope)
  return {
    position: { pass: kind === 'replay' ? 'missing' : 'dead', after: null },
    total: dead.count + received.count,
    isTotalEstimated: dead.isEstimated || received.isEstimated,
  }
}

interface Reading {
  readonly scope: JobScope
  readonly kind: ClaimedJob['kind']
  readonly endpoint: Endpoint
}

async function readPage(
  ports: LogPorts,
  reading: Reading,
  position: JobPosition,
  limit: number,
): Promise<JobPage | Stuck> {
  if (position.pass !== 'dead' && position.pass !== 'missing')
    throw new Error(`a position of ${position.pass}, in a job over the log`)
  const isDeadPass = position.pass === 'dead'
  const page = isDeadPass
    ? await deadPage(ports, reading.scope, position.after, limit)
    : await missingPage(ports, reading, position.after, limit)
  const isEnd = page.scanned < limit
  const isFollowed = isDeadPass && reading.kind === 'all'
  return {
    kind: 'page',
    ...page,
    position:
      isEnd && isFollowed
        ? { pass: 'missing', after: null }
        : { pass: position.pass, after: page.last ?? position.after },
    isLast: isEnd && !isFollowed,
  }
}

type Found = Pick<JobPage, 'deliveries' | 'scanned' | 'skipped'> & { readonly last: Keyset | null }

async function deadPage(
  ports: LogPorts,
  scope: JobScope,
  after: Keyset | null,
  limit: number,
): Promise<Found> {
  const { orgId, endpointId } = scope
  const rows = await ports.pages.listDead(scope, after, limit)
  const made = await sendAgain(
    ports,
    orgId,
    rows.map((row) => ({ ...row, endpointId, skip: row.state === 'dead' ? tooOften(row) : 'settled' })),
  )
  const last = rows.at(-1)
  return {
    ...sorted(made),
    last: last === undefined ? null : { atMs: last.diedAtMs, id: last.deliveryId },
  }
}

async function missingPage(
  ports: LogPorts,
  { scope, endpoint }: Reading,
  after: Keyset | null,
  limit: number,
): Promise<Found> {
  const rows = await ports.pages.listReceived(scope, after, limit)
  const known = await knownOf(
    ports,
    endpoint,
    rows.flatMap((row) => domainEvent(row) ?? []),
  )
  const nowMs = ports.nowMs()
  const made = rows.map((row) => {
    const event = domainEvent(row)
    if (event === null) return 'unreadable'
    if (known.has(event.eventId)) return 'settled'
    if (mismatchOf(event, endpoint, ports.judgeFilter) !== null) return 'unwanted'
    const deliveryId = ports.deliveryIdFor(event.eventId, endpoint.id)
    return manualDelivery({ event, deliveryId, endpointId: endpoint.id, rendered: null, nowMs })
  })
  const last = rows.at(-1)
  return { ...sorted(made), last: last === undefined ? null : { atMs: last.receivedAtMs, id: last.eventId } }
}

async function knownOf(
  { deliveries }: LogPorts,
  endpoint: Endpoint,
  events: readonly DomainEvent[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const occurredMs = events.map((event) => event.occurredAtMs)
  const found = await deliveries.ofEvents(endpoint.orgId, {
    endpointId: endpoint.id,
    eventIds: events.map((event) => event.eventId),
    fromMs: Math.min(...occurredMs),
    toMs: Math.max(...occurredMs),
  })
  return new Set(found.map((each) => each.eventId))
}

/** What is sent, and how often each reason kept something from it. */
export function sorted(
  made: readonly (JobPage['deliveries'][number] | SkipReason)[],
): Pick<JobPage, 'deliveries' | 'scanned' | 'skipped'> {
  return {
    deliveries: made.filter((each) => typeof each !== 'string'),
    skipped: countSkips(made.filter((each) => typeof each === 'string')),
    scanned: made.length,
  }
}
