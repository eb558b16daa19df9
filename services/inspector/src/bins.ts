/**
 * The places that webhooks are sent to: each with its secrets, the way it answers, and its counts.
 *
 * Invariants
 *   I3. At most 1,000 bins are known; a request to one more is received and shown, but neither counted by bin nor
 *       can it be given a secret.
 */
export interface Behaviour {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly delayMs: number
  /** Ends the connection without an answer. */
  readonly isReset: boolean
  /** For how many requests; null until it is changed. */
  readonly count: number | null
}

export interface BinCounts {
  received: number
  verified: number
  failed: number
  unchecked: number
}

export interface Bin {
  readonly name: string
  secrets: readonly string[]
  behaviour: Behaviour
  readonly counts: BinCounts
}

export interface Bins {
  /** Makes it when there is room; null when there is none. */
  get(name: string): Bin | null
  list(): readonly Bin[]
  /** The behaviour for one more request; counts it off. */
  next(bin: Bin): Behaviour
}

const binsMax = 1000
export const defaultBehaviour: Behaviour = {
  status: 200,
  headers: {},
  delayMs: 0,
  isReset: false,
  count: null,
}

/** `name:whsec_…`; several entries of one name give a bin several secrets. */
export function openBins(entries: readonly string[]): Bins {
  const bins = new Map<string, Bin>()

  function get(name: string): Bin | null {
    const known = bins.get(name)
    if (known !== undefined) return known
    if (bins.size >= binsMax) return null
    const bin: Bin = {
      name,
      secrets: [],
      behaviour: defaultBehaviour,
      counts: { received: 0, verified: 0, failed: 0, unchecked: 0 },
    }
    bins.set(name, bin)
    return bin
  }

  for (const entry of entries) {
    const [name = '', secret = ''] = entry.split(':', 2)
    const bin = get(name)
    if (bin !== null) bin.secrets = [...bin.secrets, secret]
  }
  return {
    get,
    list: () => [...bins.values()],
    next: (bin) => {
      const { behaviour } = bin
      if (behaviour.count !== null) {
        bin.behaviour = behaviour.count > 1 ? { ...behaviour, count: behaviour.count - 1 } : defaultBehaviour
      }
      return behaviour
    },
  }
}
