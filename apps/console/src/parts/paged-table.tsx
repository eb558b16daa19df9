/** A table of a list that is followed by its cursor, with what there is when there is nothing. */
import type { ReactNode } from 'react'
import type { usePages } from '../api/use-pages.ts'
import { Button } from './button.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Failure, Loading } from './states.tsx'

interface Props<T> {
  readonly label: string
  /** "the events". */
  readonly what: string
  readonly pages: ReturnType<typeof usePages<T>>
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T) => string
  readonly onOpen?: ((row: T) => void) | undefined
  readonly empty: ReactNode
}

export function PagedTable<T>({ label, what, pages, columns, rowKey, onOpen, empty }: Props<T>) {
  const { query, rows } = pages
  if (query.isPending) return <Loading what={what} />
  if (query.isError && rows.length === 0)
    return <Failure error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) return <>{empty}</>
  return (
    <>
      <DataTable label={label} columns={columns} rows={rows} rowKey={rowKey} onOpen={onOpen} />
      <p className="mt-3 flex flex-wrap items-center gap-3 text-muted">
        {rows.length.toLocaleString()} shown.
        {query.hasNextPage && (
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        )}
        <Button isBusy={query.isRefetching} onClick={() => void query.refetch()}>
          Look again
        </Button>
      </p>
      {query.isError && <Failure error={query.error} />}
    </>
  )
}
