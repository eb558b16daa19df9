/**
 * The cascade in a world made of arrays: deliveries wait for anything up to 30 hours while every process' wall clock is
 * wrong by up to ten minutes and jumps, monotonic clocks drift, brokers restart, processes die and come back, tiers change
 * hands and acknowledgements get lost. The retry tiers' own handler and the cluster clock's own estimate run in it; the
 * dispatcher is the few lines that it has for due times.
 *
 * Promises: no attempt before its wait is over, on the brokers' clock; and none later than a second after it, plus as long as
 * somebody who was needed was away.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import { endpointId } from '@scanhook/domain/ids'
import { chooseHop, type Hop } from '@scanhook/domain/retry/choose-hop'
import { type TierName, tierNames } from '@scanhook/domain/retry/tiers'
import { ClockEstimate, settlingSamples } from '@scanhook/kafka/clock-estimate'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { dueReleaser } from './release-due.ts'

// Some hundred lives take some seconds; this only ends a run that hangs.
vi.setConfig({ testTimeout: 120_000 })

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
/** The brokers' clock at the beginning. */
const epochMs = 1_800_000_000_000
/** What the hops, the round trips and the clocks' errors may cost together. */
const lateMaxMs = second
/** A sample that takes longer is given up, as in life. */
const roundTripMaxMs = 2 * second
/** Deliveries that one fetch brings. */
const fetchMax = 4

interface Wait {
  readonly atMs: number
  readonly waitMs: number
}

interface Fault {
  readonly kind: 'broker' | 'kill' | 'rebalance' | 'wallJump'
  /** Share of the run. */
  readonly at: number
  readonly durationMs: number
  readonly whom: number
}

interface Life {
  readonly seed: number
  readonly waits: readonly Wait[]
  readonly faults: readonly Fault[]
}

interface Process {
  readonly clock: {
    readonly startedAtMs: number
    readonly drift: number
    readonly estimate: ClockEstimate
    wallOffByMs: number
  }
  /** What it does belongs to its life. */
  readonly life: number
  /** Nothing is done before: it is dead, or has not measured yet. */
  isWorking: boolean
  samples: number
}

interface Stored {
  readonly id: number
  readonly dueAtMs: number
  readonly stampMs: number
}

interface Tier {
  readonly name: TierName
  readonly records: Stored[]
  committed: number
  position: number
  owner: number
  /** An assignment: what an older one does no longer counts. */
  epoch: number
  isBusy: boolean
}

interface Sent {
  readonly id: number
  readonly lateMs: number
  /** So long somebody was away between its creation and its sending. */
  readonly awayMs: number
}

const retryProcesses = [0, 1]
const dispatchers = [2, 3]

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

class World {
  /** True time, which is the brokers' clock. */
  nowMs = 0
  readonly sent: Sent[] = []
  readonly #life: Life
  readonly #random: () => number
  readonly #events: { readonly atMs: number; readonly act: () => void }[] = []
  readonly #processes: Process[] = []
  readonly #tiers: Tier[]
  readonly #horizonMs: number
  /** When something was away: the broker, or a process. */
  readonly #away: { readonly fromMs: number; readonly toMs: number }[] = []
  readonly #open = new Set<number>()
  #brokerUpAtMs = 0

