/**
 * Records when readers were heard last, so that others can say who is silent. Knows no store.
 *
 * Invariants
 *   S1. One round at a time; while the store is away what was heard waits in presence.ts (E5), and nothing else waits for it.
 */
import type { DeviceSighting, Presence } from './presence.ts'

export interface SightingPorts {
  readonly presence: Pick<Presence, 'unrecorded' | 'recorded'>
  readonly record: (sightings: readonly DeviceSighting[]) => Promise<void>
  readonly failed: (error: unknown) => void
}

/** One statement with four arrays. */
const sightingsPerWrite = 1_000

/** Returns one round. It never rejects. */
export function sightingRecorder({ presence, record, failed }: SightingPorts): () => Promise<void> {
  let isRecording = false
  return async () => {
    if (isRecording) return
    isRecording = true
    try {
      for (;;) {
        const sightings = presence.unrecorded(sightingsPerWrite)
        if (sightings.length > 0) await record(sightings)
        presence.recorded(sightings)
        if (sightings.length < sightingsPerWrite) return
      }
    } catch (error) {
      failed(error)
    } finally {
      isRecording = false
    }
  }
}
