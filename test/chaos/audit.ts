/**
 * Ledgers, topics, samples and rows become verdicts on I1–I12. Pure: no clock, no IO, so that each checker is tested with
 * evidence that is forged in one place.
 *
 * What is expected is worked out from the ledger of the load (acknowledged business events by their ids, transitions by the
 * plan of the walk), never from what the product says it did; only that an event on `events` must reach everyone who
 * subscribed is held against the product's own events.
 */

import type { Attempt } from '@scanhook/domain/attempt'
import { type DomainEvent, type EventType, isOperational } from '@scanhook/domain/event'
import { endpointId, eventId, locationId, orgId as toOrgId } from '@scanhook/domain/ids'
import { scaledMs, tierDurationMs } from '@scanhook/domain/retry/tiers'
import { assetEventId, businessEventId, deliveryIdFor } from '@scanhook/identity/derived-ids'
import { quantile } from '../bench/quantile.ts'
import { describeEvent } from '../harness/warehouse.ts'
import {
  type EndpointPlan,
  type Evidence,
  type Expectations,
  type InvariantId,
  invariantIds,
  type Judgement,
  type OffsetSample,
  type Stored,
} from './evidence.ts'
import type { ReceiverLine } from './receivers.ts'

/** Enough to see a pattern; a cell that loses everything must not print everything. */
const violationsMax = 10
/** §4.3 I8. */
export const drainMaxMs = 60_000
/** §4.3 I6: how much later than planned an attempt may come, on top of the smallest tier. */
const lateMaxMs = 5_000
/** The clocks of sender, broker and auditor are one; what is rounded or measured by half a round trip may be off by this. */
const clockErrorMs = 25
/** Two busy cores must not fail a latency: below a second nothing is called slow. */
const latencyFloorMs = 1_000
/** §5.4's bounds with room for V8: 64 MB of deliveries, 250,000 tags; 1,024 requests under way and twice as many descriptors. */
const caps = { rssBytes: 700 * 2 ** 20, fds: 4_096, inFlight: 1_024 } as const
/** Rule 2 of §0.1: T_max. Judged when no fault is on and none was just healed. */
const uncommittedAgeMaxMs = 20_000

type Request = Extract<ReceiverLine, { kind: 'request' }>
interface Exchange extends Request {
  readonly status: number | null
  readonly endpoint: EndpointPlan
}

interface Facts {
  readonly evidence: Evidence
  readonly expectations: Expectations
  readonly exchanges: readonly Exchange[]
  /** One per id, the first that was written. */
  readonly events: ReadonlyMap<string, Stored<DomainEvent>>
  /** `endpoint event` of what was answered with 2xx. */
  readonly accepted: ReadonlySet<string>
  readonly uncommittedAtFaults: number
}

type Checked = Pick<Judgement, 'violations' | 'figures'> & { readonly isNotRun?: boolean }
type Checker = (facts: Facts) => Checked

const pair = (endpointId: number, event: string): string => `${endpointId} ${event}`
const isAccepted = ({ status }: Exchange): boolean => status !== null && status >= 200 && status <= 299

