/**
 * What a seed means: who is there, what is sent, what goes wrong and when. Drawn once, before anything happens, so that
 * two runs of one seed differ only by what is changed on purpose.
 */
import {
  type Endpoint,
  type EndpointState,
  plainEndpoint,
  plainSubscription,
} from '@scanhook/domain/endpoint'
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, endpointId, orgId } from '@scanhook/domain/ids'
import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { assetEventId } from '@scanhook/identity/derived-ids'
import { type SeededRandom, seededRandom } from '@scanhook/replay/seeded-random'

export const startMs = 1_800_000_000_000

export type Manner =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'slow'; readonly latencyMs: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'hanging' }
  | { readonly kind: 'failing'; readonly status: number; readonly share: number }
  | { readonly kind: 'busy'; readonly status: number; readonly retryAfterMs: number; readonly share: number }
  /** The connection breaks; `isProcessed`: after the request was taken. */
  | { readonly kind: 'reset'; readonly isProcessed: boolean; readonly share: number }
  | { readonly kind: 'gone' }

export interface Phase {
  readonly untilMs: number
  readonly manner: Manner
}

export interface ScriptedEndpoint {
  readonly endpoint: Endpoint
  readonly latencyMs: number
  /** In order; healthy after the last. */
  readonly phases: readonly Phase[]
  /** Events that it takes in one request; a larger batch is answered with 413. */
  readonly batchMax: number
  /** Of the events of a batch: refused by name until the storm is over. */
  readonly refusedShare: number
  /** The secret of the endpoint changes; both count for a while. */
  readonly rotatesAtMs: number | null
  /** The customer chooses another profile. What was rendered stays. */
  readonly profileChange: { readonly atMs: number; readonly profile: ProfileName } | null
  readonly stateChanges: readonly { readonly atMs: number; readonly state: EndpointState }[]
}

export interface PlannedEvent {
  readonly atMs: number
  readonly event: DomainEvent
  /** Upstream writes it once more. */
  readonly isRepeated: boolean
}

export type ServiceName = 'router' | 'dispatcher' | 'retry'

export type Fault =
  /** A process dies between two steps; another one begins in its place. */
  | {
      readonly kind: 'crash'
      readonly atMs: number
      readonly service: ServiceName
      readonly node: number
      readonly downMs: number
    }
  /** Everybody gives up their partitions and gets others. */
  | { readonly kind: 'rebalance'; readonly atMs: number; readonly service: ServiceName }
  /** A process loses its partitions and does not know it for a while. */
  | {
      readonly kind: 'expel'
      readonly atMs: number
      readonly service: ServiceName
      readonly node: number
      readonly forMs: number
    }

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

export interface Scenario {
  readonly seed: number
  /** `isolation`: no faults but hanging endpoints, for the comparison with a run in which they don't hang. */
  readonly kind: 'storm' | 'isolation'
  readonly calmAtMs: number
  readonly partitions: number
  readonly nodes: Readonly<Record<ServiceName, number>>
  readonly endpoints: readonly ScriptedEndpoint[]
  readonly events: readonly PlannedEvent[]
  readonly faults: readonly Fault[]
  readonly kafkaOutages: readonly Window[]
  /** Redis, and whatever else is shared by the dispatchers beside Kafka, is away. */
  readonly sharedStateOutages: readonly Window[]
  /** Of the appends: persisted, but the acknowledgement is lost, so that they are sent again. */
  readonly ackLostShare: number
  /** Of the commits: never heard of. */
  readonly commitLostShare: number
  /** Of what a dead process had sent to the log: arrives all the same. */
  readonly lateWriteShare: number
  /** How far the broker's clock is ahead. */
  readonly brokerSkewMs: number
  readonly batchMax: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

function pick<T>(random: SeededRandom, list: readonly T[]): T {
  const picked = list[random.below(list.length)]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}

const between = (random: SeededRandom, from: number, to: number): number =>
  from + Math.floor(random.uniform() * (to - from))

export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5ca1ab1e)
  // One in eight asks only whether endpoints that hang cost the others something.
  return seed % 8 === 0 ? isolationScenario(seed, random) : stormScenario(seed, random)
}

