/**
 * Whether topics that were there before are fit for what they are to carry. Compared is only what correctness rests on;
 * retention and sizes are the operator's to tune.
 */

export interface ExpectedTopic {
  readonly name: string
  readonly configs: Readonly<Record<string, string>>
}

/**
 * A compacted topic that deletes forgets the state of every asset or endpoint; one that should delete and compacts drops
 * all but one record of a key. And without the broker's times one fast clock holds back a whole retry tier.
 */
export const comparedConfigs = ['cleanup.policy', 'message.timestamp.type'] as const

/** One sentence for each difference; empty when all is well. A config that `expected` leaves open may be anything. */
export function wrongConfigs(
  expected: readonly ExpectedTopic[],
  found: ReadonlyMap<string, Readonly<Record<string, string>>>,
): readonly string[] {
  return expected.flatMap(({ name, configs }) =>
    comparedConfigs.flatMap((config) => {
      const wanted = configs[config]
      const value = found.get(name)?.[config]
      if (wanted === undefined || sameList(wanted, value)) return []
      return [`${name}: ${config} should be ${wanted} and is ${value ?? 'not told'}`]
    }),
  )
}

/** `cleanup.policy` is a list. */
function sameList(wanted: string, value: string | undefined): boolean {
  const sorted = (list: string): string =>
    list
      .split(',')
      .map((each) => each.trim())
      .sort()
      .join()
  return value !== undefined && sorted(wanted) === sorted(value)
}