function exchangesOf({ received, endpoints }: Evidence): readonly Exchange[] {
  const statuses = new Map<number, number>()
  for (const line of received) if (line.kind === 'answer') statuses.set(line.number, line.status)
  const byIndex = new Map(endpoints.map((endpoint) => [endpoint.index, endpoint]))
  return received.flatMap((line) => {
    const endpoint = line.kind === 'request' ? byIndex.get(line.index) : undefined
    if (line.kind !== 'request' || endpoint === undefined) return []
    return [{ ...line, status: statuses.get(line.number) ?? null, endpoint }]
  })
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

const behindOf = ({ ends, committed }: OffsetSample): number =>
  sumOf(ends.map((end, partition) => end - (committed[partition] ?? 0)))

/** The most that a group was behind, over its topics, at any moment of a window. Commits come every half second. */
function mostBehind(
  offsets: readonly OffsetSample[],
  group: string,
  [fromMs, untilMs]: readonly [number, number],
): number {
  const inWindow = offsets.filter(
    (sample) => sample.group === group && sample.atMs >= fromMs - 1_500 && sample.atMs <= untilMs,
  )
  return sumOf(
    [...Map.groupBy(inWindow, ({ topic }) => topic).values()].map((own) => Math.max(...own.map(behindOf))),
  )
}

/** The last answer that a fault took is given up 10 s later (`requestTimeoutMs` in open.ts), and written again after a wait. */
const writtenAgainMs = 15_000

/**
 * When a delivery was written to a topic that had it already. One that is due when it is made is the same one whenever
 * the router makes it again; a hold or a retry has another instant, and is none.
 */
function copiesWrittenAtMs({ deliveries, tiers }: Evidence['topics']): readonly number[] {
  const known = new Set<string>()
  return [...deliveries, ...tiers].flatMap(({ topic, timestampMs, value }) => {
    const due = value.dueAtMs === value.createdAtMs ? 'at once' : value.dueAtMs
    const name = `${topic} ${value.deliveryId} ${value.attemptNumber} ${due}`
    if (known.has(name)) return [timestampMs]
    known.add(name)
    return []
  })
}

/**
 * What could be repeated: all that dispatcher and retry tiers had not committed, at its worst around each fault, and of the
 * router every delivery of an event. What a process had when it was killed counts from the moment before, not what piled
 * up until it was back. A fault that keeps answers of the broker back makes clients write the same records again and again,
 * more often than the most that was under way at one moment: there the copies count that were written while it lasted.
 */
function uncommittedAtFaults({ offsets, faults, endpoints, topics }: Evidence): number {
  const types = [...new Set(topics.events.map(({ value }) => value.type))]
  const fanOut = Math.max(
    1,
    ...types.map((type) => endpoints.filter(({ eventTypes }) => eventTypes.includes(type)).length),
  )
  const writtenTwice = topics.events.length - new Set(topics.events.map(({ value }) => value.eventId)).size
  const copies = copiesWrittenAtMs(topics)
  return (
    writtenTwice * fanOut +
    sumOf(
      faults.map(({ fromMs, untilMs, isKill }) => {
        const window = [fromMs, isKill ? fromMs + 500 : untilMs + 1_500] as const
        const ofRouter = fanOut * mostBehind(offsets, 'router', window)
        const written = copies.filter((atMs) => atMs >= fromMs && atMs <= untilMs + writtenAgainMs).length
        return (
          mostBehind(offsets, 'dispatcher', window) +
          mostBehind(offsets, 'retry', window) +
          (isKill ? ofRouter : Math.max(ofRouter, written))
        )
      }),
    )
  )
}

/** Every record that somebody subscribed to, with who did. */
const subscribers = ({ endpoints }: Evidence, type: EventType): readonly EndpointPlan[] =>
  endpoints.filter(({ eventTypes }) => eventTypes.includes(type))

const ackedEvents = ({ load }: Evidence) =>
  load.flatMap((line) => (line.kind === 'acked-event' ? [line] : []))
const triedEvents = ({ load }: Evidence) =>
  load.flatMap((line) => (line.kind === 'tried-event' ? [line] : []))

const countEach = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** How often each of `wanted` is missing among `found`. */
function missingOf(wanted: readonly string[], found: readonly string[]): readonly string[] {
  const counts = countEach(found)
  return [...countEach(wanted)].flatMap(([value, count]) => {
    const missing = count - (counts.get(value) ?? 0)
    return missing > 0 ? [missing === 1 ? value : `${missing} × ${value}`] : []
  })
}

const describe = ({ type, dataJson }: DomainEvent): string =>
  describeEvent(`{"type":"${type}","data":${dataJson}}`)

/** I1: everything that was acknowledged arrives, or ends in a record that says why not. */
const everythingArrives: Checker = ({ evidence, expectations, events, accepted }) => {
  const dead = new Set(evidence.topics.dead.map(({ value }) => value.deliveryId as string))
  const waiting = new Map(evidence.topics.attempts.map(({ value }) => [value.deliveryId as string, value]))
  const lostEvents = ackedEvents(evidence).flatMap(({ id, type }) => {
    const expected = businessEventId(toOrgId(evidence.orgId), type, id)
    return events.has(expected)
      ? []
      : [`${type} ${id} was acknowledged and event ${expected} is not on events`]
  })
  const scanIds = new Set(evidence.topics.scanIds.map(({ value }) => value))
  const lostReads = evidence.ackedReadIds
    .filter((id) => !scanIds.has(id))
    .map((id) => `read ${id} was acknowledged and is not on scans`)
  const setAside = new Map(evidence.topics.poison.map(({ value }) => [value.source, value.reason]))
  const expectedAside = expectations.poisonCount === undefined ? 0 : expectations.poisonCount
  const wrongAside =
    expectedAside === null || setAside.size === expectedAside
      ? []
      : [
          `${setAside.size} records were set aside, ${expectedAside} were bad: ${[...setAside]
            .slice(0, 3)
            .map(([source, reason]) => `${source} ${reason}`)
            .join(', ')}`,
        ]
  const ofAssets = [...events.values()].filter(({ value }) => value.assetId !== null)
  const lostTransitions = missingOf(
    evidence.plannedTransitions,
    ofAssets.map(({ value }) => describe(value)),
  ).map((transition) => `no event says: ${transition}`)
  const gaps = [...Map.groupBy(ofAssets, ({ value }) => value.assetId)].flatMap(([asset, own]) => {
    const numbers = new Set(own.map(({ value }) => value.sequence ?? 0))
    const missing = Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1).filter(
      (number) => !numbers.has(number),
    )
    return missing.length === 0 ? [] : [`asset ${asset} misses its events number ${missing.join(', ')}`]
  })
  let pendingCount = 0
  const lostDeliveries = [...events.values()].flatMap(({ value, partition, offset }) =>
    subscribers(evidence, value.type).flatMap(({ id, isHealthy, index }) => {
      if (accepted.has(pair(id, value.eventId))) return []
      const delivery = deliveryIdFor(value.eventId, endpointId(id)) as string
      if (dead.has(delivery)) return []
      const last = waiting.get(delivery)
      // With the lag gone nothing waits anywhere: what has not ended by then is lost.
      const mayWait = !isHealthy && evidence.times.drainedAtMs === null
      if (mayWait && last !== undefined && last.disposition.kind !== 'delivered') {
        pendingCount += 1
        return []
      }
      const state = last === undefined ? 'was never attempted' : `ended as ${last.disposition.kind}`
      return [
        `delivery ${delivery} of ${value.type} ${value.eventId} (events ${partition}:${offset}) to endpoint ${id} (#${index}) ${state} and was never accepted`,
      ]
    }),
  )
  return {
    violations: [
      ...lostEvents,
      ...wrongAside,
      ...lostReads,
      ...lostTransitions,
      ...gaps,
      ...(expectations.isLossExpected === true ? [] : lostDeliveries),
    ],
    figures: {
      'business events acknowledged': ackedEvents(evidence).length,
      'reads acknowledged': evidence.ackedReadIds.length,
      events: events.size,
      deliveries: accepted.size,
      dead: dead.size,
      'set aside': setAside.size,
      'still retried to faulty endpoints': pendingCount,
      ...(expectations.isLossExpected === true ? { 'lost to retention': lostDeliveries.length } : {}),
    },
  }
}

