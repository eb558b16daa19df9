/**
 * The world of one seed: routers, dispatchers and retry tiers over one log, receivers, and what befalls them. Runs until
 * nothing is left to happen, or a promise is broken.
 */
import { setImmediate as settled } from 'node:timers/promises'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import type { EndpointId, OrgId } from '@scanhook/domain/ids'
import { tierNames } from '@scanhook/domain/retry/tiers'
import type { KnownEndpoint } from '@scanhook/endpoint-directory/directory'
import { type SeededRandom, seededRandom } from '@scanhook/replay/seeded-random'
import { assetKey } from '@scanhook/schemas/keys'
import { Auditor, type Figures, type Violation } from './auditor.ts'
import type { Breakage } from './breakages.ts'
import { decode, encode } from './codec.ts'
import { ConsumerGroup, type MemberOptions } from './consumer-group.ts'
import { type DispatcherNode, dispatcherBounds, dispatcherNode } from './dispatcher-node.ts'
import type { Life } from './life.ts'
import { Log, type StoredRecord } from './log.ts'
import { Receivers } from './receivers.ts'
import { retryNode } from './retry-node.ts'
import { routerNode } from './router-node.ts'
import { type Fault, type Scenario, type ServiceName, startMs } from './scenario.ts'
import type { Surroundings } from './surroundings.ts'
import { topics } from './topics.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  readonly breakage?: Breakage | undefined
  /** Told what happens, for a person who reads along. */
  readonly trace?: ((line: string) => void) | undefined
}

export interface Outcome {
  readonly violations: readonly Violation[]
  readonly steps: number
  readonly virtualMs: number
  readonly figures: Readonly<Figures>
  /** By endpoint: from the first record of a delivery to its first request. */
  readonly waits: ReadonlyMap<EndpointId, readonly number[]>
  /** The same for the same run. */
  readonly fingerprint: number
}

/** The last attempt is due at most 24 h after the first, and holds end within half an hour. */
const restWithinMs = 30 * 3_600_000
/** Ten times what the busiest seeds take. */
const stepsMax = 250_000

const consumed: Readonly<Record<ServiceName, readonly string[]>> = {
  router: [topics.events],
  dispatcher: [topics.deliveries],
  retry: tierNames.map((name) => topics.retry[name]),
}
const services = ['router', 'dispatcher', 'retry'] as const

interface Process {
  life: Life
  lives: number
  dispatcher: DispatcherNode | null
}

export class World implements Surroundings {
  readonly clock: VirtualClock
  readonly scenario: Scenario
  readonly breakage: Breakage | null
  readonly auditor: Auditor
  readonly log: Log
  readonly receivers: Receivers
  /** Records that are done, by coordinate; what Redis holds. */
  readonly marks: Set<string> = new Set()
  /** Of endpoints whose breaker is not closed, as Redis holds them. */
  readonly breakers: Map<EndpointId, BreakerSnapshot> = new Map()
  /** Of the world's first event, epoch seconds. */
  readonly firstEventTimeS: number
  readonly #random: SeededRandom
  readonly #trace: (line: string) => void
  readonly #isTraced: boolean
  readonly #groups: Readonly<Record<ServiceName, ConsumerGroup>>
  readonly #processes: Readonly<Record<ServiceName, Process[]>> = { router: [], dispatcher: [], retry: [] }
  readonly #endpoints = new Map<EndpointId, Endpoint>()
  readonly #byOrganization = new Map<OrgId, readonly Endpoint[]>()
  #fingerprint = 0

