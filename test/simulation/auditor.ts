/**
 * Holds what happens against the promises of the design (§3). It sees what a third party could see, the log, the
 * requests and their answers, and what was handed to whom; it knows nothing of the code under test.
 *
 *   P1  Every event reaches every endpoint that wants it, or is dead with a reason; a commit never passes a record whose
 *       successor is not in the log; the log has no consequence without its attempt.
 *   P2  One event has one id and one body for an endpoint, over all attempts and duplicates; each request is made for a
 *       record that was handed out, and for each handing out one request at most.
 *   P3  What others do costs an endpoint nothing (`compareWaits`).
 *   P4  Never before it is due, nor before what a receiver asked for; nothing but probes while a breaker is open.
 *   P5  A receiver accepts the signature when it gets it.
 *   P8  What is under way and in memory is bounded, and what was handed out leaves in time.
 *   order  An asset's events arrive in their order, where an endpoint asks for it.
 */
import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import type { EndpointId } from '@scanhook/domain/ids'
import { profiles, type RetryPolicy } from '@scanhook/domain/profile'
import { decode } from './codec.ts'
import type { Life } from './life.ts'
import type { StoredRecord } from './log.ts'
import type { SentRequest } from './receivers.ts'
import type { Scenario, ScriptedEndpoint } from './scenario.ts'
import { topics } from './topics.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type PromiseName = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P8' | 'order'

export interface Violation {
  readonly promise: PromiseName
  readonly what: string
  readonly atMs: number
}

/** A request as it leaves: one event, or several at once. */
export interface Departure {
  readonly life: Life
  readonly endpointId: EndpointId
  readonly eventIds: readonly string[]
}

export interface Commit {
  /** Committed until now. */
  readonly fromOffset: number
  readonly toOffset: number
  readonly records: readonly StoredRecord[]
}

/** What one process may have at most. */
export interface Bounds {
  readonly endpointInFlightMax: number
  readonly inFlightMax: number
  readonly inMemoryMax: number
  /** From being handed out, or due, to being done. */
  readonly residenceMs: number
  /** The same where the endpoint wants its assets' events in order, and one waits for the other's answer. */
  readonly orderedResidenceMs: number
}

export interface Figures {
  requests: number
  /** Of these: for an event that the endpoint had been sent before. */
  repeats: number
  /** The longest stay of a record in a dispatcher. */
  residenceMaxMs: number
}

interface Breaker {
  readonly state: 'open' | 'half_open'
  readonly untilMs: number
  /** Under way. */
  probes: number
}

/** A record handed to a process: it may make one request for it, not before `fromMs`. */
interface Token {
  readonly owner: Life
  readonly fromMs: number
  /** The owner learnt then that the partition is somebody else's. */
  revokedAtMs: number
  /** The record carries the body that is to be sent. */
  readonly isRendered: boolean
  isUsed: boolean
}

/** What is known of one delivery. */
interface Story {
  readonly name: string
  readonly endpointId: EndpointId
  readonly event: DomainEvent
  /** As the router wrote it, by the event record's time: the same record must give the same bytes. */
  readonly routed: Map<number, Buffer>
  readonly firstAtMs: number
  /** Of its newest record that waits somewhere. */
  lastSerial: number
  isDelivered: boolean
  isDead: boolean
  /** In the log: why it is dead. */
  deadReason: string | null
  /** When the receiver took it first. */
  acceptedAtMs: number | null
  requestCount: number
  /** One, but for the exception in `received`. */
  readonly bodies: Set<string>
  /** When a request was last made for a record that carries no body yet, so that it was rendered for it. */
  freshAtMs: number
  readonly tokens: Token[]
  /** Attempt numbers in the log whose disposition was to go on. */
  readonly logged: Set<number>
  /** By attempt number: not before this, for what was answered to the one before. */
  readonly notBeforeMs: Map<number, number>
}

/** What was being prepared when the partition was lost may still leave. */
const revokeGraceMs = 1_000
/** Two appends with an answer of the broker each, and the turn of the housekeeping. */
const slackMs = 1_000
/** What lost acknowledgements may add: a stay waits for two appends, each behind a repetition and repeated itself. */
const ackSlackMs = 7_000