/** I2: what was delivered follows from what was at least tried, and carries the id that follows from its facts. */
const nothingIsInvented: Checker = ({ evidence, events, exchanges }) => {
  const tried = new Set(
    triedEvents(evidence).map(({ id, type }) => businessEventId(toOrgId(evidence.orgId), type, id) as string),
  )
  const unknown = exchanges.flatMap(({ webhookId, endpoint, number }) => {
    const event = events.get(webhookId)
    if (event === undefined) return [`request ${number} carries ${webhookId}, which is not on events`]
    return endpoint.eventTypes.includes(event.value.type)
      ? []
      : [`endpoint ${endpoint.id} got ${event.value.type} ${webhookId} and never asked for it`]
  })
  const invented = [...events.values()].flatMap(({ value, partition, offset }) => {
    const where = `(events ${partition}:${offset})`
    // About endpoints: the product says them of itself.
    if (isOperational(value.type)) return []
    if (value.assetId === null)
      return tried.has(value.eventId) ? [] : [`${value.type} ${value.eventId} ${where} was never sent`]
    const data = JSON.parse(value.dataJson) as {
      readonly location?: { readonly id: number } | null
      readonly to_location?: { readonly id: number } | null
    }
    const location = (data.location ?? data.to_location)?.id
    const id = assetEventId(
      value.orgId,
      value.assetId,
      value.type,
      location === undefined ? null : locationId(location),
      value.sequence ?? 0,
    )
    return id === value.eventId ? [] : [`${value.type} ${value.eventId} ${where} should have the id ${id}`]
  })
  const transitions = [...events.values()]
    .filter(({ value }) => value.assetId !== null && value.type !== 'asset.scanned')
    .map(({ value }) => describe(value))
  const surplus = missingOf(transitions, evidence.perhapsTransitions).map((what) => `nobody walked: ${what}`)
  return { violations: [...unknown, ...invented, ...surplus], figures: { requests: exchanges.length } }
}

/**
 * What must be the same in every copy of an event. Of events about webhooks without the sentence that tells of the
 * request that brought it about: when a crash has one delivery sent twice, two requests may be its last, and the first
 * that is read counts (docs/reference/events.md).
 */
function bodyOf({ type, dataJson }: Pick<DomainEvent, 'type' | 'dataJson'>): string {
  if (!isOperational(type)) return `${type} ${dataJson}`
  const { reason: _, ...rest }: Record<string, unknown> = JSON.parse(dataJson)
  return `${type} ${JSON.stringify(rest)}`
}

/** I3: the same id has the same body, and no more is repeated than was under way when the fault came. */
const duplicatesAreBounded: Checker = ({
  evidence,
  exchanges,
  expectations,
  uncommittedAtFaults: limit,
  events,
}) => {
  const hashes = new Map<string, string>()
  const done = new Set<string>()
  const violations: string[] = []
  let duplicates = 0
  for (const one of exchanges) {
    const key = pair(one.endpoint.id, one.webhookId)
    const known = hashes.get(key)
    if (known !== undefined && known !== one.bodyHash)
      violations.push(
        `endpoint ${one.endpoint.id} got two bodies for ${one.webhookId} (request ${one.number})`,
      )
    hashes.set(key, one.bodyHash)
    if (done.has(key)) duplicates += 1
    if (isAccepted(one)) done.add(key)
  }
  const written = evidence.topics.events.length - events.size
  const bodies = new Map<string, string>()
  for (const { value, partition, offset } of evidence.topics.events) {
    const text = bodyOf(value)
    if ((bodies.get(value.eventId) ?? text) !== text)
      violations.push(`event ${value.eventId} is on events with two bodies (${partition}:${offset})`)
    bodies.set(value.eventId, text)
  }
  const allowed = limit + (expectations.duplicatesAllowed ?? 0)
  if (duplicates > allowed)
    violations.push(
      `${duplicates} requests repeat what was accepted; ${allowed} were under way at the faults`,
    )
  return {
    violations,
    figures: {
      'duplicate requests': duplicates,
      'uncommitted at faults': limit,
      'events written twice': written,
    },
  }
}

