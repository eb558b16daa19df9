/**
 * What the dispatchers share beside Kafka, as Redis does: which records are done although no commit says so yet, and
 * whose breaker is open. Comes late, is away for a while, and is then as if it had never been there.
 */
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import type { EndpointId } from '@scanhook/domain/ids'
import type { TopicPartition } from '@scanhook/kafka/record'
import type { Life } from './life.ts'
import type { Surroundings } from './surroundings.ts'

interface Coordinate extends TopicPartition {
  readonly offset: number
}

export interface Marks {
  /** As far as known here. */
  readonly has: (record: Coordinate) => boolean
  readonly note: (record: Coordinate) => void
  /** Null: closed. */
  readonly noteBreaker: (endpoint: EndpointId, snapshot: BreakerSnapshot | null) => void
  /** Reads what the former owners noted; returns the breakers. */
  readonly load: (places: readonly TopicPartition[]) => Promise<ReadonlyMap<EndpointId, BreakerSnapshot>>
}

const nothing: ReadonlyMap<EndpointId, BreakerSnapshot> = new Map()
/** There and back. */
const tripMs = 3

export function openMarks(world: Surroundings, life: Life): Marks {
  const known = new Set<string>()
  const isAway = (): boolean =>
    world.scenario.sharedStateOutages.some(
      ({ fromMs, toMs }) => world.clock.nowMs >= fromMs && world.clock.nowMs < toMs,
    )
  return {
    has: (record) => known.has(nameOf(record)),
    note: (record) => {
      known.add(nameOf(record))
      if (isAway()) return
      // What a process had sent arrives, also when it dies meanwhile.
      if (life.isAlive) world.clock.after(tripMs, () => world.marks.add(nameOf(record)))
    },
    noteBreaker: (endpoint, snapshot) => {
      if (isAway() || !life.isAlive) return
      world.clock.after(tripMs, () => {
        if (snapshot === null) world.breakers.delete(endpoint)
        else world.breakers.set(endpoint, snapshot)
      })
    },
    load: async (places) => {
      await world.clock.wait(tripMs)
      if (isAway()) return nothing
      const wanted = new Set(places.map(({ topic, partition }) => `${topic}/${partition}`))
      for (const name of world.marks) if (wanted.has(name.slice(0, name.lastIndexOf('/')))) known.add(name)
      return new Map(world.breakers)
    },
  }
}

function nameOf({ topic, partition, offset }: Coordinate): string {
  return `${topic}/${partition}/${offset}`
}
