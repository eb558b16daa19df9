/** Asks for a list page by page, and keeps what has come. */
import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { joinPages, type ListPage } from './list-pages.ts'

interface Options<T> {
  readonly queryKey: readonly unknown[]
  /** `place` is a page's `next`; null for the first. */
  readonly ask: (place: string | null) => Promise<ListPage<T>>
  /** Asks for one page anew this often, so for N pages N times as rarely. Absent: when somebody comes back to the screen. */
  readonly everyMs?: number | undefined
}

export function useListPages<T>({ queryKey, ask, everyMs }: Options<T>): UseInfiniteQueryResult<ListPage<T>> {
  return useInfiniteQuery({
    queryKey: [...queryKey, 'pages'],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => joinPages(pages),
    refetchInterval: ({ state }) => everyMs !== undefined && everyMs * pagesOf(state.data),
  })
}

/**
 * What is asked anew is every page that was loaded. At one pace for all of them together, a long list does not use up what a session
 * may ask in a minute (60).
 */
export function pagesOf(data: { readonly pages: readonly unknown[] } | undefined): number {
  return Math.max(1, data?.pages.length ?? 1)
}

/** Asks for the next page, when there is one and it is not on its way. */
export function askForMore(query: UseInfiniteQueryResult<unknown>): void {
  // After a failure only by the button: else it would be asked for without end.
  if (query.hasNextPage && !query.isFetchingNextPage && !query.isError) void query.fetchNextPage()
}