interface WindowFigures {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Deliveries that came up for healthy endpoints in this window, and the share of them that was accepted in it. */
  readonly offered: number
  readonly served: number
}

/** The load comes in waves, so that what was served is held against what came up, not against another window's count. */
function healthyIn(
  { evidence, exchanges, events }: Facts,
  [fromMs, untilMs]: readonly [number, number],
  graceMs: number,
): WindowFigures {
  const first = new Map<string, number>()
  for (const one of exchanges) {
    const key = pair(one.endpoint.id, one.webhookId)
    if (one.endpoint.isHealthy && isAccepted(one) && !first.has(key)) first.set(key, one.receivedAtMs)
  }
  // What comes up in the last moments may be accepted after the window without being late.
  const offered = [...events.values()].filter(
    ({ value }) => value.receivedAtMs >= fromMs && value.receivedAtMs < untilMs - graceMs,
  )
  const took = offered.flatMap(({ value }) =>
    subscribers(evidence, value.type)
      .filter(({ isHealthy }) => isHealthy)
      .map(({ id }) => {
        const acceptedAtMs = first.get(pair(id, value.eventId)) ?? Number.POSITIVE_INFINITY
        return acceptedAtMs <= untilMs ? acceptedAtMs - value.receivedAtMs : Number.POSITIVE_INFINITY
      }),
  )
  const latencies = took.filter(Number.isFinite)
  return {
    p50Ms: latencies.length === 0 ? 0 : Math.round(quantile(latencies, 0.5)),
    p99Ms: latencies.length === 0 ? 0 : Math.round(quantile(latencies, 0.99)),
    offered: took.length,
    served: took.length === 0 ? 1 : latencies.length / took.length,
  }
}

/** §4.3 I4. */
const throughputMin = 0.9

/** I4: those who are well do not notice. */
const healthyAreServed: Checker = (facts) => {
  const { times } = facts.evidence
  const before = healthyIn(facts, [times.baselineFromMs, times.faultFromMs], latencyFloorMs)
  const limitMs = Math.max(2 * before.p99Ms, latencyFloorMs) + (facts.expectations.addedLatencyMs ?? 0)
  const during = healthyIn(facts, [times.faultFromMs, times.healedAtMs], limitMs)
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const violations: string[] = []
  if (before.offered === 0) violations.push('the baseline window is empty: nothing to compare with')
  if (during.p99Ms > limitMs)
    violations.push(
      `p99 of the healthy was ${during.p99Ms} ms during the fault, ${before.p99Ms} ms before; allowed ${limitMs} ms`,
    )
  if (during.served < throughputMin * before.served)
    violations.push(
      `of ${during.offered} deliveries to the healthy ${percent(during.served)} were made during the fault, ${percent(before.served)} of ${before.offered} before`,
    )
  return {
    violations,
    figures: {
      'p50 before ms': before.p50Ms,
      'p99 before ms': before.p99Ms,
      'p50 during ms': during.p50Ms,
      'p99 during ms': during.p99Ms,
      'served before': percent(before.served),
      'served during': percent(during.served),
    },
  }
}

/** I5 */
const signaturesHold: Checker = ({ exchanges }) => ({
  violations: exchanges
    .filter(({ verdict }) => verdict !== 'valid')
    .map(
      ({ number, endpoint, webhookId, verdict, attemptAtS, receivedAtMs }) =>
        `request ${number} of ${webhookId} to endpoint ${endpoint.id}: signature ${verdict}, stamped ${attemptAtS}, received ${Math.floor(receivedAtMs / 1_000)}`,
    ),
  figures: { 'requests verified': exchanges.length },
})

/** I6: no attempt before it is due, and none much later unless something was broken then. */
const scheduleIsKept: Checker = (facts) => {
  const { evidence } = facts
  const { times } = evidence
  // A machine that is slow by itself is slow with retries, too: what the healthy had to wait before the fault is on top.
  const before = healthyIn(facts, [times.baselineFromMs, times.faultFromMs], latencyFloorMs)
  const latestMs = scaledMs(tierDurationMs('10s'), evidence.timeScale) + lateMaxMs + 2 * before.p99Ms
  const isExcused = (fromMs: number, untilMs: number): boolean =>
    evidence.faults.some((fault) => fromMs <= fault.untilMs + drainMaxMs && untilMs >= fault.fromMs - 1_000)
  const retries = [
    ...Map.groupBy(evidence.topics.attempts, ({ value }) => value.deliveryId).values(),
  ].flatMap(retriesOf)
  const violations = retries.flatMap(({ what, dueAtMs, lateMs, wasHeld }) => {
    if (lateMs < -clockErrorMs) return [`${what} came ${-lateMs} ms before it was due`]
    return lateMs > latestMs && !wasHeld && !isExcused(dueAtMs, dueAtMs + lateMs)
      ? [`${what} came ${lateMs} ms after it was due`]
      : []
  })
  const lateness = retries.map(({ lateMs }) => lateMs)
  return {
    violations,
    figures: {
      retries: retries.length,
      ...(retries.length === 0
        ? {}
        : {
            'late p50 ms': Math.round(quantile(lateness, 0.5)),
            'late p99 ms': Math.round(quantile(lateness, 0.99)),
          }),
    },
  }
}

