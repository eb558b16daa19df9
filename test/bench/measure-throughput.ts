/**
 * Parts a, b and g of the deliver bench: events published at once, from the first acknowledgement upstream to the last
 * delivery and to the last row of the log.
 */
import type { Endpoint } from '@scanhook/domain/endpoint'
import { waitUntil } from '../harness/wait-until.ts'
import { appendInBatches } from './append-in-batches.ts'
import { type DeliverWorld, deliveryServices } from './deliver-world.ts'
import { forgetPeakRss, peakRssBytes } from './process-figures.ts'
import { readMetric } from './read-metric.ts'
import { type BareLoopFigures, runBareLoop } from './run-bare-loop.ts'
import { startCpuCount } from './service-cpu.ts'
import { shipment } from './shipment.ts'
import { wallMs } from './wall-clock.ts'

export interface ThroughputFigures {
  readonly endpoints: number
  readonly events: number
  readonly deliveries: number
  /** From the first upstream acknowledgement to the last delivery. */
  readonly perSecond: number
  /** From there to the last row of `attempts`. */
  readonly rowsPerSecond: number
  /** How long after the last delivery the last row was there. */
  readonly logLagMs: number
  readonly cpuMicrosPerDelivery: Readonly<Record<string, number>>
  readonly dispatcherPeakMiB: number
  /** 1, or with batches how many came in one request. */
  readonly deliveriesPerRequest: number
  readonly repeats: number
}

export interface ThroughputSpec {
  readonly group: string
  readonly endpoints: number
  readonly deliveries: number
  readonly change?: Partial<Endpoint>
}

const deadlineMs = 600_000

/** All endpoints are of one organization, and each gets every event. */
export async function measureThroughput(
  scene: DeliverWorld,
  { group, endpoints, deliveries, change = {} }: ThroughputSpec,
): Promise<ThroughputFigures> {
  const { world, producer, prefix, sink } = scene
  const events = Math.ceil(deliveries / endpoints)
  const expected = events * endpoints
  const [org = 0] = scene.newOrgs(1)
  const rows = (): Promise<number> =>
    readMetric(world.services.recorder, 'scanhook_recorder_rows_total', 'table="attempts"')
  await scene.announce(
    Array.from({ length: endpoints }, (_, index) => ({ org, path: `/${group}/${index}`, change })),
  )
  await scene.known()
  await scene.warm([org], group, endpoints)
  const rowsBefore = await settledRows(rows)
  const pid = world.services.dispatcher.pid() ?? 0
  forgetPeakRss(pid)
  const cpuSince = startCpuCount(world, deliveryServices)
  await producer.append(shipment(prefix, org, `${group}-first`).record)
  const firstAckMs = wallMs()
  const writing = appendInBatches(
    producer,
    events - 1,
    (index) => shipment(prefix, org, `${group}-${index}`).record,
  )
  await waitUntil('all are delivered', async () => (await sink.counts(group)).count >= expected, {
    deadlineMs,
  })
  await writing
  await waitUntil('all are in the log', async () => (await rows()) - rowsBefore >= expected, {
    deadlineMs,
    everyMs: 10,
  })
  const loggedAtMs = wallMs()
  const cpuMicrosPerDelivery = cpuSince(expected)
  const dispatcherPeakMiB = peakRssBytes(pid) / 2 ** 20
  const { requests, repeats } = await sink.counts(group)
  const { atMs } = await sink.arrivals(group)
  const lastAtMs = atMs.at(-1) ?? Number.NaN
  return {
    endpoints,
    events,
    deliveries: expected,
    perSecond: (expected * 1_000) / (lastAtMs - firstAckMs),
    rowsPerSecond: (expected * 1_000) / (loggedAtMs - firstAckMs),
    logLagMs: loggedAtMs - lastAtMs,
    cpuMicrosPerDelivery,
    dispatcherPeakMiB,
    deliveriesPerRequest: expected / requests,
    repeats,
  }
}

/** What the log has when nothing more comes. */
async function settledRows(rows: () => Promise<number>): Promise<number> {
  let before = -1
  let now = await rows()
  await waitUntil(
    'the log is at rest',
    async () => {
      before = now
      now = await rows()
      return now === before
    },
    { everyMs: 500 },
  )
  return now
}

/** Beside part a, in the same run and against the same sink. */
export function measureBareLoop({ sink }: DeliverWorld, deliveries: number): Promise<BareLoopFigures> {
  return runBareLoop(sink.urlOf('/bare/1'), deliveries)
}