export class Auditor {
  readonly #clock: VirtualClock
  readonly #scenario: Scenario
  readonly #scripts: ReadonlyMap<EndpointId, ScriptedEndpoint>
  readonly #stories = new Map<string, Story>()
  readonly #byEventAndEndpoint = new Map<string, Story>()
  readonly #events = new Map<string, DomainEvent>()
  readonly #disabled = new Set<EndpointId>()
  readonly #inFlight = new Map<string, number>()
  /** By process and endpoint. */
  readonly #breakers = new Map<string, Breaker | null>()
  readonly waits: Map<EndpointId, number[]> = new Map()
  readonly violations: Violation[] = []
  readonly figures: Figures = { requests: 0, repeats: 0, residenceMaxMs: 0 }

  constructor(clock: VirtualClock, scenario: Scenario) {
    this.#clock = clock
    this.#scenario = scenario
    this.#scripts = new Map(scenario.endpoints.map((script) => [script.endpoint.id, script]))
  }

  accuse(promise: PromiseName, what: string): void {
    this.violations.push({ promise, what, atMs: this.#clock.nowMs })
  }

  /** The router leaves it out from now on. */
  disabled(id: EndpointId): void {
    this.#disabled.add(id)
  }

  persisted(record: StoredRecord): void {
    if (record.topic === topics.events) {
      const event = decode<DomainEvent>(record.value)
      this.#events.set(event.eventId, event)
    } else if (record.topic === topics.attempts) this.#attemptLogged(decode<Attempt>(record.value))
    else if (record.topic === topics.poison) this.accuse('P1', 'a good record was called poison')
    else if (record.topic.startsWith(topics.deliveries)) this.#deliveryPersisted(record)
  }

  /** Before it counts; `records` are those that it passes. */
  committed(group: string, { fromOffset, toOffset, records }: Commit): void {
    if (toOffset < fromOffset) this.accuse('P2', `${group} commits ${toOffset} after ${fromOffset}`)
    for (const record of records) {
      const missing =
        record.topic === topics.events
          ? this.#missingOf(decode<DomainEvent>(record.value))
          : this.#lacksSuccessor(record)
      if (missing !== null) {
        const place = `${record.topic}/${record.partition}`
        this.accuse('P1', `${group} commits past ${place} ${record.offset} (from ${fromOffset}): ${missing}`)
      }
    }
  }

  handedOut(owner: Life, record: StoredRecord): void {
    if (record.topic !== topics.deliveries) return
    const delivery = decode<Delivery>(record.value)
    const { attemptNumber, dueAtMs, createdAtMs, firstAttemptAtMs } = delivery
    const isPutOff = attemptNumber > 1 || firstAttemptAtMs !== null || dueAtMs !== createdAtMs
    this.#stories.get(delivery.deliveryId)?.tokens.push({
      owner,
      revokedAtMs: Number.POSITIVE_INFINITY,
      fromMs: isPutOff ? dueAtMs : 0,
      isRendered: delivery.rendered !== null,
      isUsed: false,
    })
  }