interface Retry {
  readonly what: string
  readonly dueAtMs: number
  readonly lateMs: number
  /** It waited for its breaker or its turn in between, which moves when it is due. */
  readonly wasHeld: boolean
}

/**
 * The attempts of one delivery that were planned by an earlier one. A delivery that was written twice goes two ways side by side,
 * each with its own times: an attempt is early when no attempt before it planned one by then.
 */
function retriesOf(attempts: readonly Stored<Attempt>[]): readonly Retry[] {
  return attempts.flatMap((next) => {
    const { attemptNumber, outcome, startedAtMs, deliveryId } = next.value
    if (outcome === null || attemptNumber === 1) return []
    const plans = attempts.flatMap(({ value }) =>
      value.attemptNumber === attemptNumber - 1 && value.disposition.kind === 'retry'
        ? [value.disposition.dueAtMs]
        : [],
    )
    if (plans.length === 0) return []
    const passed = plans.filter((dueAtMs) => dueAtMs <= startedAtMs + clockErrorMs)
    const dueAtMs = passed.length > 0 ? Math.max(...passed) : Math.min(...plans)
    return [
      {
        what: `attempt ${attemptNumber} of ${deliveryId} (attempts ${next.partition}:${next.offset})`,
        dueAtMs,
        lateMs: startedAtMs - dueAtMs,
        wasHeld: attempts.some(
          ({ value }) => value.attemptNumber === attemptNumber && value.disposition.kind === 'held',
        ),
      },
    ]
  })
}

/** When (epoch ms, as stamped) the first successor of a record was written; records without one are missing. */
type Successors = (record: {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}) => {
  readonly what: string
  readonly atMs: number | null
} | null

function earliest(stored: readonly { readonly key: string; readonly atMs: number }[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { key, atMs } of stored)
    found.set(key, Math.min(found.get(key) ?? Number.POSITIVE_INFINITY, atMs))
  return found
}

/** By group: what must have been written before an offset may be committed past a record. */
function successorRules({ evidence, expectations }: Facts): Readonly<Record<string, Successors>> {
  const { topics } = evidence
  /** Of two stamps that different clocks made nothing follows when these are wrong. */
  const isLater = (other: Stored<unknown>, sinceMs: number): boolean =>
    expectations.areClocksWrong === true || other.timestampMs >= sinceMs - clockErrorMs
  const coordinate = (topic: string, partition: number, offset: number): string =>
    `${topic}:${partition}:${offset}`
  const at = <T>(stored: readonly Stored<T>[]): Map<string, Stored<T>> =>
    new Map(stored.map((one) => [coordinate(one.topic, one.partition, one.offset), one]))
  const scans = earliest(topics.scanIds.map(({ value, timestampMs }) => ({ key: value, atMs: timestampMs })))
  const eventsAt = at(topics.events)
  const written = earliest(
    topics.events.map(({ value, timestampMs }) => ({ key: value.eventId, atMs: timestampMs })),
  )
  const routed = earliest(
    topics.deliveries.map(({ value, timestampMs }) => ({ key: value.deliveryId, atMs: timestampMs })),
  )
  const deliveriesAt = at(topics.deliveries)
  const attempted = earliest(
    topics.attempts.map(({ value, timestampMs }) => ({
      key: `${value.deliveryId} ${value.attemptNumber}`,
      atMs: timestampMs,
    })),
  )
  const ended = new Map<string, number[]>()
  for (const { value, timestampMs } of topics.attempts) {
    if (value.disposition.kind !== 'delivered' && value.disposition.kind !== 'dead') continue
    ended.set(value.deliveryId, [...(ended.get(value.deliveryId) ?? []), timestampMs])
  }
  const tiersAt = at(topics.tiers)
  const moves = Map.groupBy([...topics.tiers, ...topics.deliveries], ({ value }) => value.deliveryId)
  const upstream = at(topics.upstreamIds)
  const aside = earliest(
    topics.poison.map(({ value, timestampMs }) => ({ key: value.source, atMs: timestampMs })),
  )
  return {
    producer: ({ topic, partition, offset }) => {
      const record = upstream.get(coordinate(topic, partition, offset))
      if (record === undefined) return null
      const [kind, id = ''] = record.value.split('\n')
      const bad = aside.get(coordinate(topic, partition, offset))
      const atMs = bad ?? (kind === 'read' ? scans : written).get(id) ?? null
      return { what: `${kind} ${id}`, atMs }
    },
    router: ({ topic, partition, offset }) => {
      const event = eventsAt.get(coordinate(topic, partition, offset))?.value
      if (event === undefined) return null
      const times = subscribers(evidence, event.type).map(
        ({ id }) => routed.get(deliveryIdFor(event.eventId, endpointId(id))) ?? Number.POSITIVE_INFINITY,
      )
      const last = Math.max(0, ...times)
      return { what: `event ${event.eventId}`, atMs: Number.isFinite(last) ? last : null }
    },
    dispatcher: ({ topic, partition, offset }) => {
      const delivery = deliveriesAt.get(coordinate(topic, partition, offset))?.value
      if (delivery === undefined) return null
      const own = deliveriesAt.get(coordinate(topic, partition, offset))
      // A short wait is waited for in the dispatcher: the record is done with its last attempt, or with its move to a tier.
      const over = [
        ...(ended.get(delivery.deliveryId) ?? []),
        ...(moves.get(delivery.deliveryId) ?? [])
          .filter((other) => other !== own && isLater(other, own?.timestampMs ?? 0))
          .map(({ timestampMs }) => timestampMs),
      ]
      const tried = attempted.get(`${delivery.deliveryId} ${delivery.attemptNumber}`)
      // One that came a moment too early, or was in the way, went to a tier as it was: that is what follows it.
      const putOff = (moves.get(delivery.deliveryId) ?? [])
        .filter((other) => other !== own && other.value.attemptNumber === delivery.attemptNumber)
        .filter(({ topic: where, timestampMs }) => where !== topic && timestampMs >= (own?.timestampMs ?? 0))
        .map(({ timestampMs }) => timestampMs)
      const followed = tried === undefined || over.length === 0 ? [] : [Math.max(tried, Math.min(...over))]
      const times = [...followed, ...putOff]
      return { what: `delivery ${delivery.deliveryId}`, atMs: times.length === 0 ? null : Math.min(...times) }
    },
    retry: ({ topic, partition, offset }) => {
      const record = tiersAt.get(coordinate(topic, partition, offset))
      if (record === undefined) return null
      const own = moves.get(record.value.deliveryId) ?? []
      const later = own.filter((other) => other !== record && isLater(other, record.timestampMs))
      return {
        what: `delivery ${record.value.deliveryId}`,
        atMs: later.length === 0 ? null : Math.min(...later.map(({ timestampMs }) => timestampMs)),
      }
    },
  }
}

