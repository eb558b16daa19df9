/**
 * Everything on a world's `events` topic, held against what must be true of any stream of asset events whatever happened
 * to the trackers that wrote it.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import { expect } from 'vitest'
import { readValues } from './read-topic.ts'
import { describeEvent, type Expected } from './warehouse.ts'
import type { World } from './world.ts'

interface Data {
  readonly location?: { readonly id: number } | null
  readonly from_location?: { readonly id: number } | null
  readonly to_location?: { readonly id: number }
  readonly visit_id: string | null
}

/** Each event once, in the order of its asset. Fails where one id has two bodies. */
export async function distinctEvents(world: World): Promise<readonly DomainEvent[]> {
  const byId = new Map<string, DomainEvent>()
  for (const event of await readValues(world, 'events', (codecs, value) => codecs.events.decode(value))) {
    if (event.assetId === null) continue
    expect(event, `two bodies for ${event.eventId}`).toEqual(byId.get(event.eventId) ?? event)
    byId.set(event.eventId, event)
  }
  return [...byId.values()].sort(
    (one, other) => (one.assetId ?? 0) - (other.assetId ?? 0) || (one.sequence ?? 0) - (other.sequence ?? 0),
  )
}

/**
 * No event was lost, invented or given another id: sequences are gapless and each event names the one before, what is
 * entered is left before it is entered again, under the same visit, and each move begins where the last one ended.
 */
export async function auditEvents(world: World): Promise<readonly DomainEvent[]> {
  const events = await distinctEvents(world)
  for (const life of Map.groupBy(events, ({ assetId }) => assetId).values()) auditLife(life)
  return events
}

function auditLife(life: readonly DomainEvent[]): void {
  const open = new Map<number, string | null>()
  let at: number | null = null
  for (const [index, event] of life.entries()) {
    expect(event).toMatchObject({ sequence: index + 1, previousEventId: life[index - 1]?.eventId ?? null })
    const data = JSON.parse(event.dataJson) as Data
    const location = data.location?.id ?? 0
    if (event.type === 'location.entered') {
      expect(open.has(location), `${event.eventId} enters what was not left`).toBe(false)
      open.set(location, data.visit_id)
    }
    if (event.type === 'location.exited') {
      expect(open.get(location), `${event.eventId} leaves what was not entered`).toBe(data.visit_id)
      open.delete(location)
    }
    if (event.type === 'asset.moved') {
      expect(data.from_location?.id ?? null).toBe(at)
      at = data.to_location?.id ?? null
    }
  }
}

/** As `expectedOfWalk` writes them, `asset.scanned` left out: how many there are depends on how long a walk takes. */
export function transitionsOf(events: readonly DomainEvent[]): readonly Expected[] {
  return events
    .filter(({ type }) => type !== 'asset.scanned')
    .map(({ type, dataJson }) => describeEvent(`{"type":"${type}","data":${dataJson}}`))
}