  left(record: StoredRecord, afterMs: number, bounds: Bounds): void {
    if (record.topic !== topics.deliveries || this.#overlapsOutage(afterMs)) return
    const { dueAtMs, endpointId } = decode<Delivery>(record.value)
    const isOrdered = this.#scripts.get(endpointId)?.endpoint.ordering === 'asset'
    const residenceMs = isOrdered ? bounds.orderedResidenceMs : bounds.residenceMs
    // What is not due waits in memory for less than the smallest tier; its stay begins when it is due.
    const stayMs = Math.min(afterMs, Math.max(0, this.#clock.nowMs - dueAtMs))
    const allowedMs = residenceMs + slackMs + (this.#scenario.ackLostShare > 0 ? ackSlackMs : 0)
    this.figures.residenceMaxMs = Math.max(this.figures.residenceMaxMs, stayMs)
    if (stayMs > allowedMs) this.accuse('P8', `a record stayed for ${stayMs} ms in the dispatcher`)
  }

  /** Of one process' breaker: open until then, or half-open; null: closed. */
  breakerChanged(
    life: Life,
    endpointId: EndpointId,
    state: { readonly state: 'open' | 'half_open'; readonly untilMs: number } | null,
  ): void {
    this.#breakers.set(`${life.name} ${endpointId}`, state === null ? null : { ...state, probes: 0 })
  }

  /** While a breaker is open nothing goes, then one probe at a time. */
  #checkBreaker(life: Life, endpointId: EndpointId): () => void {
    const breaker = this.#breakers.get(`${life.name} ${endpointId}`) ?? null
    if (breaker === null) return () => undefined
    if (breaker.state === 'open' && this.#clock.nowMs < breaker.untilMs) {
      this.accuse('P4', `${life.name} sends to ${endpointId} while its breaker is open`)
    }
    breaker.probes += 1
    if (breaker.probes > 1) this.accuse('P4', `${life.name} sends ${endpointId} two probes at once`)
    return () => {
      breaker.probes -= 1
    }
  }

  /** The process knows that everything it was handed is somebody else's now. */
  revoked(owner: Life): void {
    for (const { tokens } of this.#stories.values()) {
      for (const token of tokens)
        if (token.owner === owner) token.revokedAtMs = Math.min(token.revokedAtMs, this.#clock.nowMs)
    }
  }

  /** Returns the way to say that it was answered, or timed out. */
  requested({ life, endpointId, eventIds }: Departure, bounds: Bounds): (outcome: AttemptOutcome) => void {
    this.figures.requests += 1
    const tokens = eventIds.map((eventId) => this.#useToken(life, endpointId, eventId))
    const ended = this.#countInFlight(life, endpointId, bounds)
    const probed = this.#checkBreaker(life, endpointId)
    return (outcome) => {
      ended()
      probed()
      // A batch that was too large is sent again in smaller ones.
      if (tokens.length === 1 || outcome.kind === 'failed' || outcome.status !== 413) return
      for (const token of tokens) if (token !== null) token.isUsed = false
    }
  }

  received(request: SentRequest, problem: string | null): void {
    const { endpointId, eventIds } = request
    if (problem !== null) this.accuse('P5', `endpoint ${endpointId} refuses the signature: ${problem}`)
    const bodies = bodiesOf(request)
    if (bodies.length !== eventIds.length)
      this.accuse('P2', `a batch of ${eventIds.length} has ${bodies.length}`)
    for (const [index, eventId] of eventIds.entries()) {
      const story = this.#byEventAndEndpoint.get(`${eventId}/${endpointId}`)
      if (story === undefined) this.accuse('P2', `endpoint ${endpointId} gets an event that is not for it`)
      else this.#compareBody(story, bodies[index] ?? '')
    }
  }

  #compareBody(story: Story, body: string): void {
    // Known: a process dies after its first request and before it could write down the body, and the customer changes
    // the profile before the next one makes it again.
    const changedAtMs = this.#scripts.get(story.endpointId)?.profileChange?.atMs
    const isExcused = changedAtMs !== undefined && story.freshAtMs >= changedAtMs
    if (story.bodies.size > 0 && !story.bodies.has(body) && !isExcused) {
      this.accuse('P2', `${story.name} has another body on a later attempt`)
    }
    story.bodies.add(body)
  }

  accepted(endpointId: EndpointId, eventIds: readonly string[]): void {
    for (const eventId of eventIds) {
      const story = this.#byEventAndEndpoint.get(`${eventId}/${endpointId}`)
      if (story === undefined) continue
      story.acceptedAtMs ??= this.#clock.nowMs
    }
  }

  /** At every step: what a dispatcher holds. */
  holds(life: Life, inMemory: number, { inMemoryMax }: Bounds): void {
    if (inMemory > inMemoryMax) this.accuse('P8', `${life.name} holds ${inMemory} deliveries in memory`)
  }

  /** Nothing happens any more. */
  finish(backlog: readonly string[]): void {
    for (const place of backlog) this.accuse('P1', `left behind at ${place}`)
    for (const event of this.#events.values()) {
      const missing = this.#missingOf(event)
      if (missing !== null) this.accuse('P1', `event ${event.eventId}: ${missing}`)
    }
    for (const story of this.#stories.values()) this.#finishStory(story)
  }

  #finishStory(story: Story): void {
    if (!story.isDelivered && !story.isDead) this.accuse('P1', `${story.name} never ends`)
    if (story.isDead && story.deadReason === null) this.accuse('P1', `${story.name} is dead without a reason`)
    if (story.isDelivered && story.acceptedAtMs === null) {
      this.accuse('P1', `${story.name} is delivered in the log and was never accepted`)
    }
    this.#checkOrder(story)
  }

  #deliveryPersisted(record: StoredRecord): void {
    const delivery = decode<Delivery>(record.value)
    const story = this.#stories.get(delivery.deliveryId) ?? this.#begin(delivery, record)
    if (record.topic === topics.dead) {
      story.isDead = true
      if (story.deadReason === null) this.accuse('P1', `${story.name} is dead before the log says why`)
      return
    }
    story.lastSerial = record.serial
    const { attemptNumber, rendered, firstAttemptAtMs } = delivery
    if (attemptNumber === 1 && rendered === null && firstAttemptAtMs === null) {
      if (delivery.dueAtMs === delivery.createdAtMs) this.#routed(story, record, delivery.createdAtMs)
      return
    }
    if (attemptNumber > 1 && !story.logged.has(attemptNumber - 1)) {
      this.accuse('P1', `${story.name} goes on to attempt ${attemptNumber}; the log misses the one before`)
    }
    const notBeforeMs = story.notBeforeMs.get(attemptNumber) ?? 0
    if (delivery.dueAtMs < notBeforeMs) {
      this.accuse('P4', `${story.name} is due ${notBeforeMs - delivery.dueAtMs} ms before it may`)
    }
  }

  #routed(story: Story, { value }: StoredRecord, eventRecordAtMs: number): void {
    const bytes = value ?? Buffer.of()
    const known = story.routed.get(eventRecordAtMs)
    if (known === undefined) story.routed.set(eventRecordAtMs, bytes)
    else if (!known.equals(bytes)) this.accuse('P2', `${story.name} was routed twice, in different bytes`)
  }

  #begin(delivery: Delivery, record: StoredRecord): Story {
    const { event, endpointId } = delivery
    const story: Story = {
      name: `delivery of ${event.type} ${event.sequence} of ${event.subject} to ${endpointId}`,
      endpointId,
      event,
      routed: new Map(),
      firstAtMs: this.#clock.nowMs,
      lastSerial: record.serial,
      isDelivered: false,
      isDead: false,
      deadReason: null,
      acceptedAtMs: null,
      requestCount: 0,
      bodies: new Set(),
      freshAtMs: 0,
      tokens: [],
      logged: new Set(),
      notBeforeMs: new Map(),
    }
    this.#stories.set(delivery.deliveryId, story)
    this.#byEventAndEndpoint.set(`${event.eventId}/${endpointId}`, story)
    return story
  }

  #attemptLogged(attempt: Attempt): void {
    const { deliveryId, attemptNumber, disposition } = attempt
    const story = this.#stories.get(deliveryId)
    if (story === undefined) return
    if (disposition.kind === 'delivered') story.isDelivered = true
    else if (disposition.kind === 'dead') story.deadReason ??= disposition.reason
    else if (disposition.kind === 'retry') {
      story.logged.add(attemptNumber)
      const atMs = this.#notBeforeMs(attempt)
      const known = story.notBeforeMs.get(attemptNumber + 1)
      // Made twice, it may go on after either.
      story.notBeforeMs.set(attemptNumber + 1, known === undefined ? atMs : Math.min(known, atMs))
    }
  }