interface Commit {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** When it was first seen to be below a commit. */
  readonly atMs: number
}

/** Every record that was below a committed offset, with the first sample that showed it. */
function* commitsOf(offsets: readonly OffsetSample[]): Generator<Commit> {
  const reached = new Map<string, number>()
  for (const { group, topic, committed, atMs } of offsets.toSorted((one, other) => one.atMs - other.atMs)) {
    for (const [partition, next] of committed.entries()) {
      const where = `${group} ${topic} ${partition}`
      const from = reached.get(where) ?? 0
      for (let offset = from; offset < (next ?? 0); offset += 1)
        yield { group, topic, partition, offset, atMs }
      reached.set(where, Math.max(from, next ?? 0))
    }
  }
}

/** I7: nothing is committed before its successor is durable. */
const commitsFollow: Checker = (facts) => {
  const rules = successorRules(facts)
  const areClocksWrong = facts.expectations.areClocksWrong === true
  const violations: string[] = []
  let checked = 0
  for (const commit of commitsOf(facts.evidence.offsets)) {
    const { group, topic, partition, offset, atMs } = commit
    const found = rules[group]?.(commit) ?? null
    if (found === null) continue
    checked += 1
    const what = `${topic} ${partition}:${offset} (${found.what})`
    if (found.atMs === null) violations.push(`${group} committed ${what}, and nothing followed it`)
    else if (found.atMs > atMs + clockErrorMs && !areClocksWrong)
      violations.push(
        `${group} had committed ${what} ${found.atMs - atMs} ms before what follows it was written`,
      )
  }
  return {
    violations,
    figures: {
      'commits sampled': facts.evidence.offsets.length,
      'records below them checked': checked,
    },
  }
}

/** What passes through at the moment is no lag: a few commits' worth. */
const flowingMaxMs = 5_000

/**
 * What still waits although it could go on, in words, by the last sample of each topic. A delivery that is not due yet waits
 * in its tier as promised; and whatever comes from there passes through the others for a moment.
 */
function stuck({ evidence }: Facts): readonly string[] {
  const { topics, offsets } = evidence
  const records = new Map<string, number>()
  const note = (stored: readonly Stored<unknown>[], sinceMs: (at: number) => number): void => {
    for (const [index, { topic, partition, offset }] of stored.entries())
      records.set(`${topic}:${partition}:${offset}`, sinceMs(index))
  }
  note(topics.events, (index) => topics.events[index]?.timestampMs ?? 0)
  note(topics.deliveries, (index) => topics.deliveries[index]?.timestampMs ?? 0)
  note(topics.attempts, (index) => topics.attempts[index]?.timestampMs ?? 0)
  note(topics.tiers, (index) => topics.tiers[index]?.value.dueAtMs ?? 0)
  return [...Map.groupBy(offsets, ({ group, topic }) => `${group} ${topic}`).values()].flatMap((samples) => {
    const last = samples.toSorted((one, other) => one.atMs - other.atMs).at(-1)
    if (last === undefined || last.group === 'tracker') return []
    const waiting = last.ends.flatMap((end, partition) => {
      const from = last.committed[partition] ?? 0
      // The head of a partition is what holds up the others.
      const sinceMs =
        end > from ? (records.get(`${last.topic}:${partition}:${from}`) ?? Number.NEGATIVE_INFINITY) : null
      return sinceMs !== null && last.atMs - sinceMs > flowingMaxMs ? [`${partition}:${from}`] : []
    })
    return waiting.length === 0 ? [] : [`${last.group} stands at ${last.topic} ${waiting.join(', ')}`]
  })
}

