/** An endpoint by its name, for rows that have its number. Pure. */
import { pageRowsMax } from './list-pages.ts'

/** `names` are those of one page: where it is full there may be more, and a number that is not among them need not be of a deleted one. */
export function sayEndpoint(id: number, names: ReadonlyMap<number, string> | undefined): string {
  const name = names?.get(id)
  if (name !== undefined) return name
  return names !== undefined && names.size < pageRowsMax ? `deleted, ${id}` : String(id)
}
