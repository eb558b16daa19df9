/** Holds what really came out against the catalogue: bodies at the receiver, events on the topic. */
import { checkEvent, checkEventData } from '@scanhook/catalogue/check-event'
import type { FieldProblem } from '@scanhook/domain/read'
import { readValues } from './read-topic.ts'
import type { Received } from './receiver.ts'
import type { World } from './world.ts'

/** A line for everything that is wrong with any of these bodies, whatever their profile; empty when nothing is. */
export function problemsOfBodies(received: readonly Received[]): readonly string[] {
  return received.flatMap(({ path, body }) => {
    // The standard profile says `type`, the two others `event`.
    const { type, event, data }: { type?: string; event?: string; data: unknown } = JSON.parse(body)
    const name = type ?? event ?? 'nameless'
    // Sent on a person's request and can't be subscribed to, so not in the catalogue.
    if (name === 'endpoint.test' || name === 'endpoint.check') return []
    return checkEventData(name, data).map((problem) => lineOf(`${path} ${name}`, problem))
  })
}

/** The same for every event on the world's `events` topic. */
export async function problemsOfEvents(world: World): Promise<readonly string[]> {
  const events = await readValues(world, 'events', (codecs, value) => codecs.events.decode(value))
  return events.flatMap((event) =>
    checkEvent(event).map((problem) => lineOf(`${event.eventId} ${event.type}`, problem)),
  )
}

function lineOf(what: string, { field, message }: FieldProblem): string {
  return `${what}: ${field} ${message}`
}