/** I8 */
const lagGoesAway: Checker = (facts) => {
  const { times, lagging } = facts.evidence
  if (times.drainedAtMs === null) {
    const standing = stuck(facts)
    return {
      violations: standing.map(
        (what) => `${drainMaxMs / 1_000} s after healing ${what} (${lagging.join('; ')})`,
      ),
      figures: { 'drained after s': standing.length === 0 ? 'all but what is not due yet' : 'not' },
    }
  }
  const healed = Math.max(times.healedAtMs, times.loadEndedAtMs)
  return { violations: [], figures: { 'drained after s': ((times.drainedAtMs - healed) / 1_000).toFixed(1) } }
}

/** How long the oldest uncommitted record of the dispatcher had been waiting, in ms, at each sample outside of faults. */
function uncommittedAges({ evidence, expectations }: Facts): readonly number[] {
  if (expectations.areClocksWrong === true) return []
  const stamps = new Map(
    evidence.topics.deliveries.map(({ topic, partition, offset, timestampMs }) => [
      `${topic}:${partition}:${offset}`,
      timestampMs,
    ]),
  )
  const isDisturbed = (atMs: number): boolean =>
    evidence.faults.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs + drainMaxMs)
  return evidence.offsets
    .filter(({ group, atMs }) => group === 'dispatcher' && !isDisturbed(atMs))
    .flatMap(({ topic, committed, atMs }) =>
      committed.flatMap((next, partition) => {
        const stamp = stamps.get(`${topic}:${partition}:${next ?? 0}`)
        return stamp === undefined || stamp > atMs ? [] : [atMs - stamp]
      }),
    )
}

/** I9 */
const nothingGrows: Checker = (facts) => {
  const { processes } = facts.evidence
  const violations: string[] = []
  const most = (of: (sample: (typeof processes)[number]) => number): number =>
    Math.max(0, ...processes.map(of))
  for (const [service, own] of Map.groupBy(processes, (sample) => sample.service)) {
    const rss = Math.max(...own.map(({ rssBytes }) => rssBytes))
    const fds = Math.max(...own.map((sample) => sample.fds))
    const inFlight = Math.max(...own.map(({ metrics }) => metrics['scanhook_inflight_requests'] ?? 0))
    if (rss > caps.rssBytes) violations.push(`${service} grew to ${Math.round(rss / 2 ** 20)} MiB`)
    if (fds > caps.fds) violations.push(`${service} had ${fds} open files`)
    if (inFlight > caps.inFlight) violations.push(`${service} had ${inFlight} requests under way`)
  }
  const ageMs = Math.max(0, ...uncommittedAges(facts))
  if (ageMs > uncommittedAgeMaxMs)
    violations.push(`an uncommitted delivery was ${Math.round(ageMs / 1_000)} s old with no fault about`)
  return {
    violations,
    figures: {
      'RSS max MiB': Math.round(most(({ rssBytes }) => rssBytes) / 2 ** 20),
      'files max': most(({ fds }) => fds),
      'sockets max': most(({ sockets }) => sockets),
      'in flight max': most(({ metrics }) => metrics['scanhook_inflight_requests'] ?? 0),
    },
  }
}

/** I10: the log tells what the receivers saw. */
const logAgrees: Checker = ({ evidence, exchanges, expectations, uncommittedAtFaults: limit }) => {
  const isKilled = evidence.faults.some(({ mayForgetAttempts }) => mayForgetAttempts)
  const seen = countEach(exchanges.map(({ endpoint, webhookId }) => pair(endpoint.id, webhookId)))
  const requests = evidence.logRows.filter(({ outcome }) => outcome !== null)
  const logged = countEach(requests.map(({ endpointId, eventId: event }) => pair(endpointId, event)))
  const answered = countEach(
    requests
      .filter(({ outcome }) => outcome === 'responded')
      .map(({ endpointId, eventId: event }) => pair(endpointId, event)),
  )
  const unanswered = countEach(
    exchanges
      .filter(({ status }) => status === null)
      .map(({ endpoint, webhookId }) => pair(endpoint.id, webhookId)),
  )
  const reconnects = (key: string): number =>
    expectations.mayReconnect === true ? Math.min(unanswered.get(key) ?? 0, logged.get(key) ?? 0) : 0
  const sameLine = sameLines(evidence)
  const unlogged = [...seen].flatMap(([key, count]) => {
    const missing = count - (logged.get(key) ?? 0) - reconnects(key) - (sameLine.get(key) ?? 0)
    return missing > 0 ? [{ key, missing }] : []
  })
  const invented = [...answered].filter(([key, count]) => count > (seen.get(key) ?? 0))
  const missing = sumOf(unlogged.map((one) => one.missing))
  const allowed = isKilled ? limit : 0
  const wording = ({ key, missing: count }: { readonly key: string; readonly missing: number }): string => {
    const [endpoint, event] = key.split(' ')
    return `${count} request(s) of ${event} to endpoint ${endpoint} are not in the log`
  }
  return {
    violations: [
      ...(missing > allowed
        ? [`${missing} requests are not in the log; ${allowed} may be missing`, ...unlogged.map(wording)]
        : []),
      ...invented.map(([key, count]) => {
        const [endpoint, event] = key.split(' ')
        return `the log has ${count} answered attempts of ${event} at endpoint ${endpoint}, which saw ${seen.get(key) ?? 0}`
      }),
    ],
    figures: {
      'attempts in the log': requests.length,
      'requests received': exchanges.length,
      'not in the log': missing,
      'sharing a line': sumOf([...sameLine.values()]),
    },
  }
}