function stormScenario(seed: number, random: SeededRandom): Scenario {
  // Mostly minutes; now and then a day and more, so that deliveries run out of time.
  const isLong = random.uniform() < 0.06
  const stormMs = isLong ? between(random, 20, 30) * hour : between(random, 30, 900) * second
  const calmAtMs = startMs + stormMs
  const organizations = 1 + random.below(2)
  const endpoints = Array.from({ length: 2 + random.below(4) }, (_, index) =>
    stormyEndpoint(random, { index, calmAtMs, org: 1 + random.below(organizations) }),
  )
  const eventsMs = Math.min(stormMs, between(random, 1, 240) * second)
  return {
    seed,
    kind: 'storm',
    calmAtMs,
    partitions: 1 + random.below(3),
    nodes: { router: 2, dispatcher: 2 + random.below(2), retry: 2 },
    endpoints,
    events: plannedEvents(random, {
      // Copies of what waits add up over the faults of a day: few, so that a seed takes milliseconds.
      count: pick(random, isLong ? [2, 4] : [5, 10, 20, 30]),
      spanMs: eventsMs,
      organizations,
      repeatShare: pick(random, [0, 0.05]),
    }),
    faults: Array.from({ length: random.below(isLong ? 3 : 7) }, () =>
      faultWithin(random, stormMs, eventsMs),
    ),
    kafkaOutages:
      random.uniform() < 0.2 ? [windowWithin(random, stormMs, between(random, 1, 40) * second)] : [],
    sharedStateOutages: random.uniform() < 0.3 ? [windowWithin(random, stormMs, stormMs)] : [],
    // Each loss leaves a copy that goes its own way to the end.
    ackLostShare: pick(random, isLong ? [0, 0.005] : [0, 0, 0.01, 0.05, 0.15]),
    commitLostShare: pick(random, [0, 0, 0.3]),
    lateWriteShare: pick(random, [0, 0.5, 1]),
    brokerSkewMs: pick(random, [0, 0, 0, -200, 200, 10 * minute]),
    batchMax: pick(random, [1, 5, 50]),
  }
}

/** Half of the endpoints are healthy, the others hang from the first request on; all get the same, at once. */
function isolationScenario(seed: number, random: SeededRandom): Scenario {
  const healthy = 2 + random.below(3)
  const hanging = 1 + random.below(3)
  const calmAtMs = startMs + 3 * minute
  const endpoints = Array.from({ length: healthy + hanging }, (_, index) =>
    scripted(random, index, 1, {
      phases: index < healthy ? [] : [{ untilMs: calmAtMs, manner: { kind: 'hanging' } }],
      latencyMs: between(random, 5, 60),
    }),
  )
  return {
    seed,
    kind: 'isolation',
    calmAtMs,
    // One for all: they share every partition, and every process.
    partitions: 1,
    nodes: { router: 1, dispatcher: 1, retry: 1 },
    endpoints,
    events: plannedEvents(random, {
      count: pick(random, [20, 50]),
      spanMs: pick(random, [second, 20 * second]),
      organizations: 1,
      repeatShare: 0,
    }),
    faults: [],
    kafkaOutages: [],
    sharedStateOutages: [],
    ackLostShare: 0,
    commitLostShare: 0,
    lateWriteShare: 0,
    brokerSkewMs: 0,
    batchMax: 50,
  }
}

/** The same world in which nobody hangs. */
export function withoutHanging(scenario: Scenario): Scenario {
  return {
    ...scenario,
    endpoints: scenario.endpoints.map((one) => ({ ...one, phases: [] })),
  }
}

interface Place {
  readonly index: number
  readonly org: number
  readonly calmAtMs: number
}

function stormyEndpoint(random: SeededRandom, { index, org, calmAtMs }: Place): ScriptedEndpoint {
  const stormMs = calmAtMs - startMs
  const isHealthy = random.uniform() < 0.35
  const phases: Phase[] = []
  for (let atMs = startMs; !isHealthy && atMs < calmAtMs; ) {
    atMs = Math.min(calmAtMs, atMs + 1 + Math.floor(random.uniform() * stormMs))
    phases.push({ untilMs: atMs, manner: mannerOf(random) })
  }
  // A 410 is for good: the endpoint is disabled by it.
  if (random.uniform() < 0.06) phases.push({ untilMs: Number.MAX_SAFE_INTEGER, manner: { kind: 'gone' } })
  const pausedAtMs = startMs + Math.floor(random.uniform() * stormMs)
  const script = scripted(random, index, org, {
    phases,
    batchMax: pick(random, [2, 1_000]),
    refusedShare: pick(random, [0, 0.2]),
    latencyMs: pick(random, [2, 20, 200]),
    rotatesAtMs: random.uniform() < 0.3 ? startMs + Math.floor(random.uniform() * stormMs) : null,
    profileChange:
      random.uniform() < 0.3
        ? { atMs: startMs + Math.floor(random.uniform() * stormMs), profile: pick(random, profileNames) }
        : null,
    stateChanges:
      random.uniform() < 0.15
        ? [
            { atMs: pausedAtMs, state: 'paused' as const },
            {
              atMs: pausedAtMs + Math.floor(random.uniform() * (calmAtMs - pausedAtMs)),
              state: 'active' as const,
            },
          ]
        : [],
  })
  return { ...script, endpoint: { ...script.endpoint, ...wishesOf(random) } }
}