  constructor(life: Life) {
    this.#life = life
    this.#random = randomFrom(life.seed)
    this.#horizonMs = Math.max(...life.waits.map(({ atMs, waitMs }) => atMs + waitMs))
    this.#tiers = tierNames.map((name, index) => ({
      name,
      records: [],
      committed: 0,
      position: 0,
      owner: index % 2,
      epoch: 0,
      isBusy: false,
    }))
    for (const index of [...retryProcesses, ...dispatchers]) this.#start(index)
  }

  async run(): Promise<void> {
    this.#life.waits.forEach((wait, id) => {
      this.#open.add(id)
      this.#at(minute + wait.atMs, () => this.#answered(id, wait.waitMs))
    })
    for (const fault of this.#life.faults) {
      this.#at(minute + fault.at * this.#horizonMs, () => this.#strike(fault))
    }
    for (let turns = 0; this.#open.size > 0; turns += 1) {
      if (turns > 200_000) throw new Error(`${[...this.#open]} never come`)
      const next = this.#events.pop()
      if (next === undefined) throw new Error('the world stands still')
      this.nowMs = next.atMs
      next.act()
      // The handler under test is asynchronous; what it does at this instant it does now.
      for (let tick = 0; tick < 8; tick += 1) await null
    }
  }

  #at(atMs: number, act: () => void): void {
    const event = { atMs: Math.max(atMs, this.nowMs), act }
    let index = this.#events.length
    while (index > 0 && (this.#events[index - 1]?.atMs ?? 0) <= event.atMs) index -= 1
    this.#events.splice(index, 0, event)
  }

  #trueMs(): number {
    return epochMs + this.nowMs
  }

  /** A way through the network: mostly a millisecond, sometimes fifty. */
  #way(): number {
    return this.#random() < 0.9 ? this.#random() * 2 : this.#random() * 50
  }

  /** When a request that is sent now reaches a broker that is there. */
  #arrival(): number {
    return Math.max(this.nowMs + this.#way(), this.#brokerUpAtMs)
  }

  // ── processes and their clocks ──

  #start(index: number): void {
    const process: Process = {
      clock: {
        startedAtMs: this.nowMs - this.#random() * 1e6,
        drift: (this.#random() - 0.5) * 1e-4,
        estimate: new ClockEstimate(),
        wallOffByMs: (this.#random() * 2 - 1) * 10 * minute,
      },
      life: (this.#processes[index]?.life ?? 0) + 1,
      isWorking: false,
      samples: 0,
    }
    this.#processes[index] = process
    this.#sample(index, process)
  }

  #isAlive(index: number, process: Process): boolean {
    return this.#processes[index] === process
  }

  #monotonicMs({ clock }: Process): number {
    return (this.nowMs - clock.startedAtMs) * (1 + clock.drift)
  }

  #clockMs(process: Process): number {
    const wallMs = Math.floor(this.#trueMs() + process.clock.wallOffByMs)
    return process.clock.estimate.nowMs(this.#monotonicMs(process)) ?? wallMs
  }

  #errorMs(process: Process): number {
    return process.clock.estimate.errorMs(this.#monotonicMs(process)) ?? 0
  }

  /** Acts when the process' own timer of `delayMs` has run out. */
  #after(process: Process, delayMs: number, act: () => void): void {
    this.#at(this.nowMs + Math.max(1, delayMs) / (1 + process.clock.drift), act)
  }

  /** One round trip; the first ones at once, and nothing is done before they are there. */
  #sample(index: number, process: Process): void {
    const sentAtMs = this.#monotonicMs(process)
    this.#at(this.#arrival(), () => {
      const brokerMs = Math.floor(this.#trueMs())
      this.#at(this.nowMs + this.#way(), () => {
        if (!this.#isAlive(index, process)) return
        const acknowledgedAtMs = this.#monotonicMs(process)
        if (acknowledgedAtMs - sentAtMs <= roundTripMaxMs) {
          process.clock.estimate.add({ sentAtMs, acknowledgedAtMs, brokerMs })
          process.samples += 1
        }
        if (process.samples < settlingSamples) this.#sample(index, process)
        else this.#measured(index, process)
      })
    })
  }

  #measured(index: number, process: Process): void {
    if (!process.isWorking) {
      process.isWorking = true
      for (const tier of this.#tiers) if (tier.owner === index) this.#poll(tier)
    }
    // Rarer than in life where the run is long, which makes the clocks worse.
    this.#after(process, Math.max(10 * second, this.#horizonMs / 200), () => {
      if (this.#isAlive(index, process)) this.#sample(index, process)
    })
  }

  // ── what goes wrong ──

  #strike({ kind, durationMs, whom }: Fault): void {
    switch (kind) {
      case 'broker':
        this.#away.push({ fromMs: this.nowMs, toMs: this.nowMs + durationMs })
        this.#brokerUpAtMs = Math.max(this.#brokerUpAtMs, this.nowMs + durationMs)
        return
      case 'kill':
        this.#kill(whom % 4, durationMs)
        return
      case 'rebalance':
        for (const tier of this.#tiers) this.#assign(tier, (tier.owner + whom) % 2)
        return
      case 'wallJump': {
        const process = this.#processes[whom % 4]
        if (process !== undefined) process.clock.wallOffByMs = (this.#random() * 2 - 1) * 10 * minute
      }
    }
  }

  #kill(index: number, durationMs: number): void {
    const dead = this.#processes[index]
    if (dead === undefined || !dead.isWorking) return
    // The dead one's partitions are nobody's until it is missed and another one, here itself, has them.
    this.#away.push({ fromMs: this.nowMs, toMs: this.nowMs + durationMs + second })
    this.#processes[index] = { ...dead, life: dead.life + 1, isWorking: false }
    for (const tier of this.#tiers) if (tier.owner === index) this.#assign(tier, index)
    this.#at(this.nowMs + durationMs, () => this.#start(index))
  }

  #assign(tier: Tier, owner: number): void {
    tier.owner = owner
    tier.epoch += 1
    tier.position = tier.committed
    tier.isBusy = false
    this.#poll(tier)
  }

  // ── the log ──

  /** Appends, and now and then does it twice because the acknowledgement was lost. */
  #append(hop: Hop, id: number, dueAtMs: number, acknowledged: () => void): void {
    this.#at(this.#arrival(), () => {
      if (hop.kind === 'tier') {
        const tier = this.#tiers.find(({ name }) => name === hop.name)
        tier?.records.push({ id, dueAtMs, stampMs: Math.floor(this.#trueMs()) })
        if (tier !== undefined) this.#poll(tier)
      } else {
        this.#toDispatcher(id, dueAtMs)
      }
      if (this.#random() < 0.05) this.#append(hop, id, dueAtMs, acknowledged)
      else this.#at(this.nowMs + this.#way(), acknowledged)
    })
  }

  #poll(tier: Tier): void {
    const process = this.#processes[tier.owner]
    if (process === undefined || !process.isWorking || tier.isBusy) return
    if (tier.position >= tier.records.length) return
    tier.isBusy = true
    const { epoch } = tier
    this.#at(this.#arrival(), () => {
      if (tier.epoch === epoch) void this.#handle(tier, process)
    })
  }

  async #handle(tier: Tier, process: Process): Promise<void> {
    const { epoch, position } = tier
    const isCurrent = (): boolean => tier.epoch === epoch
    const stored = tier.records.slice(position, position + fetchMax)
    tier.position = position + stored.length
    let pause: { readonly offset: number; readonly delayMs: number } | null = null
    const handler = dueReleaser({
      decode: (value) => ({ kind: 'good', value: JSON.parse(`${value}`) as Delivery }),
      tierOf: () => tier.name,
      topicOf: (hop) => (hop.kind === 'tier' ? hop.name : 'deliveries'),
      keyOf: () => '1',
      poisonOf: () => expect.unreachable('nothing is bad here'),
      appendAll: (records) => this.#appendAll(records),
      released: () => undefined,
      heads: { waits: () => undefined, emptied: () => undefined },
      nowMs: () => this.#clockMs(process),
      scale: 1,
    })
    await handler({
      topic: tier.name,
      partition: 0,
      records: stored.map((each, index) => recordOf(tier.name, each, position + index)),
      highWatermark: tier.records.length,
      signal: new AbortController().signal,
      over: new AbortController().signal,
      done: () => undefined,
      doneThrough: (offset) => {
        if (isCurrent()) tier.committed = offset + 1
      },
      stillWaiting: () => undefined,
      pauseUntil: (offset, resumeAtMs) => {
        pause = { offset, delayMs: resumeAtMs - this.#clockMs(process) }
      },
    })
    if (isCurrent()) this.#rest(tier, process, pause)
  }

  #rest(
    tier: Tier,
    process: Process,
    pause: { readonly offset: number; readonly delayMs: number } | null,
  ): void {
    const { epoch } = tier
    const goOn = (): void => {
      if (tier.epoch !== epoch) return
      tier.isBusy = false
      this.#poll(tier)
    }
    if (pause === null) {
      goOn()
      return
    }
    tier.position = pause.offset
    this.#after(process, pause.delayMs, goOn)
  }

  #appendAll(records: readonly OutgoingRecord[]): Promise<void> {
    const acknowledged = records.map(
      ({ topic, value }) =>
        new Promise<void>((resolve) => {
          const { id, dueAtMs } = JSON.parse(`${value}`) as Stored
          const name = tierNames.find((tier) => tier === topic)
          this.#append(
            name === undefined ? { kind: 'deliveries' } : { kind: 'tier', name },
            id,
            dueAtMs,
            resolve,
          )
        }),
    )
    return Promise.all(acknowledged).then(() => undefined)
  }

  // ── the dispatcher ──

  /** An attempt of `id` has failed just now, and the next one is to be made after `waitMs`. */
  #answered(id: number, waitMs: number): void {
    const process = this.#processes[dispatchers[id % 2] ?? 2]
    if (process === undefined || !process.isWorking) {
      this.#at(this.nowMs + second, () => this.#answered(id, waitMs))
      return
    }
    this.#notBefore.set(id, { fromMs: this.nowMs, dueMs: this.nowMs + waitMs })
    const nowMs = this.#clockMs(process)
    const dueAtMs = nowMs + Math.ceil(this.#errorMs(process)) + waitMs
    this.#append(chooseHop(dueAtMs, nowMs, 1), id, dueAtMs, () => undefined)
  }

  /** In truth: when the wait began and when it is over. */
  readonly #notBefore = new Map<number, { readonly fromMs: number; readonly dueMs: number }>()

  #toDispatcher(id: number, dueAtMs: number): void {
    const index = dispatchers[this.#random() < 0.5 ? 0 : 1] ?? 2
    this.#at(this.#arrival(), () => {
      const process = this.#processes[index]
      if (process?.isWorking === true) this.#consider(index, process, id, dueAtMs)
      else this.#at(this.nowMs + 100, () => this.#toDispatcher(id, dueAtMs))
    })
  }

  #consider(index: number, process: Process, id: number, dueAtMs: number): void {
    // What a dead one held in memory is still in the log.
    if (!this.#isAlive(index, process)) {
      this.#toDispatcher(id, dueAtMs)
      return
    }
    const nowMs = this.#clockMs(process)
    const hop = chooseHop(dueAtMs, nowMs, 1)
    const leftMs = dueAtMs - (nowMs - this.#errorMs(process))
    if (hop.kind === 'tier') this.#append(hop, id, dueAtMs, () => undefined)
    else if (leftMs > 0) this.#after(process, leftMs, () => this.#consider(index, process, id, dueAtMs))
    else this.#send(id)
  }

  #send(id: number): void {
    const truth = this.#notBefore.get(id)
    if (truth === undefined) throw new Error(`nobody made ${id}`)
    const awayMs = this.#away
      .map(({ fromMs, toMs }) => Math.min(toMs, this.nowMs) - Math.max(fromMs, truth.fromMs))
      .reduce((sum, each) => sum + Math.max(0, each), 0)
    const isFirst = this.#open.delete(id)
    // A duplicate may come late, never early.
    if (isFirst || this.nowMs < truth.dueMs) this.sent.push({ id, lateMs: this.nowMs - truth.dueMs, awayMs })
  }
}