/**
 * Attempts that are on the topic and share a line of the log with another: copies of one delivery (somebody died between
 * handing it over and committing) that were sent in the same millisecond. The line's key can't tell them from one record
 * that came twice.
 */
function sameLines({ topics }: Evidence): ReadonlyMap<string, number> {
  const lines = new Set<string>()
  const shared: string[] = []
  for (const { value } of topics.attempts) {
    if (value.outcome === null) continue
    const line = `${value.deliveryId} ${value.attemptNumber} ${value.disposition.kind} ${value.startedAtMs}`
    if (lines.has(line)) shared.push(pair(value.endpointId, value.eventId))
    lines.add(line)
  }
  return countEach(shared)
}

/** I11 */
const canariesAreQuiet: Checker = ({ evidence }) => ({
  violations: evidence.received.flatMap((line) =>
    line.kind === 'canary' ? [`somebody connected to the canary at ${line.host}:${line.port}`] : [],
  ),
  figures: {},
})

/** I12. Where something is lost on purpose, it is the reconciler that says so. */
const reconcilerFindsNothing: Checker = ({ evidence: { reconciled }, expectations }) => {
  if (reconciled === null) return { violations: [], figures: {}, isNotRun: true }
  const { behind, expected, unsure, missing, overdue } = reconciled
  if (behind !== null) return { violations: [`the reconciler could not look: ${behind}`], figures: {} }
  if (expectations.isLossExpected === true) {
    const isReported = missing + overdue > 0
    const violations = isReported ? [] : ['what retention took is lost, and the reconciler finds nothing']
    return { violations, figures: { missing, overdue } }
  }
  return {
    violations: [
      ...(missing + overdue === 0
        ? []
        : [`the reconciler finds ${missing} deliveries missing and ${overdue} overdue`]),
      ...(expected > unsure
        ? []
        : [`the reconciler was sure of ${expected} deliveries only, of ${unsure} not`]),
    ],
    figures: { reconciled: expected },
  }
}

const checkers: Readonly<Record<InvariantId, Checker>> = {
  I1: everythingArrives,
  I2: nothingIsInvented,
  I3: duplicatesAreBounded,
  I4: healthyAreServed,
  I5: signaturesHold,
  I6: scheduleIsKept,
  I7: commitsFollow,
  I8: lagGoesAway,
  I9: nothingGrows,
  I10: logAgrees,
  I11: canariesAreQuiet,
  I12: reconcilerFindsNothing,
}

/** Two cores shared with everything else: a latency is only a promise where a row of the matrix makes it one. */
const onlyWhereNamed: ReadonlySet<InvariantId> = new Set(['I4'])

/** In order of the invariants. All are judged in every cell, but for those that only some cells promise. */
export function audit(evidence: Evidence, expectations: Expectations): readonly Judgement[] {
  const exchanges = exchangesOf(evidence)
  const events = new Map<string, Stored<DomainEvent>>()
  for (const one of evidence.topics.events)
    if (!events.has(one.value.eventId)) events.set(one.value.eventId, one)
  const facts: Facts = {
    evidence,
    expectations,
    exchanges,
    events,
    accepted: new Set(
      exchanges.filter(isAccepted).map(({ endpoint, webhookId }) => pair(endpoint.id, eventId(webhookId))),
    ),
    uncommittedAtFaults: uncommittedAtFaults(evidence),
  }
  return invariantIds.map((invariant) => {
    const { violations, figures, isNotRun } = checkers[invariant](facts)
    const verdict = isNotRun === true ? 'not run' : verdictOf(invariant, violations, expectations)
    const isViolated = verdict === 'violated'
    return {
      invariant,
      verdict,
      violations: isViolated ? violations.slice(0, violationsMax) : [],
      violationCount: isViolated ? violations.length : 0,
      figures,
    }
  })
}

function verdictOf(
  invariant: InvariantId,
  violations: readonly string[],
  expectations: Expectations,
): Judgement['verdict'] {
  if (onlyWhereNamed.has(invariant) && !expectations.invariants.includes(invariant)) return 'not judged'
  // What retention took can't be held against the offsets any more.
  if (invariant === 'I7' && expectations.isLossExpected === true) return 'not judged'
  return violations.length > 0 ? 'violated' : 'held'
}
