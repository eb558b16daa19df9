import type { Delivery } from '@scanhook/domain/delivery'
import type { ClaimedJob, JobPosition, JobProgress, JobState } from '@scanhook/postgres/jobs'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JobPage, JobReader, Stuck } from './job-page.ts'
import { pageLimitOf, type RunEnd, runJob } from './run-job.ts'

const claimed: ClaimedJob = {
  id: 1,
  orgId: 1,
  kind: 'recover',
  endpointId: 9,
  sinceMs: 0,
  untilMs: 1,
  eventTypes: null,
  perSecond: 40,
  createdBy: 5,
  state: 'running',
  error: null,
  createdAtMs: 0,
  startedAtMs: 0,
  finishedAtMs: null,
  position: null,
  scanned: 0,
  enqueued: 0,
  skipped: {},
  total: null,
  isTotalEstimated: false,
  leaseNumber: 1,
}

/** A job over so many rows, of which every `skipEvery`th is skipped. Time passes by waiting alone. */
class Bench {
  nowMs = 1_000_000
  /** Row and instant. */
  readonly sent: (readonly [row: number, atMs: number])[] = []
  readonly stopping = new AbortController()
  stored: JobProgress = claimed
  state: JobState = 'running'
  perSecond = claimed.perSecond
  isLost = false
  stuck: Stuck | null = null
  onSend: () => void | Promise<void> = () => undefined
  onAdvance: () => void = () => undefined
  readonly rows: number
  readonly skipEvery: number

  constructor(rows: number, skipEvery = Number.POSITIVE_INFINITY) {
    this.rows = rows
    this.skipEvery = skipEvery
  }

  readonly reader: JobReader = {
    plan: async () => ({ position: at(0), total: this.rows, isTotalEstimated: false }),
    read: async (position, limit) => this.stuck ?? this.#read(position, limit),
    close: () => undefined,
  }

  #read(position: JobPosition, limit: number): JobPage {
    const from = position.pass === 'topic' ? (position.partitions[0]?.next ?? 0) : 0
    const rows = Array.from({ length: Math.min(limit, this.rows - from) }, (_, index) => from + index)
    const wanted = rows.filter((row) => (row + 1) % this.skipEvery !== 0)
    return {
      kind: 'page',
      deliveries: wanted.map((row) => deliveryTo(9, { createdAtMs: row })),
      scanned: rows.length,
      skipped: rows.length > wanted.length ? { settled: rows.length - wanted.length } : {},
      position: at(from + rows.length),
      isLast: rows.length < limit,
    }
  }

  run(turnMs = 10_000_000): Promise<RunEnd> {
    return runJob(
      {
        advance: async (_, progress) => {
          this.onAdvance()
          if (this.isLost) return null
          this.stored = progress
          return { state: this.state, perSecond: this.perSecond }
        },
        send: async (deliveries: readonly Delivery[]) => {
          await this.onSend()
          for (const { createdAtMs } of deliveries) this.sent.push([createdAtMs, this.nowMs])
        },
        clock: {
          nowMs: () => this.nowMs,
          after: (delayMs, act) => {
            let isCancelled = false
            void Promise.resolve().then(() => {
              if (isCancelled) return
              this.nowMs += delayMs
              act()
            })
            return () => {
              isCancelled = true
            }
          },
        },
        onPage: () => undefined,
      },
      this.reader,
      { ...claimed, ...this.stored, perSecond: this.perSecond },
      { leaseMs: 30_000, turnMs, signal: this.stopping.signal },
    )
  }

  get rowsSent(): readonly number[] {
    return this.sent.map(([row]) => row)
  }
}

const at = (next: number): JobPosition => ({ pass: 'topic', partitions: [{ next, end: Infinity }] })
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

test('it sends all that is wanted, counts the rest, and knows in the end how much it was', async () => {
  const bench = new Bench(95, 10)
  expect(await bench.run()).toEqual({ kind: 'done' })
  expect(bench.rowsSent).toEqual(upTo(95).filter((row) => (row + 1) % 10 !== 0))
  expect(bench.stored).toMatchObject({ scanned: 95, enqueued: 86, skipped: { settled: 9 }, total: 95 })
})

test('G1: a crash after Kafka has it and before its place is stored repeats one page, and nothing is missed', async () => {
  const bench = new Bench(95)
  let pages = 0
  bench.onAdvance = () => {
    pages += 1
    if (pages === 4) throw new Error('crashed')
  }
  await expect(bench.run()).rejects.toThrow('crashed')
  expect(await bench.run()).toEqual({ kind: 'done' })
  expect(bench.rowsSent).toEqual([...upTo(30), ...upTo(95).slice(20)])
})

