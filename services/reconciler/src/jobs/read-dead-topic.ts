/**
 * Pages out of Kafka's `deliveries.dead`: each delivery as it died, with its event and its body. Needs nothing of the log, but
 * asks it, so that what was settled meanwhile is left alone.
 *
 * Invariants
 *   T1. The pages end where the topic ended when the job began.
 *   T2. Never across organizations; how much others have in the topic is counted nowhere but in the position.
 *   T3. A delivery that stands twice in a page is sent once; one that the log calls pending or delivered is not sent.
 */
import { manualDelivery, resendsMax } from '@scanhook/domain/delivering/manual-delivery'
import type { Delivery } from '@scanhook/domain/delivery'
import { endpointOnlyTypes } from '@scanhook/domain/event'
import type { TopicPages } from '@scanhook/kafka/contract'
import type { DeliveryOfEvent } from '@scanhook/postgres/deliveries'
import type { ClaimedJob, JobPosition, SkipReason } from '@scanhook/postgres/jobs'
import { type JobPage, type JobPlan, type JobReader, type Stuck, stuckOn } from './job-page.ts'
import { type LogPorts, sorted } from './read-log.ts'

export interface TopicPorts extends Pick<LogPorts, 'findEndpoint' | 'deliveries' | 'nowMs'> {
  /** By partition. */
  readonly offsetsFrom: (atMs: number) => Promise<readonly number[]>
  readonly endOffsets: () => Promise<readonly number[]>
  readonly openPages: () => TopicPages
  /** Null when the bytes are none of ours. Rejects while the registry is away. */
  readonly decode: (value: Buffer | null) => Promise<Delivery | null>
}

export function deadTopicReader(ports: TopicPorts, job: ClaimedJob): JobReader {
  const pages = ports.openPages()
  return {
    plan: () => plan(ports, job),
    read: (position, limit) => read({ ports, job, pages }, position, limit),
    close: () => pages.close(),
  }
}

async function plan(ports: TopicPorts, { sinceMs }: ClaimedJob): Promise<JobPlan> {
  const ends = await ports.endOffsets() // T1
  const begins = await ports.offsetsFrom(sinceMs)
  const partitions = ends.map((end, partition) => ({ next: Math.min(end, begins[partition] ?? end), end }))
  return {
    position: { pass: 'topic', partitions },
    total: partitions.reduce((sum, { next, end }) => sum + end - next, 0),
    isTotalEstimated: false,
  }
}

interface Reading {
  readonly ports: TopicPorts
  readonly job: ClaimedJob
  readonly pages: TopicPages
}

async function read(reading: Reading, position: JobPosition, limit: number): Promise<JobPage | Stuck> {
  if (position.pass !== 'topic') throw new Error('a position in the log, in a job over the topic')
  const { ports, job, pages } = reading
  if (job.endpointId !== null) {
    const stuck = stuckOn(await ports.findEndpoint(job.orgId, job.endpointId))
    if (stuck !== null) return stuck
  }
  const partition = position.partitions.findIndex(({ next, end }) => next < end)
  const span = position.partitions[partition]
  if (span === undefined)
    return { kind: 'page', deliveries: [], scanned: 0, skipped: {}, position, isLast: true }
  const { records, nextOffset } = await pages.read({ partition, offset: span.next, end: span.end }, limit)
  const mine = new Map<string, Delivery>()
  for (const { value, timestampMs } of records) {
    const delivery = await ports.decode(value)
    if (delivery !== null && timestampMs <= job.untilMs && isOfJob(delivery, job))
      mine.set(delivery.deliveryId, delivery) // T3
  }
  const partitions = position.partitions.with(partition, { next: nextOffset, end: span.end })
  const { deliveries, skipped } = sorted(await judge(reading, [...mine.values()]))
  return {
    kind: 'page',
    deliveries,
    skipped,
    scanned: nextOffset - span.next,
    position: { pass: 'topic', partitions },
    isLast: partitions.every(({ next, end }) => next >= end),
  }
}

/** T2. What proves or tells an endpoint of itself is stale when it comes again. */
function isOfJob({ orgId, endpointId, event }: Delivery, job: ClaimedJob): boolean {
  return (
    orgId === job.orgId &&
    (job.endpointId === null || endpointId === job.endpointId) &&
    (job.eventTypes === null || job.eventTypes.includes(event.type)) &&
    !endpointOnlyTypes.includes(event.type)
  )
}

async function judge(
  { ports, job }: Reading,
  mine: readonly Delivery[],
): Promise<readonly (Delivery | SkipReason)[]> {
  const nowMs = ports.nowMs()
  const judged: (Delivery | SkipReason)[] = []
  for (const [endpoint, group] of Map.groupBy(mine, ({ endpointId }) => endpointId)) {
    const isActive = stuckOn(await ports.findEndpoint(job.orgId, endpoint)) === null
    const known = isActive ? await knownOf(ports, job.orgId, endpoint, group) : new Map()
    for (const { deliveryId, event, rendered } of group) {
      const skip = isActive ? skipOf(known.get(deliveryId)) : 'webhook_inactive'
      judged.push(skip ?? manualDelivery({ event, deliveryId, endpointId: endpoint, rendered, nowMs }))
    }
  }
  return judged
}

function skipOf(logged: DeliveryOfEvent | undefined): SkipReason | null {
  if (logged === undefined) return null
  if (logged.state !== 'dead') return 'settled'
  return logged.manualChainCount >= resendsMax ? 'resent_too_often' : null
}

async function knownOf(
  { deliveries }: TopicPorts,
  orgId: number,
  endpointId: number,
  group: readonly Delivery[],
): Promise<ReadonlyMap<string, DeliveryOfEvent>> {
  const occurredMs = group.map(({ event }) => event.occurredAtMs)
  const found = await deliveries.ofEvents(orgId, {
    endpointId,
    eventIds: group.map(({ event }) => event.eventId),
    fromMs: Math.min(...occurredMs),
    toMs: Math.max(...occurredMs),
  })
  return new Map(found.map((each) => [each.deliveryId, each]))
}
