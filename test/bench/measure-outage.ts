/**
 * Part f of the deliver bench: a busy endpoint answers 503 for half an hour and then is well again, while others get
 * theirs at an even pace. Durations of retries are divided by the world's scale, and the outage with them; the rates
 * are not, so the backlog is that of the scaled time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '../harness/wait-until.ts'
import type { DeliverWorld } from './deliver-world.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { type AckedAtMs, publishSteadily } from './publish-steadily.ts'
import { shipment } from './shipment.ts'
import type { Arrivals, Sink } from './start-sink.ts'
import { timed } from './steady-latency.ts'
import { wallMs } from './wall-clock.ts'

export interface OutageSizes {
  readonly timeScale: number
  readonly outageSeconds: number
  readonly beforeSeconds: number
  readonly busyPerSecond: number
  readonly othersPerSecond: number
  /** After the end of the outage; what is not delivered then is `backlogLeft`. */
  readonly drainSecondsMax: number
}

export interface OutageFigures extends OutageSizes {
  readonly others: { readonly endpoints: number } & Readonly<Record<'before' | 'outage' | 'drain', Latencies>>
  readonly othersP99Ratio: { readonly outage: number; readonly drain: number }
  readonly busy: {
    /** Events acknowledged upstream before the end of the outage and not delivered by then. */
    readonly backlog: number
    readonly backlogLeft: number
    /** From the end of the outage to the first delivery that arrived. */
    readonly noticedSeconds: number
    /** From the end of the outage to the last of the backlog; in the time of this run, not divided or multiplied. */
    readonly drainSeconds: number
    /** Requests that the endpoint answered with 503. */
    readonly refused: number
    /** Of events published between the end of the outage and the end of the backlog, or for `beforeSeconds`. */
    readonly fresh: Latencies
    readonly freshLeft: number
    readonly repeats: number
  }
}

const otherEndpoints = 10
const warmUpSeconds = 2
const busyGroup = 'busy'
const othersGroup = 'others'

export async function measureOutage(scene: DeliverWorld, sizes: OutageSizes): Promise<OutageFigures> {
  const { sink, producer, prefix } = scene
  const [busyOrg = 0, othersOrg = 0] = scene.newOrgs(2)
  const busyPath = `/${busyGroup}/0`
  await scene.announce([
    { org: busyOrg, path: busyPath },
    ...Array.from({ length: otherEndpoints }, (_, index) => ({
      org: othersOrg,
      path: `/${othersGroup}/${index}`,
    })),
  ])
  await scene.known()
  await scene.warm([busyOrg], busyGroup, 1)
  await scene.warm([othersOrg], othersGroup, otherEndpoints)

  let isOver = false
  const busyAcked: AckedAtMs = new Map()
  const othersAcked: AckedAtMs = new Map()
  const stream = (org: number, name: string, perSecond: number, acked: AckedAtMs): Promise<AckedAtMs> =>
    publishSteadily(
      producer,
      { perSecond, make: (index) => shipment(prefix, org, `${name}-${index}`), isOver: () => isOver },
      acked,
    )
  const streams = Promise.all([
    stream(busyOrg, busyGroup, sizes.busyPerSecond, busyAcked),
    stream(othersOrg, othersGroup, sizes.othersPerSecond / otherEndpoints, othersAcked),
  ])
  await sleep(warmUpSeconds * 1_000)
  const beforeAtMs = wallMs()
  await sleep(sizes.beforeSeconds * 1_000)
  const brokenAtMs = wallMs()
  await sink.answer(busyPath, 'fail')
  await sleep(sizes.outageSeconds * 1_000)
  const ackedInTime = new Set(busyAcked.keys())
  const busy = watchGroup(sink, busyGroup)
  for (const id of (await busy.all()).ids) ackedInTime.delete(id)
  await sink.answer(busyPath, 'ok')
  const mendedAtMs = wallMs()
  const left = await drain(ackedInTime, busy, sizes.drainSecondsMax)
  // A drain of a moment would leave nothing to compare with the time before.
  await sleep(Math.max(0, sizes.beforeSeconds * 1_000 - (wallMs() - mendedAtMs)))
  const drainedAtMs = wallMs()
  isOver = true
  await streams
  const others = await lastOf(watchGroup(sink, othersGroup), othersAcked.size * otherEndpoints)
  const busyArrivals = await lastOf(busy, busyAcked.size)
  const { refused, repeats } = await sink.counts(busyGroup)
  const during = (fromMs: number, toMs: number): Latencies =>
    latenciesOf(timed(others, between(othersAcked, fromMs, toMs)).map(({ latencyMs }) => latencyMs))
  const before = during(beforeAtMs, brokenAtMs)
  const outage = during(brokenAtMs, mendedAtMs)
  const drained = during(mendedAtMs, drainedAtMs)
  const fresh = between(busyAcked, mendedAtMs, drainedAtMs)
  const freshArrivals = timed(busyArrivals, fresh)
  return {
    ...sizes,
    others: { endpoints: otherEndpoints, before, outage, drain: drained },
    othersP99Ratio: { outage: outage.p99Ms / before.p99Ms, drain: drained.p99Ms / before.p99Ms },
    busy: {
      backlog: ackedInTime.size,
      backlogLeft: left.size,
      noticedSeconds: (firstArrivalMs(busyArrivals, mendedAtMs) - mendedAtMs) / 1_000,
      drainSeconds: (lastArrivalMs(busyArrivals, ackedInTime, drainedAtMs) - mendedAtMs) / 1_000,
      refused,
      fresh: latenciesOf(freshArrivals.map(({ latencyMs }) => latencyMs)),
      freshLeft: fresh.size - freshArrivals.length,
      repeats,
    },
  }
}