  /** When the attempt after this one may begin: what was asked for, and the schedule at its shortest. */
  #notBeforeMs({ endpointId, attemptNumber, startedAtMs, outcome }: Attempt): number {
    const askedMs = outcome?.kind === 'responded' ? (outcome.retryAfterMs ?? 0) : 0
    const script = this.#scripts.get(endpointId)
    const names = [script?.endpoint.profile, script?.profileChange?.profile].filter(
      (name) => name !== undefined,
    )
    const leastMs = Math.min(...names.map((name) => leastWaitMs(profiles[name].retry, attemptNumber)))
    return startedAtMs + (outcome?.timings.totalMs ?? 0) + Math.max(askedMs, leastMs)
  }

  #missingOf(event: DomainEvent): string | null {
    for (const { endpoint } of this.#scripts.values()) {
      if (!isWanted(event, endpoint) || this.#disabled.has(endpoint.id)) continue
      if (!this.#byEventAndEndpoint.has(`${event.eventId}/${endpoint.id}`)) {
        return `no delivery to ${endpoint.id}`
      }
    }
    return null
  }

  #lacksSuccessor(record: StoredRecord): string | null {
    const { deliveryId, attemptNumber } = decode<Delivery>(record.value)
    const story = this.#stories.get(deliveryId)
    if (story === undefined || story.isDelivered || story.isDead || story.lastSerial > record.serial)
      return null
    return `${story.name}, attempt ${attemptNumber}, is nowhere else`
  }

  #overlapsOutage(afterMs: number): boolean {
    const fromMs = this.#clock.nowMs - afterMs
    return this.#scenario.kafkaOutages.some(
      (outage) => outage.toMs >= fromMs && outage.fromMs <= this.#clock.nowMs,
    )
  }

  #countInFlight(life: Life, endpointId: EndpointId, bounds: Bounds): () => void {
    const add = (name: string, by: number): number => {
      const count = (this.#inFlight.get(name) ?? 0) + by
      this.#inFlight.set(name, count)
      return count
    }
    const ofEndpoint = `${life.name} ${endpointId}`
    if (add(ofEndpoint, 1) > bounds.endpointInFlightMax)
      this.accuse('P8', `${life.name} has too many requests under way to ${endpointId}`)
    if (add(life.name, 1) > bounds.inFlightMax)
      this.accuse('P8', `${life.name} has too many requests under way`)
    return () => {
      add(ofEndpoint, -1)
      add(life.name, -1)
    }
  }

  #useToken(life: Life, endpointId: EndpointId, eventId: string): Token | null {
    const story = this.#byEventAndEndpoint.get(`${eventId}/${endpointId}`)
    if (story === undefined) return null
    this.#countRequest(story)
    const nowMs = this.#clock.nowMs
    const free = story.tokens.filter(
      ({ owner, isUsed, revokedAtMs }) => owner === life && !isUsed && nowMs <= revokedAtMs + revokeGraceMs,
    )
    const token = free.find(({ fromMs }) => fromMs <= nowMs)
    if (token !== undefined) {
      token.isUsed = true
      // Which of several copies it was can't be told.
      if (free.some(({ isRendered }) => !isRendered)) story.freshAtMs = nowMs
      return token
    }
    const [early] = free
    if (early === undefined) this.accuse('P2', `${life.name} makes a request too many: ${story.name}`)
    else this.accuse('P4', `${story.name} is attempted ${early.fromMs - nowMs} ms before it is due`)
    return null
  }

  #countRequest(story: Story): void {
    story.requestCount += 1
    if (story.requestCount > 1) {
      this.figures.repeats += 1
      return
    }
    const waits = this.waits.get(story.endpointId) ?? []
    waits.push(this.#clock.nowMs - story.firstAtMs)
    this.waits.set(story.endpointId, waits)
  }

  /** An event that arrived at all arrived after all earlier ones of its asset that did. */
  #checkOrder({ event, endpointId, name, acceptedAtMs }: Story): void {
    const endpoint = this.#scripts.get(endpointId)?.endpoint
    if (endpoint?.ordering !== 'asset' || event.assetId === null || acceptedAtMs === null) return
    for (const other of this.#stories.values()) {
      const isEarlier =
        other.endpointId === endpointId &&
        other.event.subject === event.subject &&
        (other.event.sequence ?? 0) < (event.sequence ?? 0)
      if (isEarlier && other.acceptedAtMs !== null && other.acceptedAtMs > acceptedAtMs) {
        this.accuse('order', `${name} arrives before number ${other.event.sequence}`)
      }
    }
  }
}

