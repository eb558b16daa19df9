/** The rows of the list: pages that were asked for, and what has come since. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type DeliveryFilter, deliveryPage, type Listed, pageSize } from './delivery-queries.ts'
import { type Connection, type Following, followDeliveries } from './follow-deliveries.ts'
import { type Changes, emptyList, type LiveList, rowsMax, showWaiting, takeChanges } from './live-list.ts'

/** Where the stream can not be had: a third of what a session may ask in a minute; the log itself is a second old. */
const everyMs = 3_000
/** 600 rows in a look: 200 a second. Beyond that the list says that it left some out. */
const pagesMax = 3

export interface LiveDeliveries {
  readonly first: ReturnType<typeof useFirst>
  readonly rows: readonly Listed[]
  /** How many have come while it was held. */
  readonly waiting: number
  readonly showWaiting: () => void
  /** More came than a look shows, while nothing was followed. */
  readonly hasGap: boolean
  readonly connection: Connection
}

function useFirst(filter: DeliveryFilter) {
  return useInfiniteQuery({
    queryKey: ['deliveries', 'list', filter],
    queryFn: ({ pageParam }) => deliveryPage(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    maxPages: rowsMax / pageSize,
    // What changes is told by the stream.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

/** `isHeld`: rows stand still and new ones are counted; `isOff`: nothing is followed. */
export function useLiveDeliveries(filter: DeliveryFilter, isHeld: boolean, isOff: boolean): LiveDeliveries {
  const first = useFirst(filter)
  const [list, setList] = useState<LiveList<Listed>>(emptyList)
  const [connection, setConnection] = useState<Connection>('connecting')
  const [hasGap, setGap] = useState(false)
  const now = useRef({ list, isHeld, filter })
  now.current = { list, isHeld, filter }
  const take = useCallback(
    (changes: Changes<Listed>, isKept = now.current.isHeld) =>
      setList((before) => takeChanges(before, changes, isKept)),
    [],
  )
  const look = useCallback(async () => {
    const known = new Set(now.current.list.rows.map(({ id }) => id))
    const { rows, hasGap: isGap } = await latestRows(now.current.filter, known)
    take(changesOf(rows))
    if (isGap) setGap(true)
    return rows.length
  }, [take])

  const pages = first.data?.pages
  useEffect(() => {
    // What was asked for is shown, also while the list is held: it is older than what waits.
    if (pages !== undefined) setList((before) => withPages(before, pages))
  }, [pages])
  useEffect(() => {
    if (!isHeld) take(new Map())
  }, [isHeld, take])
  const isFollowed = !isOff && first.isSuccess
  const following = useRef<Following | null>(null)
  useEffect(() => {
    if (!isFollowed) return
    const own = followDeliveries(now.current.filter, {
      onChanges: (changes) => take(changes),
      onBegin: () => void look().catch(() => setGap(true)),
      onConnection: setConnection,
      look,
    })
    following.current = own
    return own.end
  }, [isFollowed, look, take])
  const polled = useQuery({
    queryKey: ['deliveries', 'latest', filter],
    queryFn: async () => {
      await following.current?.poll()
      return null
    },
    enabled: isFollowed && connection === 'polling',
    refetchInterval: everyMs,
    // The next one comes by itself.
    retry: false,
    gcTime: 0,
  })
  return {
    first,
    rows: list.rows,
    waiting: list.waiting.length,
    showWaiting: () => setList(showWaiting),
    hasGap,
    connection: connection === 'polling' && polled.isError ? 'reconnecting' : connection,
  }
}

function changesOf(rows: readonly Listed[]): Changes<Listed> {
  return new Map(rows.map((row) => [row.id, row]))
}

function withPages(
  list: LiveList<Listed>,
  pages: readonly { readonly data: readonly Listed[] }[],
): LiveList<Listed> {
  const newest = pages.at(-1)?.data ?? []
  const { rows } = takeChanges({ ...list, waiting: [], leaving: new Set() }, changesOf(newest), false)
  return { ...list, rows }
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
