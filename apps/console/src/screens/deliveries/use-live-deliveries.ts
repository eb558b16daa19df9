/** The rows of the list: pages that were asked for, and what has come since. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { type DeliveryFilter, deliveryPage, type Listed, pageSize } from './delivery-queries.ts'
import { countNew, mergeDeliveries, onlyKnown, rowsMax } from './merge-deliveries.ts'

/** A third of what a session may ask in a minute; the log itself is a second old. */
const everyMs = 3_000
/** 600 rows in a look: 200 a second. Beyond that the list says that it left some out. */
const pagesMax = 3

export interface LiveDeliveries {
  readonly first: ReturnType<typeof useFirst>
  readonly rows: readonly Listed[]
  /** How many have come while it was held. */
  readonly waiting: number
  readonly showWaiting: () => void
  /** More came between two looks than a look shows. */
  readonly hasGap: boolean
  readonly isLive: boolean
}

function useFirst(filter: DeliveryFilter) {
  return useInfiniteQuery({
    queryKey: ['deliveries', 'list', filter],
    queryFn: ({ pageParam }) => deliveryPage(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    maxPages: rowsMax / pageSize,
    // Only the newest page is asked for again, below.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

/** `isHeld`: rows stand still and new ones are counted; `isOff`: nothing is asked for. */
export function useLiveDeliveries(filter: DeliveryFilter, isHeld: boolean, isOff: boolean): LiveDeliveries {
  const first = useFirst(filter)
  const [shown, setShown] = useState<readonly Listed[]>([])
  const [newest, setNewest] = useState<readonly Listed[]>([])
  const [hasGap, setGap] = useState(false)
  const paged = first.data?.pages
  const known = useMemo(
    () =>
      mergeDeliveries(
        (paged ?? []).flatMap(({ data }) => data),
        shown,
      ),
    [paged, shown],
  )
  const knownNow = useRef(known)
  knownNow.current = known
  const isLive = !isOff && first.isSuccess
  const latest = useQuery({
    queryKey: ['deliveries', 'latest', filter],
    queryFn: () => latestRows(filter, new Set(known.map(({ id }) => id))),
    enabled: isLive,
    refetchInterval: everyMs,
    gcTime: 0,
  })
  useEffect(() => {
    if (latest.data === undefined) return
    const { rows, hasGap: isGap } = latest.data
    if (isGap) setGap(true)
    setNewest(rows)
    setShown((before) => mergeDeliveries(before, isHeld ? onlyKnown(knownNow.current, rows) : rows))
  }, [latest.data, isHeld])
  return {
    first,
    rows: known,
    waiting: isHeld ? countNew(known, newest) : 0,
    showWaiting: () => setShown((before) => mergeDeliveries(before, newest)),
    hasGap,
    isLive: isLive && !latest.isError,
  }
}

/** Page by page until one has something that is known. */
async function latestRows(filter: DeliveryFilter, ids: ReadonlySet<string>) {
  const rows: Listed[] = []
  let cursor: string | null = null
  for (let page = 0; page < pagesMax; page += 1) {
    const { data, next } = await deliveryPage(filter, cursor)
    rows.push(...data)
    cursor = next
    if (cursor === null || data.some(({ id }) => ids.has(id))) return { rows, hasGap: false }
  }
  return { rows, hasGap: true }
}
