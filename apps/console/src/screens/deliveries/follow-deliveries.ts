/** The stream of deliveries that a filter means, for as long as the page is in view. */
import { followStream } from '@scanhook/client/follow-stream'
import type { StreamMessage } from '@scanhook/client/parse-event-stream'
import type { paths } from '@scanhook/client/schema'
import { ApiProblem, api, bodyOf } from '../../api/api.ts'
import type { DeliveryFilter, Listed } from './delivery-queries.ts'
import type { Changes } from './live-list.ts'

/** `polling`: the stream is refused, and the list is asked for instead. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling'

export interface FollowHooks {
  readonly onChanges: (changes: Changes<Listed>) => void
  /** The stream begins with what comes from now on: what was before is to be asked for. */
  readonly onBegin: () => void
  readonly onConnection: (connection: Connection) => void
}

/** A list that moves more often is read by nobody, and each move costs a sort of all its rows. */
const showEveryMs = 250
/** Too many streams, or an API that has none: looked for again. */
const askAgainMs = 30_000

/** Gives the way to end it. While the page is hidden nothing is followed: a browser has six connections for all of its tabs. */
export function followDeliveries({ query }: DeliveryFilter, hooks: FollowHooks): () => void {
  const ended = new AbortController()
  const place: { after?: string } = {}
  const { add, flush } = gatherer(hooks)
  let running: AbortController | null = null
  let cancelAgain = (): void => undefined

  const begin = (): void => {
    if (document.hidden || running !== null || ended.signal.aborted) return
    const own = new AbortController()
    running = own
    cancelAgain()
    followStream({
      open: (after, signal) => openStream({ ...query, ...(after === undefined ? {} : { after }) }, signal),
      isFinal: (error) => error instanceof ApiProblem && error.status >= 400 && error.status < 500,
      onMessages: (messages) => {
        for (const message of messages) add(message)
      },
      onConnected: (isConnected) => {
        if (!own.signal.aborted) hooks.onConnection(isConnected ? 'live' : 'reconnecting')
      },
      place,
      signal: own.signal,
      after: afterMs,
      random: Math.random,
    }).catch(() => {
      if (own.signal.aborted) return
      running = null
      hooks.onConnection('polling')
      cancelAgain = afterMs(askAgainMs, begin)
    })
  }
  const look = (): void => {
    if (!document.hidden) {
      begin()
      return
    }
    running?.abort()
    running = null
    cancelAgain()
  }
  document.addEventListener('visibilitychange', look)
  begin()
  return () => {
    ended.abort()
    running?.abort()
    cancelAgain()
    flush(false)
    document.removeEventListener('visibilitychange', look)
  }
}

type StreamQuery = NonNullable<paths['/api/v1/deliveries/stream']['get']['parameters']['query']>

async function openStream(query: StreamQuery, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const asked = api.GET('/api/v1/deliveries/stream', { params: { query }, parseAs: 'stream', signal })
  return (await bodyOf(asked)) as unknown as ReadableStream<Uint8Array>
}

/** What came within a moment is shown together. */
function gatherer({ onChanges, onBegin }: FollowHooks) {
  let pending = new Map<string, Listed | null>()
  let cancel: (() => void) | null = null
  const flush = (isShown: boolean): void => {
    cancel?.()
    cancel = null
    const changes = pending
    pending = new Map()
    if (isShown && changes.size > 0) onChanges(changes)
  }
  const put = (id: string, row: Listed | null): void => {
    pending.set(id, row)
    cancel ??= afterMs(showEveryMs, () => flush(true))
  }
  const add = ({ event, data }: StreamMessage): void => {
    if (event === 'open') {
      if (!(JSON.parse(data) as { is_continued: boolean }).is_continued) onBegin()
    } else if (event === 'delivery') {
      const row = JSON.parse(data) as Listed
      put(row.id, row)
    } else if (event === 'left') put((JSON.parse(data) as { id: string }).id, null)
  }
  return { add, flush }
}

function afterMs(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs)
  return () => clearTimeout(timer)
}
