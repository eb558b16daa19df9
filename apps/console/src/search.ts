/** The query of an address as texts: `?state=dead&state=pending` is `{ state: ['dead', 'pending'] }`, and back. Pure. */

export type Search = Readonly<Record<string, string | readonly string[] | undefined>>

export function parseSearch(text: string): Record<string, string | string[]> {
  const given = new URLSearchParams(text)
  const search: Record<string, string | string[]> = {}
  for (const name of new Set(given.keys())) {
    const [first = '', ...more] = given.getAll(name)
    search[name] = more.length === 0 ? first : [first, ...more]
  }
  return search
}

export function stringifySearch(search: Search): string {
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    for (const each of typeof value === 'string' ? [value] : (value ?? []))
      if (each !== '') text.append(name, each)
  return text.size === 0 ? '' : `?${text}`
}

/** All values of one name, none when it is absent. */
export function valuesOf(search: Search, name: string): readonly string[] {
  const value = search[name]
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}
