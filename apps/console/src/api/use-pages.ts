/** A list that is followed by its cursor, page by page, as far as somebody wants. */
import { useInfiniteQuery } from '@tanstack/react-query'

interface Answer<T> {
  readonly data: readonly T[]
  readonly next_cursor: string | null
}

/** Of 200 rows: 10,000, as many as a table shows smoothly. */
const pagesMax = 50

export function usePages<T>(
  key: readonly unknown[],
  ask: (cursor: string | undefined) => Promise<Answer<T>>,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }, pages) => (pages.length < pagesMax ? next : null),
    // All pages would be asked for again: newest first is asked for by opening the list.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return { query, rows: (query.data?.pages ?? []).flatMap(({ data }) => data) }
}
