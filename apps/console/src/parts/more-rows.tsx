/** Below a list: how much of it is shown, and the rest at a press. */
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { type ListPage, sayShown } from '../api/list-pages.ts'
import { Button } from './button.tsx'

interface Props {
  readonly query: UseInfiniteQueryResult<ListPage<unknown>>
  /** "assets". */
  readonly noun: string
}

export function MoreRows({ query, noun }: Props) {
  if (query.data === undefined) return null
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3">
      <p role="status" className="text-muted text-sm">
        {sayShown(query.data, noun)}
      </p>
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? 'Asking for more …' : 'Show more'}
        </Button>
      )}
    </div>
  )
}