/** Of each event; in a batch the body that it would have alone. */
function bodiesOf({ headers, eventIds, body }: SentRequest): readonly string[] {
  if (headers['webhook-id'] === eventIds[0]) return [body]
  const { events } = JSON.parse(body) as { readonly events: readonly { readonly payload: unknown }[] }
  return events.map(({ payload }) => JSON.stringify(payload))
}

/** Written down here once more, on purpose: what a customer is told (docs/reference/events.md). */
function isWanted(event: DomainEvent, { orgId, subscriptions }: Endpoint): boolean {
  return (
    event.orgId === orgId &&
    subscriptions.some(
      ({ eventType }) => eventType === '*' || event.type.startsWith(eventType.replace('*', '')),
    )
  )
}

/** The schedule of docs/reference/profiles.md at its shortest. */
function leastWaitMs(policy: RetryPolicy, attemptNumber: number): number {
  if (policy.kind === 'table') return policy.delaysMs[attemptNumber - 1] ?? 0
  return Math.min(5_000 * 3 ** (attemptNumber - 1), 6 * 3_600_000) * 0.8
}

/** P3: healthy endpoints wait no longer than in the same world in which nobody hangs. Null: so it is. */
export function compareWaits(
  calm: ReadonlyMap<EndpointId, readonly number[]>,
  stormy: ReadonlyMap<EndpointId, readonly number[]>,
  healthy: readonly EndpointId[],
): { readonly calmMs: number; readonly stormyMs: number; readonly isWorse: boolean } {
  const worst = (waits: ReadonlyMap<EndpointId, readonly number[]>): number =>
    Math.max(0, ...healthy.flatMap((id) => waits.get(id) ?? []))
  const calmMs = worst(calm)
  const stormyMs = worst(stormy)
  return { calmMs, stormyMs, isWorse: stormyMs > calmMs * 1.2 + noticeableMs }
}

/** A handler waits that long for the room of one endpoint that is full; hanging behind somebody costs 15 s. */
const noticeableMs = 800
