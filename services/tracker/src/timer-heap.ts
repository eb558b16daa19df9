/**
 * When assets of a partition want to be looked at again. Knows an earliest time for each, not the true one: an asset
 * that is read a hundred times before its absence timer puts that off a hundred times, and the heap need not know. Who
 * takes an asset out asks it for its true time and puts it back if that has not come. Reads no clock.
 *
 * Times are kept in steps of 16 ms, rounded up, in four bytes. A timer so fires up to 16 ms late. It fires at the same
 * record in every replay only if everybody who asks whether a time has come asks by the same steps: `timerClockMs`. An
 * asset that was armed early and put off would else fire within the step in which a restored one still waits for its end.
 *
 * Invariants
 *   H1. `take(now)` gives every ref that was armed for a time ≤ now, less the rounding, and not taken since, each once.
 *   H2. A ref that is armed for a later time than before is still given at the earlier one.
 *   H3. Arming for a later time costs nothing: an asset has one entry that counts, however often it is read.
 */
import { type PagedNumbers, pagedWords } from './paged-numbers.ts'

export interface TimerHeap {
  /** Null: it wants nothing. An earlier time that it was armed for stands. */
  arm(ref: number, dueAtMs: number | null): void
  /** Refs whose time may have come, in no particular order. */
  take(nowMs: number): number[]
  bytes(): number
}

const none: number[] = []
const stepMs = 16
// 2^32 steps are two years, so a partition's heap reaches a year back and a year ahead of its first time: far beyond the
// longest timeout (a day) and the time that one process keeps a partition. What lies beyond comes up too early and is put back.
const stepsMax = 0xffff_ffff
const stepsBack = 0x8000_0000

/** The clock at the last whole step: a time has come when it is not after this. */
export function timerClockMs(clockMs: number): number {
  return Math.floor(clockMs / stepMs) * stepMs
}

export function timerHeap(): TimerHeap {
  /** Set by the first time that comes. Steps are whole multiples of 16 ms of the epoch whatever it is. */
  let baseSteps: number | null = null
  /** For which step each ref stands in the heap, from 1; 0 for none. An entry of another step is left over. */
  const armedAt: PagedNumbers = pagedWords()
  const times: PagedNumbers = pagedWords()
  const refs: PagedNumbers = pagedWords()
  let size = 0

  function push(ref: number, step: number): void {
    let at = size++
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (times.get(parent) <= step) break
      times.set(at, times.get(parent))
      refs.set(at, refs.get(parent))
      at = parent
    }
    times.set(at, step)
    refs.set(at, ref)
  }

  /** Takes the top off; the last entry sinks from there. */
  function pop(): void {
    size--
    const step = times.get(size)
    const ref = refs.get(size)
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= size) break
      if (child + 1 < size && times.get(child + 1) < times.get(child)) child++
      if (times.get(child) >= step) break
      times.set(at, times.get(child))
      refs.set(at, refs.get(child))
      at = child
    }
    times.set(at, step)
    refs.set(at, ref)
  }

  return {
    arm(ref, dueAtMs) {
      if (dueAtMs === null) return
      const steps = Math.ceil(dueAtMs / stepMs)
      baseSteps ??= steps - stepsBack
      const step = Math.min(Math.max(steps - baseSteps, 1), stepsMax)
      const armed = armedAt.get(ref)
      if (armed !== 0 && armed <= step) return
      armedAt.set(ref, step)
      push(ref, step)
    },
    take(nowMs) {
      const now = Math.floor(nowMs / stepMs) - (baseSteps ?? 0)
      if (size === 0 || times.get(0) > now) return none
      const due: number[] = []
      while (size > 0 && times.get(0) <= now) {
        const step = times.get(0)
        const ref = refs.get(0)
        pop()
        if (armedAt.get(ref) !== step) continue
        armedAt.set(ref, 0)
        due.push(ref)
      }
      return due
    },
    bytes: () => armedAt.bytes() + times.bytes() + refs.bytes(),
  }
}