test('G1: what Kafka did not take is not stored', async () => {
  const bench = new Bench(95)
  bench.onSend = () => Promise.reject(new Error('away'))
  await expect(bench.run()).rejects.toThrow('away')
  expect(bench.stored).toMatchObject({ position: at(0), enqueued: 0 })
})

test('G2: over any time no more than the pace allows, and one page, however often it is claimed anew', async () => {
  const plan = fc.record({
    rows: fc.integer({ min: 0, max: 300 }),
    perSecond: fc.constantFrom(0.1, 0.7, 3, 40, 900),
    turnMs: fc.integer({ min: 100, max: 30_000 }),
    skipEvery: fc.constantFrom(2, 3, 1_000),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ rows, perSecond, turnMs, skipEvery }) => {
      const bench = new Bench(rows, skipEvery)
      bench.perSecond = perSecond
      while ((await bench.run(turnMs)).kind === 'turn') bench.nowMs += 1
      expect(bench.rowsSent).toEqual(upTo(rows).filter((row) => (row + 1) % skipEvery !== 0))
      for (const [first, [, fromMs]] of bench.sent.entries()) {
        for (const [further, [, toMs]] of bench.sent.slice(first).entries()) {
          const allowed = ((toMs - fromMs) * perSecond) / 1_000 + pageLimitOf(perSecond) + 1
          expect(further + 1).toBeLessThanOrEqual(allowed)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test.each(['paused', 'cancelled'] as const)(
  'G3: %s while a page is sent: the page is finished and stored, no other is read',
  async (state) => {
    const bench = new Bench(95)
    bench.onSend = () => {
      bench.state = state
    }
    expect(await bench.run()).toEqual({ kind: 'turn' })
    expect([bench.rowsSent, bench.stored.enqueued]).toEqual([upTo(10), 10])
  },
)

test('G3: a slow job that rests hears of a pause within a second', async () => {
  const bench = new Bench(95)
  bench.perSecond = 0.1
  const beganAtMs = bench.nowMs
  let looks = 0
  bench.onAdvance = () => {
    looks += 1
    if (looks === 3) bench.state = 'paused'
  }
  expect(await bench.run()).toEqual({ kind: 'turn' })
  expect([bench.sent, bench.nowMs - beganAtMs]).toEqual([[], 2_000])
})

test('G3: who has lost the lease goes no further', async () => {
  const bench = new Bench(95)
  bench.onSend = () => {
    bench.isLost = true
  }
  expect(await bench.run()).toEqual({ kind: 'lost' })
  expect([bench.rowsSent, bench.stored.enqueued]).toEqual([upTo(10), 0])
})

test('G3: a stop does not wait for a Kafka that is away, and stores nothing that is not acknowledged', async () => {
  const bench = new Bench(95)
  bench.onSend = () => {
    bench.stopping.abort()
    return new Promise(() => undefined)
  }
  expect(await bench.run()).toEqual({ kind: 'turn' })
  expect(bench.stored).toMatchObject({ position: at(0), enqueued: 0 })
})

test('G4: it lets go when its turn is over, and goes on where it was', async () => {
  const bench = new Bench(95)
  expect(await bench.run(1_000)).toEqual({ kind: 'turn' })
  expect(bench.stored.enqueued).toBeLessThan(60)
  expect(await bench.run()).toEqual({ kind: 'done' })
  expect(bench.rowsSent).toEqual(upTo(95))
})

test('a changed pace counts from the next page on', async () => {
  const bench = new Bench(1_000)
  bench.onSend = () => {
    bench.perSecond = 4_000
  }
  const beganAtMs = bench.nowMs
  await bench.run()
  expect(bench.nowMs - beganAtMs).toBeLessThan(1_000)
})

test.each([
  ['deleted', { kind: 'failed', error: 'the webhook was deleted' }],
  ['disabled', { kind: 'paused', error: 'the webhook is disabled; enable it, then resume the job' }],
  ['paused', { kind: 'paused', error: 'the webhook is paused; enable it, then resume the job' }],
] as const)('where the webhook is %s nothing is sent to die again', async (endpoint, end) => {
  const bench = new Bench(95)
  bench.stuck = { kind: 'stuck', endpoint }
  expect([await bench.run(), bench.sent]).toEqual([end, []])
})