/** What the customer has set up for the endpoint beside the usual. */
function wishesOf(random: SeededRandom): Partial<Endpoint> {
  const isSparse = random.uniform() < 0.1
  return {
    ordering: random.uniform() < 0.3 ? 'asset' : 'none',
    batch:
      random.uniform() < 0.2
        ? { maxEvents: 2 + random.below(8), maxWaitMs: pick(random, [50, 1_000]), maxBytes: 100_000 }
        : null,
    rateLimitPerSecond: random.uniform() < 0.1 ? 1 + random.below(5) : null,
    ...(isSparse
      ? {
          subscriptions: [
            {
              ...plainSubscription('*'),
              expireAfterMinutes: pick(random, [null, 5]),
              isLatestOnly: random.uniform() < 0.5,
            },
          ],
        }
      : {}),
  }
}

function mannerOf(random: SeededRandom): Manner {
  switch (random.below(7)) {
    case 0:
      return { kind: 'healthy' }
    case 1:
      return { kind: 'slow', latencyMs: between(random, second, 12 * second) }
    case 2:
      return { kind: 'hanging' }
    case 3:
      return { kind: 'failing', status: pick(random, [500, 503, 404, 302]), share: 1 }
    case 4:
      return { kind: 'failing', status: 502, share: 0.5 }
    case 5:
      return {
        kind: 'busy',
        status: pick(random, [429, 503]),
        retryAfterMs: pick(random, [1, 7, 30, 400, 4_000]) * second,
        share: pick(random, [0.5, 1]),
      }
    default:
      return { kind: 'reset', isProcessed: random.uniform() < 0.5, share: 0.7 }
  }
}

function scripted(
  random: SeededRandom,
  index: number,
  org: number,
  change: Partial<ScriptedEndpoint>,
): ScriptedEndpoint {
  const id = 101 + index
  const isPicky = random.uniform() < 0.2
  return {
    endpoint: {
      id: endpointId(id),
      orgId: orgId(org),
      url: `https://receiver-${id}.example/hooks`,
      state: 'active',
      profile: pick(random, profileNames),
      sealedSecrets: [],
      headers: {},
      subscriptions: [plainSubscription(isPicky ? 'location.*' : '*')],
      ...plainEndpoint,
      createdAtMs: startMs,
      version: 1,
    },
    latencyMs: 20,
    phases: [],
    batchMax: Number.MAX_SAFE_INTEGER,
    refusedShare: 0,
    rotatesAtMs: null,
    profileChange: null,
    stateChanges: [],
    ...change,
  }
}

interface Load {
  readonly count: number
  readonly spanMs: number
  readonly organizations: number
  readonly repeatShare: number
}

const types = ['location.entered', 'asset.moved', 'location.exited', 'asset.scanned'] as const

function plannedEvents(random: SeededRandom, load: Load): readonly PlannedEvent[] {
  const sequences = new Map<string, number>()
  const times = Array.from({ length: load.count }, () => Math.floor(random.uniform() * load.spanMs))
  return times
    .sort((one, other) => one - other)
    .map((laterMs) => {
      const org = orgId(1 + random.below(load.organizations))
      const asset = assetId(1 + random.below(4))
      const sequence = (sequences.get(`${org}:${asset}`) ?? 0) + 1
      sequences.set(`${org}:${asset}`, sequence)
      const type = pick(random, types)
      const atMs = startMs + laterMs
      const event: DomainEvent = {
        eventId: assetEventId(org, asset, type, null, sequence),
        orgId: org,
        type,
        occurredAtMs: atMs - random.below(5_000),
        receivedAtMs: atMs,
        subject: `asset:${asset}`,
        assetId: asset,
        sequence,
        previousEventId: null,
        transitionId: null,
        dataJson: `{"asset":${asset},"sequence":${sequence}}`,
      }
      return { atMs, event, isRepeated: random.uniform() < load.repeatShare }
    })
}

function faultWithin(random: SeededRandom, stormMs: number, busyMs: number): Fault {
  // Most of them while something is going on.
  const spanMs = random.uniform() < 0.7 ? Math.min(stormMs, busyMs + 20 * second) : stormMs
  const atMs = startMs + Math.floor(random.uniform() * spanMs)
  const service = pick(random, ['router', 'dispatcher', 'dispatcher', 'dispatcher', 'retry'] as const)
  const node = random.below(3)
  switch (random.below(3)) {
    case 0:
      return { kind: 'rebalance', atMs, service }
    case 1:
      return { kind: 'expel', atMs, service, node, forMs: between(random, 100, 30_000) }
    default:
      return { kind: 'crash', atMs, service, node, downMs: between(random, 50, 20_000) }
  }
}

function windowWithin(random: SeededRandom, stormMs: number, maxMs: number): Window {
  const fromMs = startMs + Math.floor(random.uniform() * stormMs)
  return { fromMs, toMs: Math.min(startMs + stormMs, fromMs + Math.floor(random.uniform() * maxMs)) }
}
