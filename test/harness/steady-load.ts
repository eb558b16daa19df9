/**
 * Business events at an even pace, while services come and go: most to the upstream topic, every tenth over HTTP. What is
 * acknowledged is promised, and is known by the id that arrives at receivers.
 */
import { type AckedAtMs, publishSteadily } from '../bench/publish-steadily.ts'
import { type Shipment, shipment } from '../bench/shipment.ts'
import { openTestKafka } from './open-test-kafka.ts'
import { waitUntil } from './wait-until.ts'
import type { World } from './world.ts'

export interface SteadyLoad {
  /** Resolves with the ids of all events that were acknowledged. */
  readonly stop: () => Promise<readonly string[]>
}

/** Every tenth over HTTP: a poster that finds nobody comes again, as a client with a timeout does. */
const httpEvery = 10

/** `name` tells the events of several loads of a world apart. */
export async function startSteadyLoad(
  world: World,
  { name, perSecond }: { readonly name: string; readonly perSecond: number },
): Promise<SteadyLoad> {
  const producer = await openTestKafka(world.env, 'load').openProducer()
  let isOver = false
  const acked: AckedAtMs = new Map()
  const posted: Promise<string>[] = []
  const make = (index: number): Shipment => {
    if (index % httpEvery === 0)
      posted.push(post(world, shipment(world.prefix, world.orgId, `${name}-http-${index}`)))
    return shipment(world.prefix, world.orgId, `${name}-kafka-${index}`)
  }
  const publishing = publishSteadily(producer, { perSecond, make, isOver: () => isOver }, acked)
  return {
    stop: async () => {
      isOver = true
      await publishing
      await producer.close()
      return [...acked.keys(), ...(await Promise.all(posted))]
    },
  }
}

/** Resolves with the event's id once it was answered with 202; until then the same is posted again. */
async function post(world: World, { eventId, record }: Shipment): Promise<string> {
  const { org_id: _, ...event } = JSON.parse(record.value?.toString('utf8') ?? '{}')
  const send = async (): Promise<boolean> => {
    try {
      const answer = await fetch(`${world.producerUrl}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(10_000),
      })
      await answer.text()
      return answer.status === 202
    } catch {
      return false
    }
  }
  await waitUntil(`${eventId} is taken over HTTP`, send, { everyMs: 250 })
  return eventId
}
