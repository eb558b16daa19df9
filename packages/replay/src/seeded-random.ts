/**
 * Chance that can be had again: the same seed gives the same numbers on every machine. The Mulberry32
 * mixer (public domain): 32 bits of state, good enough for a simulation and not for secrets.
 */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  uniform(): number
  /** A whole number from 0 below `count`. */
  below(count: number): number
  /** Normal, by the sum of twelve uniforms: within ±6 deviations, which suits signal strengths. */
  normal(mean: number, deviation: number): number
  /** Waiting time of a memoryless process. */
  exponential(mean: number): number
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    uniform,
    below: (count) => Math.floor(uniform() * count),
    normal(mean, deviation) {
      let sum = -6
      for (let index = 0; index < 12; index++) sum += uniform()
      return mean + sum * deviation
    },
    exponential: (mean) => -Math.log(1 - uniform()) * mean,
  }
}
