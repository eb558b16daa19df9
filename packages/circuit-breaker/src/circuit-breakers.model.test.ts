/** Whatever happens in whatever order, the breakers do what a model does that counts a list and asks no opossum. */
import { type EndpointId, endpointId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { BucketRotation } from './bucket-rotation.ts'
import { type BreakerCall, type CircuitBreakers, openCircuitBreakers } from './circuit-breakers.ts'

const second = 1_000
const minute = 60 * second
const startMs = 1_780_000_000_000
const callMaxMs = 16 * second
const waits = [30, 60, 120, 240, 480, 900]
const verdicts = ['success', 'failure', 'none'] as const
type Verdict = (typeof verdicts)[number]

type Step =
  | { readonly act: 'judge' | 'begin' | 'forget'; readonly endpoint: number }
  | { readonly act: 'end'; readonly pick: number; readonly verdict: Verdict }
  | { readonly act: 'burst'; readonly endpoint: number; readonly verdict: Verdict; readonly times: number }
  | {
      readonly act: 'restore'
      readonly endpoint: number
      readonly aheadMs: number
      readonly openings: number
      readonly epoch: number
    }
  | { readonly act: 'wait'; readonly ms: number }

const stepsOf = (endpoints: number): fc.Arbitrary<Step[]> => {
  const endpoint = fc.integer({ min: 1, max: endpoints })
  const verdict = fc.constantFrom(...verdicts)
  const ms = fc.constantFrom(1, second, 5 * second, 10 * second, callMaxMs, 30 * second, minute, 20 * minute)
  return fc.array(
    fc.oneof(
      fc.record({ act: fc.constantFrom('judge', 'begin', 'begin', 'begin'), endpoint }),
      fc.record({ act: fc.constant('end'), pick: fc.nat(), verdict }),
      fc.record({ act: fc.constant('burst'), endpoint, verdict, times: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ act: fc.constant('wait'), ms }),
      { weight: 1, arbitrary: fc.record({ act: fc.constant('forget'), endpoint }) },
      fc.record({
        act: fc.constant('restore'),
        endpoint,
        aheadMs: fc.constantFrom(-minute, 0, minute, 60 * minute),
        openings: fc.integer({ min: 1, max: 8 }),
        epoch: fc.nat(100),
      }),
    ),
    { minLength: 1, maxLength: 120, size: 'max' },
  ) as fc.Arbitrary<Step[]>
}

interface ModelCall {
  readonly endpoint: number
  readonly change: number
  readonly beganAtMs: number
}

class ModelEndpoint {
  state: 'closed' | 'open' | 'half_open' = 'closed'
  untilMs = 0
  openings = 0
  closedAtMs = 0
  hasSucceeded = false
  usedAtMs = 0
  /** How often anything happened after which earlier calls do not count. */
  change = 0
  outcomes: { readonly bucket: number; readonly isSuccess: boolean }[] = []
  probe: ModelCall | null = null
}

class Model {
  readonly told: string[] = []
  readonly endpoints = new Map<number, ModelEndpoint>()
  readonly #random: number
  #turnedTo = 0
  nowMs = startMs

  constructor(random: number) {
    this.#random = random
  }

  of(endpoint: number): ModelEndpoint {
    const found = this.endpoints.get(endpoint) ?? new ModelEndpoint()
    this.endpoints.set(endpoint, found)
    return found
  }

  judge(endpoint: number): string {
    const at = this.#look(endpoint)
    if (at.state === 'open') return `open ${at.untilMs}`
    return at.state === 'closed' ? 'closed' : `half_open ${this.#isProbing(at)}`
  }

  begin(endpoint: number): ModelCall {
    const at = this.#look(endpoint)
    const call = { endpoint, change: at.change, beganAtMs: this.nowMs }
    if (at.state === 'half_open' && !this.#isProbing(at)) at.probe = call
    return call
  }

  end(call: ModelCall, verdict: Verdict): void {
    if (!this.#isAlive(call)) return
    this.#turn()
    const at = this.of(call.endpoint)
    if (at.state === 'closed') {
      if (verdict !== 'none' && call.change === at.change) this.#count(call.endpoint, verdict === 'success')
      return
    }
    if (at.probe !== call) return
    at.probe = null
    if (verdict === 'failure') this.#open(call.endpoint)
    if (verdict !== 'success') return
    const { openings, change } = at
    const fresh = this.#renew(call.endpoint, change + 1)
    Object.assign(fresh, {
      openings,
      closedAtMs: this.nowMs,
      usedAtMs: this.nowMs,
      hasSucceeded: true,
      outcomes: [{ bucket: this.#bucket(), isSuccess: true }],
    })
    this.told.push(`${call.endpoint} closed`)
  }

  restore(endpoint: number, aheadMs: number, openings: number): void {
    const at = this.of(endpoint)
    if (at.state !== 'closed' || at.hasSucceeded) return
    const fresh = this.#renew(endpoint, at.change + 1)
    Object.assign(fresh, { state: 'open', untilMs: this.nowMs + Math.min(aheadMs, 18 * minute), openings })
  }

  forget(endpoint: number): void {
    this.#renew(endpoint, this.of(endpoint).change + 1)
  }

  #renew(endpoint: number, change: number): ModelEndpoint {
    const fresh = new ModelEndpoint()
    fresh.change = change
    this.endpoints.set(endpoint, fresh)
    return fresh
  }

  #count(endpoint: number, isSuccess: boolean): void {
    const at = this.of(endpoint)
    at.usedAtMs = this.nowMs
    at.outcomes.push({ bucket: this.#bucket(), isSuccess })
    const counted = at.outcomes.filter(({ bucket }) => bucket > this.#bucket() - 6)
    const failures = counted.filter((each) => !each.isSuccess).length
    if (!isSuccess && counted.length >= 10 && failures * 2 > counted.length) {
      this.#open(endpoint)
      return
    }
    if (!isSuccess) return
    at.hasSucceeded = true
    if (this.nowMs - at.closedAtMs >= minute) at.openings = 0
  }

  #open(endpoint: number): void {
    const { openings, change } = this.of(endpoint)
    const fresh = this.#renew(endpoint, change + 1)
    const waitMs = (waits[openings] ?? 900) * second * (0.8 + 0.4 * this.#random)
    Object.assign(fresh, {
      state: 'open',
      openings: openings + 1,
      untilMs: this.nowMs + Math.ceil(Number(waitMs.toFixed(6))),
    })
    this.told.push(`${endpoint} opened`)
  }

  #look(endpoint: number): ModelEndpoint {
    const at = this.of(endpoint)
    if (at.state === 'open' && at.untilMs <= this.nowMs) {
      at.state = 'half_open'
      at.change += 1
      this.told.push(`${endpoint} half_opened`)
    }
    return at
  }

  #bucket(): number {
    return Math.floor((this.nowMs - startMs) / (10 * second))
  }

  /** What was idle for long is dropped when a bucket ends and somebody is there to see it. */
  #turn(): void {
    if (this.#bucket() <= this.#turnedTo) return
    this.#turnedTo = this.#bucket()
    for (const [endpoint, at] of this.endpoints) {
      const keptMs = at.openings === 0 ? minute : 19 * minute
      if (at.state === 'closed' && this.nowMs - at.usedAtMs >= keptMs) this.#renew(endpoint, at.change)
    }
  }

  #isAlive(call: ModelCall): boolean {
    return this.nowMs - call.beganAtMs < callMaxMs
  }

  #isProbing({ probe }: ModelEndpoint): boolean {
    return probe !== null && this.#isAlive(probe)
  }
}

const judged = (breakers: CircuitBreakers, endpoint: EndpointId): string => {
  const judgement = breakers.judge(endpoint)
  if (judgement.kind === 'closed') return 'closed'
  return judgement.kind === 'open' ? `open ${judgement.untilMs}` : `half_open ${judgement.isProbing}`
}

/** Does the steps with both; returns what is to be compared after each. */
class Run {
  readonly model: Model
  readonly told: string[] = []
  readonly epochs: number[] = []
  readonly breakers: CircuitBreakers
  readonly #calls: { readonly real: BreakerCall; readonly modelled: ModelCall }[] = []

  constructor(random: number, max: number) {
    this.model = new Model(random)
    this.breakers = openCircuitBreakers({
      max,
      deadlineMs: 15 * second,
      scale: 1,
      nowMs: () => this.model.nowMs,
      random: () => random,
      changed: (endpoint, snapshot, transition) => {
        this.told.push(`${endpoint} ${transition}`)
        if (snapshot !== null) this.epochs.push(snapshot.epoch)
      },
    })
  }

  do(step: Step): void {
    switch (step.act) {
      case 'wait':
        this.model.nowMs += step.ms
        return
      case 'judge':
        expect(judged(this.breakers, endpointId(step.endpoint))).toBe(this.model.judge(step.endpoint))
        return
      case 'begin':
        this.#calls.push(this.#begin(step.endpoint))
        return
      case 'end': {
        const [ended] = this.#calls.splice(step.pick % Math.max(1, this.#calls.length), 1)
        if (ended !== undefined) this.#end(ended, step.verdict)
        return
      }
      case 'burst':
        for (let count = 0; count < step.times; count += 1)
          this.#end(this.#begin(step.endpoint), step.verdict)
        return
      case 'forget':
        this.breakers.forget(endpointId(step.endpoint))
        this.model.forget(step.endpoint)
        return
      case 'restore': {
        const { aheadMs, openings, epoch } = step
        const untilMs = this.model.nowMs + aheadMs
        this.breakers.restore(endpointId(step.endpoint), { state: 'open', untilMs, openings, epoch })
        this.model.restore(step.endpoint, aheadMs, openings)
      }
    }
  }

  #begin(endpoint: number): { readonly real: BreakerCall; readonly modelled: ModelCall } {
    return { real: this.breakers.begin(endpointId(endpoint)), modelled: this.model.begin(endpoint) }
  }

  #end(call: { readonly real: BreakerCall; readonly modelled: ModelCall }, verdict: Verdict): void {
    this.breakers.end(call.real, verdict)
    this.model.end(call.modelled, verdict)
  }
}

