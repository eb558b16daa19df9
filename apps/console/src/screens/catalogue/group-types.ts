/** The catalogue by its groups, in the order of the API, narrowed by a word. Pure. */
interface Typed {
  readonly name: string
  readonly group: string
  readonly description: string
}

export interface Group<T> {
  readonly group: string
  readonly types: readonly T[]
}

/** `word` is looked for in names and descriptions, however it is written. */
export function groupTypes<T extends Typed>(types: readonly T[], word: string): readonly Group<T>[] {
  const sought = word.trim().toLowerCase()
  const found = types.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(sought),
  )
  return [...Map.groupBy(found, ({ group }) => group)].map(([group, members]) => ({ group, types: members }))
}