function recordOf(topic: string, { id, dueAtMs, stampMs }: Stored, offset: number): KafkaRecord {
  const value = Buffer.from(JSON.stringify({ id, dueAtMs, endpointId: endpointId(1) }))
  return { topic, partition: 0, offset, timestampMs: stampMs, key: null, value, headers: {} }
}

const anyWaitMs = fc.oneof(
  fc.integer({ min: 0, max: 12 * second }),
  fc.integer({ min: 0, max: 12 * minute }),
  fc.integer({ min: 0, max: 30 * hour }),
  // Where one tier ends and the next begins.
  fc
    .tuple(
      fc.constantFrom(10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 24 * hour),
      fc.integer({ min: -50, max: 50 }),
    )
    .map(([tierMs, aroundMs]) => tierMs + aroundMs),
)
const anyWait = fc.record({ atMs: fc.integer({ min: 0, max: 10 * minute }), waitMs: anyWaitMs })
const anyFault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('broker', 'kill', 'rebalance', 'wallJump'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  durationMs: fc.integer({ min: 100, max: 90 * second }),
  whom: fc.nat(7),
})
const anyLife: fc.Arbitrary<Life> = fc.record({
  seed: fc.integer(),
  waits: fc.array(anyWait, { minLength: 1, maxLength: 15 }),
  faults: fc.array(anyFault, { maxLength: 6 }),
})

async function live(life: Life): Promise<readonly Sent[]> {
  const world = new World(life)
  await world.run()
  return world.sent
}

test('never early, and late by a second at most beyond what was away, whatever the wall clocks say', async () => {
  await fc.assert(
    fc.asyncProperty(anyLife, async (life) => {
      for (const { lateMs, awayMs } of await live(life)) {
        expect(lateMs).toBeGreaterThanOrEqual(0)
        // Once for the outage itself, once for those before it in the tier, which were appended when it ended.
        expect(lateMs).toBeLessThanOrEqual(lateMaxMs + 2 * awayMs)
      }
    }),
    { numRuns: 400 },
  )
})

test('without faults every wait is exact to half a second', async () => {
  await fc.assert(
    fc.asyncProperty(anyLife, async (life) => {
      for (const { lateMs } of await live({ ...life, faults: [] })) {
        expect(lateMs).toBeGreaterThanOrEqual(0)
        expect(lateMs).toBeLessThanOrEqual(lateMaxMs / 2)
      }
    }),
    { numRuns: 200 },
  )
})