function between(acked: AckedAtMs, fromMs: number, toMs: number): AckedAtMs {
  return new Map([...acked].filter(([, atMs]) => atMs >= fromMs && atMs < toMs))
}

function firstArrivalMs({ atMs }: Arrivals, fromMs: number): number {
  return atMs.find((at) => at >= fromMs) ?? Number.NaN
}

function lastArrivalMs({ ids, atMs }: Arrivals, wanted: ReadonlySet<string>, untilMs: number): number {
  return ids.reduce((last, id, index) => {
    const at = atMs[index] ?? 0
    return wanted.has(id) && at <= untilMs ? Math.max(last, at) : last
  }, 0)
}

interface GroupWatch {
  /** Those that came since it was asked last. */
  readonly more: () => Promise<Arrivals>
  readonly all: () => Promise<Arrivals>
}

function watchGroup(sink: Sink, group: string): GroupWatch {
  let seen = 0
  return {
    more: async () => {
      const arrivals = await sink.arrivals(group, seen)
      seen += arrivals.ids.length
      return arrivals
    },
    all: () => sink.arrivals(group),
  }
}

/** What of the backlog is left when all has come, or when the time is over. */
async function drain(
  backlog: ReadonlySet<string>,
  { more }: GroupWatch,
  secondsMax: number,
): Promise<ReadonlySet<string>> {
  const left = new Set(backlog)
  const endsAtMs = performance.now() + secondsMax * 1_000
  await waitUntil(
    'the backlog is delivered',
    async () => {
      for (const id of (await more()).ids) left.delete(id)
      return left.size === 0 || performance.now() > endsAtMs
    },
    { deadlineMs: secondsMax * 1_000 + 60_000, everyMs: 500 },
  )
  return left
}

/** All arrivals when `expected` are there, or when nothing more comes. */
async function lastOf({ all, more }: GroupWatch, expected: number): Promise<Arrivals> {
  await waitUntil(
    'the last ones are delivered',
    async () => {
      const { ids } = await more()
      return ids.length === 0 || (await all()).ids.length >= expected
    },
    { everyMs: 1_000 },
  )
  return all()
}
