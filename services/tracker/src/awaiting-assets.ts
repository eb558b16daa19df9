/**
 * Assets that have been silent long enough, and whose reader must be heard before that means anything. By reader, so
 * that a reader's word costs what hangs on it and nothing else.
 *
 * Invariants
 *   V1. `take(device)` gives every ref that was added for this device and not for another one since. It may hold refs that
 *       no longer wait: whoever asks looks at their state.
 *   V2. A ref stands in a list once, however often it is added.
 */
import { type PagedNumbers, pagedWords } from './paged-numbers.ts'

export interface AwaitingAssets {
  add(deviceId: number, ref: number): void
  /** Takes the list: who still waits must be added again. */
  take(deviceId: number): readonly number[]
  /** Entries, those that no longer wait included. */
  size(): number
}

const none: readonly number[] = []

export function awaitingAssets(): AwaitingAssets {
  const lists = new Map<number, number[]>()
  /** A number for each reader from 1, because an id takes 52 bits. */
  const numbers = new Map<number, number>()
  /** The reader that a ref waits for; 0 for none. */
  const waitsFor: PagedNumbers = pagedWords()
  let size = 0

  function numberOf(deviceId: number): number {
    const known = numbers.get(deviceId)
    if (known !== undefined) return known
    numbers.set(deviceId, numbers.size + 1)
    return numbers.size
  }

  return {
    add(deviceId, ref) {
      const number = numberOf(deviceId)
      if (waitsFor.get(ref) === number) return
      waitsFor.set(ref, number)
      const list = lists.get(deviceId)
      if (list === undefined) lists.set(deviceId, [ref])
      else list.push(ref)
      size++
    },
    take(deviceId) {
      const list = lists.get(deviceId)
      if (list === undefined) return none
      lists.delete(deviceId)
      size -= list.length
      const number = numberOf(deviceId)
      return list.filter((ref) => {
        // V2: a ref that went to another reader and came back may stand here twice.
        if (waitsFor.get(ref) !== number) return false
        waitsFor.set(ref, 0)
        return true
      })
    },
    size: () => size,
  }
}
