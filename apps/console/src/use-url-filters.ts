/** Filters of a list, kept in the address: a link to a filtered list is the filtered list. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Search, valuesOf } from './search.ts'

export interface UrlFilters {
  /** The first value; empty when there is none. */
  readonly one: (name: string) => string
  readonly all: (name: string) => readonly string[]
  /** Replaces the named ones, and keeps the others. An empty text or list takes a filter away. */
  readonly set: (change: Search) => void
  readonly clear: () => void
  readonly isAny: boolean
}

export function useUrlFilters(): UrlFilters {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  return {
    one: (name) => valuesOf(search, name)[0] ?? '',
    all: (name) => valuesOf(search, name),
    // Not a step of its own in the history: "back" leaves the list.
    set: (change) => void navigate({ to: '.', search: { ...search, ...change }, replace: true }),
    clear: () => void navigate({ to: '.', search: {}, replace: true }),
    isAny: Object.keys(search).length > 0,
  }
}