  constructor(scenario: Scenario, { breakage, trace }: WorldOptions) {
    this.scenario = scenario
    this.breakage = breakage ?? null
    this.clock = new VirtualClock(startMs)
    this.firstEventTimeS = Math.floor((scenario.events[0]?.event.occurredAtMs ?? startMs) / 1_000)
    this.#random = seededRandom(Math.imul(scenario.seed, 0x85ebca6b) ^ 0x1234)
    this.#isTraced = trace !== undefined
    this.#trace = trace ?? (() => undefined)
    this.auditor = new Auditor(this.clock, scenario)
    this.log = new Log({
      clock: this.clock,
      random: seededRandom(this.newSeed()),
      scenario,
      persisted: (record) => this.#persisted(record),
    })
    this.receivers = new Receivers({
      seed: scenario.seed,
      clock: this.clock,
      endpoints: scenario.endpoints,
      watcher: {
        received: (request, problem) => {
          this.#note(`received by ${request.endpointId}: ${request.eventIds.join(' ')}`)
          this.auditor.received(request, problem)
        },
        accepted: (request, eventIds) => this.auditor.accepted(request.endpointId, eventIds),
      },
    })
    this.#groups = {
      router: this.#groupOf('router'),
      dispatcher: this.#groupOf('dispatcher'),
      retry: this.#groupOf('retry'),
    }
  }

  /** For a part that is to have its own chance. */
  newSeed(): number {
    return this.#random.below(2 ** 32)
  }

  findEndpoint(id: EndpointId): KnownEndpoint {
    const endpoint = this.#endpoints.get(id)
    return endpoint === undefined ? { kind: 'unknown' } : { kind: 'known', endpoint }
  }

  endpointsOf(org: OrgId): readonly Endpoint[] {
    return this.#byOrganization.get(org) ?? []
  }

  async run(): Promise<Outcome> {
    this.#plan()
    const { clock, auditor, scenario } = this
    let steps = 0
    while (auditor.violations.length === 0 && clock.step()) {
      await settled()
      steps += 1
      this.#inspect()
      if (clock.nowMs > scenario.calmAtMs + restWithinMs || steps > stepsMax) {
        auditor.accuse('P1', 'it does not come to rest')
      }
    }
    if (auditor.violations.length === 0) {
      auditor.finish(services.flatMap((service) => this.#groups[service].backlog()))
    }
    for (const { dispatcher } of this.#processes.dispatcher) dispatcher?.end()
    return {
      violations: auditor.violations,
      steps,
      virtualMs: clock.nowMs - startMs,
      figures: auditor.figures,
      waits: auditor.waits,
      fingerprint: this.#fingerprint,
    }
  }

  #groupOf(service: ServiceName): ConsumerGroup {
    return new ConsumerGroup({
      name: service,
      topics: consumed[service],
      clock: this.clock,
      random: seededRandom(this.newSeed()),
      scenario: this.scenario,
      log: this.log,
      watcher: {
        handedOut: (life, record) => {
          this.#note(`${life.name} gets ${record.topic}/${record.partition} ${record.offset}`)
          this.auditor.handedOut(life, record)
        },
        left: (record, afterMs) => this.auditor.left(record, afterMs, dispatcherBounds),
        committed: (group, commit) => {
          this.#note(`${group} commits ${commit.toOffset} of ${commit.records[0]?.topic ?? ''}`)
          this.auditor.committed(group, commit)
        },
      },
      acceptsOldGenerations: this.breakage === 'commit of a former owner',
    })
  }

  /** Everything that the scenario says will happen. */
  #plan(): void {
    const { scenario, clock } = this
    for (const { endpoint, profileChange, stateChanges } of scenario.endpoints) {
      this.#announce(endpoint)
      if (profileChange !== null) {
        const { profile } = profileChange
        this.#at(profileChange.atMs, () => this.#change(endpoint.id, { profile }))
      }
      for (const { atMs, state } of stateChanges)
        this.#at(atMs, () => {
          if (this.#endpoints.get(endpoint.id)?.state !== 'disabled') this.#change(endpoint.id, { state })
        })
    }
    for (const service of services) {
      for (let node = 0; node < scenario.nodes[service]; node += 1) this.#start(service, node)
    }
    const upstream = this.log.openProducer({ name: 'upstream', isAlive: true })
    for (const { atMs, event, isRepeated } of scenario.events) {
      const record = {
        topic: topics.events,
        key: event.assetId === null ? event.subject : assetKey(event.orgId, event.assetId),
        value: encode(event),
      }
      this.#at(atMs, () => void upstream.append(record))
      if (isRepeated)
        clock.after(atMs - startMs + this.#random.below(5_000), () => void upstream.append(record))
    }
    for (const fault of scenario.faults) this.#at(fault.atMs, () => this.#befall(fault))
  }

  #at(atMs: number, act: () => void): void {
    this.clock.after(atMs - startMs, act)
  }

  #announce(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.id, endpoint)
    this.#byOrganization.set(
      endpoint.orgId,
      [...this.#endpoints.values()].filter(({ orgId }) => orgId === endpoint.orgId),
    )
  }

  #change(id: EndpointId, change: Partial<Endpoint>): void {
    const endpoint = this.#endpoints.get(id)
    if (endpoint !== undefined) this.#announce({ ...endpoint, ...change, version: endpoint.version + 1 })
  }

  #start(service: ServiceName, node: number): void {
    const lives = (this.#processes[service][node]?.lives ?? 0) + 1
    const life: Life = { name: `${service}-${node}/${lives}`, isAlive: true }
    this.#note(`${life.name} starts`)
    let dispatcher: DispatcherNode | null = null
    let handle: MemberOptions['handle']
    if (service === 'dispatcher') {
      dispatcher = dispatcherNode(this, life)
      handle = dispatcher.handle
    } else handle = service === 'router' ? routerNode(this, life) : retryNode(this, life)
    this.#processes[service][node] = { life, lives, dispatcher }
    this.#groups[service].join({
      life,
      handle,
      onAssigned: (places) => dispatcher?.onAssigned(places) ?? Promise.resolve(),
      onRevoked: (places) => {
        this.#note(`${life.name} loses its partitions`)
        if (service === 'dispatcher') this.auditor.revoked(life)
        dispatcher?.onRevoked(places)
      },
      fail: (error) => this.auditor.accuse('P1', `${life.name}'s handler rejects: ${String(error)}`),
    })
  }

  #befall(fault: Fault): void {
    const group = this.#groups[fault.service]
    if (fault.kind === 'rebalance') {
      this.#note(`${fault.service} rebalances`)
      group.rebalance()
      return
    }
    const processes = this.#processes[fault.service]
    const node = fault.node % processes.length
    const process = processes[node]
    if (process === undefined || !process.life.isAlive) return
    const { life } = process
    if (fault.kind === 'expel') {
      this.#note(`${life.name} is expelled for ${fault.forMs} ms`)
      group.expel(life, fault.forMs)
      return
    }
    this.#note(`${life.name} dies`)
    life.isAlive = false
    process.dispatcher?.end()
    process.dispatcher = null
    group.died(life, 200 + this.#random.below(10_000))
    this.clock.after(fault.downMs, () => this.#start(fault.service, node))
  }

  #persisted(record: StoredRecord): void {
    this.#note(`persisted ${record.topic}/${record.partition} ${record.offset}`)
    this.auditor.persisted(record)
    for (const service of services) {
      if (consumed[service].includes(record.topic)) this.#groups[service].poke(record)
    }
    if (record.topic !== topics.endpointEvents) return
    const event = decode<EndpointEvent>(record.value)
    // The control plane follows within a second.
    if (event.kind === 'disabled')
      this.clock.after(1_000, () => {
        this.auditor.disabled(event.endpointId)
        this.#change(event.endpointId, { state: 'disabled' })
      })
  }

  #inspect(): void {
    for (const { life, dispatcher } of this.#processes.dispatcher) {
      if (dispatcher !== null) this.auditor.holds(life, dispatcher.inMemory(), dispatcherBounds)
    }
  }

  #note(line: string): void {
    const laterMs = this.clock.nowMs - startMs
    let mixed = this.#fingerprint ^ laterMs
    for (let index = 0; index < line.length; index += 1)
      mixed = Math.imul(mixed ^ line.charCodeAt(index), 0x01000193)
    this.#fingerprint = mixed >>> 0
    if (this.#isTraced) this.#trace(`${(laterMs / 1_000).toFixed(3).padStart(12)} ${line}`)
  }
}