/** Room for two closed breakers and six endpoints; knows only what was told. */
class CrowdedRun {
  readonly open = new Map<EndpointId, number>()
  readonly breakers: CircuitBreakers
  readonly #calls: BreakerCall[] = []
  #nowMs = startMs

  constructor(random: number) {
    this.breakers = openCircuitBreakers({
      max: 2,
      deadlineMs: 15 * second,
      scale: 1,
      nowMs: () => this.#nowMs,
      random: () => random,
      changed: (endpoint, snapshot) => {
        if (snapshot === null) this.open.delete(endpoint)
        else this.open.set(endpoint, snapshot.untilMs)
      },
    })
  }

  do(step: Step): void {
    if (step.act === 'wait') this.#nowMs += step.ms
    if (step.act === 'begin') this.#calls.push(this.breakers.begin(endpointId(step.endpoint)))
    if (step.act === 'end') {
      const [ended] = this.#calls.splice(step.pick % Math.max(1, this.#calls.length), 1)
      if (ended !== undefined) this.breakers.end(ended, step.verdict)
    }
    if (step.act !== 'burst') return
    for (let count = 0; count < step.times; count += 1)
      this.breakers.end(this.breakers.begin(endpointId(step.endpoint)), step.verdict)
  }

  expectOpen(): void {
    for (const [endpoint, untilMs] of this.open)
      if (untilMs > this.#nowMs) expect(this.breakers.judge(endpoint)).toEqual({ kind: 'open', untilMs })
  }
}

const random = fc.constantFrom(0, 0.25, 0.5, 0.999)

afterEach(() => {
  vi.restoreAllMocks()
})

test('B1, B2, B3, B4, B5, B7: the breakers do what the model does', () => {
  let opened = 0
  let closed = 0
  fc.assert(
    fc.property(stepsOf(3), random, (steps, chance) => {
      const run = new Run(chance, 1_000)
      for (const step of steps) {
        run.do(step)
        expect(run.told).toEqual(run.model.told)
      }
      expect([1, 2, 3].map((id) => judged(run.breakers, endpointId(id)))).toEqual(
        [1, 2, 3].map((id) => run.model.judge(id)),
      )
      expect(run.epochs).toEqual([...new Set(run.epochs)].sort((left, right) => left - right))
      opened += run.told.filter((each) => each.endsWith(' opened')).length
      closed += run.told.filter((each) => each.endsWith(' closed')).length
      run.breakers.stop()
    }),
    { numRuns: 1_000 },
  )
  // Steps that never open anything would agree with any model.
  expect(opened).toBeGreaterThan(500)
  expect(closed).toBeGreaterThan(100)
})

test('B6: trap 9: with room for two, nothing open is lost, and no opossum breaker stays behind', () => {
  const rotated = new Set<unknown>()
  const { on, removeListener } = BucketRotation.prototype
  vi.spyOn(BucketRotation.prototype, 'on').mockImplementation(function (this: BucketRotation, event, turn) {
    rotated.add(turn)
    return on.call(this, event, turn)
  })
  vi.spyOn(BucketRotation.prototype, 'removeListener').mockImplementation(function (
    this: BucketRotation,
    event,
    turn,
  ) {
    rotated.delete(turn)
    return removeListener.call(this, event, turn)
  })
  fc.assert(
    fc.property(stepsOf(6), random, (steps, chance) => {
      const run = new CrowdedRun(chance)
      for (const step of steps) {
        run.do(step)
        const { open, halfOpen, known } = run.breakers.counts()
        expect(open + halfOpen).toBe(run.open.size)
        expect(known - run.open.size).toBeLessThanOrEqual(2)
        expect(rotated.size).toBe(known - run.open.size)
        run.expectOpen()
      }
      run.breakers.stop()
      expect(rotated.size).toBe(0)
    }),
    { numRuns: 500 },
  )
})
