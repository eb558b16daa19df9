/**
 * The requests to a listener, for whoever answers them: as a stream, or where a proxy lets none through in answers that end
 * (follow-stream S4). The server knows by itself which of them wait; who follows says which it has.
 */
import { type FollowStreamOptions, followStream } from './follow-stream.ts'

/** What is asked for: a stream, or one answer that ends. */
export type ListenerQuery =
  | Readonly<Record<string, never>>
  | { readonly once: true; readonly wait: boolean; readonly handed: string[] }

export interface FollowListenerOptions
  extends Pick<FollowStreamOptions, 'isFinal' | 'onConnected' | 'signal' | 'after' | 'random'> {
  /** Rejects when there is nothing to be had. */
  readonly open: (query: ListenerQuery, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
  /** The newest ids of requests that are being answered: they need not be handed over again. As many as `handedMax` count. */
  readonly handed: () => readonly string[]
  /** One request, as JSON. It may come again. */
  readonly onRequest: (data: string) => void
}

/** As many as the relay lets wait for one listener. */
export const handedMax = 64
/** An answer that ends waits by itself for what comes; between two of them lies what keeps a key or a session within its rate. */
const answersEveryMs = 500

/** Resolves when the signal says so; throws what is final. */
export async function followListener(options: FollowListenerOptions): Promise<void> {
  const { open, handed, onRequest, onConnected, ...others } = options
  // The first answer that ends waits for nothing: it says that there is a connection.
  let isConnected = false
  await followStream({
    ...{ ...others, answersEveryMs, hasNoPlaces: true, place: {} },
    open: (_, signal, how) => {
      const ids = handed().slice(-handedMax)
      return open(how === 'stream' ? {} : { once: true, wait: isConnected, handed: ids }, signal)
    },
    onMessages: (messages) => {
      for (const { event, data } of messages) if (event === 'request') onRequest(data)
    },
    onConnected: (how) => {
      isConnected = how !== null
      onConnected(how)
    },
  })
}
