/** From where something truly was, moment by moment, to the stays that count. Pure. */

export interface TrueStay {
  readonly zone: number
  readonly fromMs: number
  /** The next stay's `fromMs`; the last one ends with the last sample. */
  readonly toMs: number
}

export interface TrueSample {
  readonly atMs: number
  readonly zone: number
}

/** A true stay shorter than this is a step over the line and back, which nobody wants reported. */
export const shortStayMs = 1_000

/** The zones of the hall in which the walks were recorded: four quarters around (10, 9.2), numbered as the gateways are. */
export function zoneAtPosition({ x, y }: { readonly x: number; readonly y: number }): number {
  if (x < 10) return y < 9.2 ? 1 : 2
  return y < 9.2 ? 4 : 3
}

/**
 * `samples` in time order. Short stays are taken out, the shortest first, each given to the stay before it (the first to
 * the one after), and what then stands side by side in one zone is one stay. A walk that is short as a whole keeps one.
 */
export function trueStays(samples: readonly TrueSample[]): readonly TrueStay[] {
  let stays = rawStays(samples)
  for (;;) {
    const shortest = shortestIndex(stays)
    if (shortest === -1) return stays
    const without = stays.toSpliced(shortest, 1)
    const taken = stays[shortest]
    const heir = Math.max(0, shortest - 1)
    const grown = without[heir]
    if (taken === undefined || grown === undefined) return stays
    without[heir] = {
      zone: grown.zone,
      fromMs: Math.min(grown.fromMs, taken.fromMs),
      toMs: Math.max(grown.toMs, taken.toMs),
    }
    stays = joined(without)
  }
}

function rawStays(samples: readonly TrueSample[]): TrueStay[] {
  const lastMs = samples.at(-1)?.atMs ?? 0
  const first = samples.filter(({ zone }, index) => zone !== samples[index - 1]?.zone)
  return first.map(({ atMs, zone }, index) => ({
    zone,
    fromMs: atMs,
    toMs: first[index + 1]?.atMs ?? lastMs,
  }))
}

function shortestIndex(stays: readonly TrueStay[]): number {
  if (stays.length < 2) return -1
  const lengths = stays.map(({ fromMs, toMs }) => toMs - fromMs)
  const shortest = Math.min(...lengths)
  return shortest < shortStayMs ? lengths.indexOf(shortest) : -1
}

function joined(stays: readonly TrueStay[]): TrueStay[] {
  const result: TrueStay[] = []
  for (const stay of stays) {
    const last = result.at(-1)
    if (last?.zone === stay.zone) result[result.length - 1] = { ...last, toMs: stay.toMs }
    else result.push(stay)
  }
  return result
}
