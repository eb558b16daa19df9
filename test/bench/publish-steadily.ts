/** Shipments onto the upstream topic at an even pace, with the moment of each acknowledgement. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import type { Shipment } from './shipment.ts'
import { wallMs } from './wall-clock.ts'

export interface SteadyLoad {
  readonly perSecond: number
  readonly make: (index: number) => Shipment
  readonly isOver: (published: number) => boolean
}

/** By event id: epoch ms of the acknowledgement. Grows while it is published, for whoever looks on. */
export type AckedAtMs = Map<string, number>

/** Resolves when all that was published is acknowledged. A late acknowledgement does not hold back the next event. */
export async function publishSteadily(
  producer: KafkaProducer,
  { perSecond, make, isOver }: SteadyLoad,
  ackedAtMs: AckedAtMs = new Map(),
): Promise<AckedAtMs> {
  const startedAtMs = performance.now()
  const pending: Promise<void>[] = []
  for (let index = 0; !isOver(index); index += 1) {
    const dueMs = startedAtMs + (index * 1_000) / perSecond
    await sleep(Math.max(0, dueMs - performance.now()))
    const { eventId, record } = make(index)
    pending.push(
      producer.append(record).then(() => {
        ackedAtMs.set(eventId, wallMs())
      }),
    )
  }
  await Promise.all(pending)
  return ackedAtMs
}
