/** Upstream ack → request received, at an even pace. */
import type { KafkaProducer } from '@scanhook/kafka/contract'
import { waitUntil } from '../harness/wait-until.ts'
import { type AckedAtMs, publishSteadily } from './publish-steadily.ts'
import { shipment } from './shipment.ts'
import type { Arrivals, Sink } from './start-sink.ts'

export interface DeliveryScene {
  /** Of the topics. */
  readonly prefix: string
  readonly producer: KafkaProducer
  readonly sink: Sink
}

export interface SteadySpec {
  /** Where the endpoints are at the sink; forgotten at the beginning. */
  readonly group: string
  /** Each event is of the next organization. */
  readonly orgs: readonly number[]
  readonly eventsPerSecond: number
  readonly events: number
  /** Arrivals to wait for. */
  readonly expected: number
}

export interface TimedArrival {
  readonly path: string
  readonly latencyMs: number
}

/** Of every delivery that arrived. An acknowledgement that took longer than its deliveries gives a negative time. */
export async function timeSteadily(
  { prefix, producer, sink }: DeliveryScene,
  { group, orgs, eventsPerSecond, events, expected }: SteadySpec,
): Promise<readonly TimedArrival[]> {
  await sink.forget(group)
  const acked = await publishSteadily(producer, {
    perSecond: eventsPerSecond,
    make: (index) => shipment(prefix, orgs[index % orgs.length] ?? 0, `${group}-${index}`),
    isOver: (published) => published >= events,
  })
  await waitUntil('all are delivered', async () => (await sink.counts(group)).count >= expected)
  return timed(await sink.arrivals(group), acked)
}

/** Arrivals of what is in `ackedAtMs`; others are left out. */
export function timed(
  { ids, paths, atMs }: Arrivals,
  ackedAtMs: Readonly<Pick<AckedAtMs, 'get'>>,
): TimedArrival[] {
  return ids.flatMap((id, index) => {
    const acked = ackedAtMs.get(id)
    return acked === undefined
      ? []
      : [{ path: paths[index] ?? '', latencyMs: (atMs[index] ?? Number.NaN) - acked }]
  })
}
