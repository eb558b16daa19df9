/**
 * The stream of deliveries that a filter means, for as long as the page is in view. Where no stream comes through, what it would
 * tell is asked for now and then from the same place on; the stream is tried again beside that, and goes on from there.
 */
import { bytesOf } from '@scanhook/client/bytes-of'
import { followStream } from '@scanhook/client/follow-stream'
import { parseEventStream, type StreamMessage } from '@scanhook/client/parse-event-stream'
import type { paths } from '@scanhook/client/schema'
import { afterMs } from '../../after-ms.ts'
import { ApiProblem, api, bodyOf } from '../../api/api.ts'
import type { DeliveryFilter, Listed } from './delivery-queries.ts'
import type { Changes } from './live-list.ts'

/** `polling`: no stream is to be had, and it is asked now and then instead. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling'

export interface FollowHooks {
  readonly onChanges: (changes: Changes<Listed>) => void
  /** The stream begins with what comes from now on: what was before is to be asked for. */
  readonly onBegin: () => void
  readonly onConnection: (connection: Connection) => void
  /** Asks the list itself. Rejects when that can not be had either. */
  readonly look: () => Promise<unknown>
}

export interface Following {
  /** Asks once for what has come since. Rejects when nothing can be had at all. */
  readonly poll: () => Promise<void>
  readonly end: () => void
}

/** A list that moves more often is read by nobody, and each move costs a sort of all its rows. */
const showEveryMs = 250
/** Too many streams, an API that has none, or a proxy that lets none through: tried again. */
const askAgainMs = 30_000
/** An API that is started anew is away for longer than one; two minutes of silence are not waited for. */
const failuresMax = 3
/** As long as the greeting of a stream may take. */
const pollMaxMs = 10_000

/** While the page is hidden nothing is followed: a browser has six connections for all of its tabs. */
export function followDeliveries({ query }: DeliveryFilter, hooks: FollowHooks): Following {
  const ended = new AbortController()
  const place: { after?: string | undefined } = {}
  let isPolling = false
  /** A proxy that forbids streams forbids those that end, too: two requests for each look would be one too many. */
  let isOnceForbidden = false
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
      // Where the list can be had and the stream can not, the stream is what is in the way. While it is polled, one try is enough.
      isFinal: async (error, failures) =>
        isRefused(error) || isPolling || (failures >= failuresMax && (await isAnswered(hooks.look))),
      onMessages: (messages) => {
        for (const message of messages) add(message)
      },
      onConnected: (how) => {
        if (own.signal.aborted) return
        isPolling = false
        isOnceForbidden = false
        hooks.onConnection(how === null ? 'reconnecting' : 'live')
      },
      place,
      signal: own.signal,
      after: afterMs,
      random: Math.random,
    }).catch(() => {
      if (own.signal.aborted) return
      running = null
      isPolling = true
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
  return {
    poll: async () => {
      const from = place.after
      if (isOnceForbidden) {
        await hooks.look()
        return
      }
      try {
        const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(pollMaxMs)])
        const { messages, next } = await readOnce(
          { ...query, ...(from === undefined ? {} : { after: from }) },
          signal,
        )
        for (const message of messages) add(message)
        // A stream that was opened meanwhile is further.
        if (place.after === from) place.after = next ?? from
      } catch (error) {
        isOnceForbidden = error instanceof ApiProblem && error.status >= 400 && error.status !== 429
        await hooks.look()
      }
    },
    end: () => {
      ended.abort()
      running?.abort()
      cancelAgain()
      flush(false)
      document.removeEventListener('visibilitychange', look)
    },
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500
}

async function isAnswered(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => true,
    // A session that is over is an answer.
    isRefused,
  )
}

type StreamQuery = NonNullable<paths['/api/v1/deliveries/stream']['get']['parameters']['query']>

async function openStream(query: StreamQuery, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const asked = api.GET('/api/v1/deliveries/stream', { params: { query }, parseAs: 'stream', signal })
  return (await bodyOf(asked)) as unknown as ReadableStream<Uint8Array>
}

/** What is there, and the place behind it; null: none was told. */
async function readOnce(
  query: StreamQuery,
  signal: AbortSignal,
): Promise<{ readonly messages: readonly StreamMessage[]; readonly next: string | null }> {
  const messages: StreamMessage[] = []
  let next: string | null = null
  for await (const message of parseEventStream(
    bytesOf(await openStream({ ...query, once: true }, signal), signal),
  )) {
    if (message.data !== '') messages.push(message)
    next = message.id ?? next
  }
  signal.throwIfAborted()
  return { messages, next }
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
