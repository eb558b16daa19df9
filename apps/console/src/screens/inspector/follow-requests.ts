/**
 * The requests of a listener, as they come, until the signal says stop: as a stream, which ends every five minutes and is opened
 * anew, or where a proxy lets none through in answers that end.
 */
import { type Following, followStream } from '@scanhook/client/follow-stream'
import { afterMs } from '../../after-ms.ts'
import { ApiProblem, api, bodyOf } from '../../api/api.ts'
import type { Arrived } from './judge-request.ts'

/** An answer that ends waits by itself for what comes; between two of them lies what keeps a session within its rate. */
const answersEveryMs = 500
/** As many as wait for one listener. */
const handedMax = 64

export interface FollowHooks {
  /** Once for each, however often it is handed over. */
  readonly onRequest: (request: Arrived) => void
  readonly onConnected: (isConnected: boolean) => void
}

/** Resolves when it is stopped; rejects when the listener is gone. */
export async function followRequests(
  webhookId: number,
  { onRequest, onConnected }: FollowHooks,
  signal: AbortSignal,
): Promise<void> {
  // Each is answered at once: what is handed over again is on its way out.
  const handed: string[] = []
  const take = (request: Arrived): void => {
    if (handed.includes(request.request_id)) return
    handed.push(request.request_id)
    handed.splice(0, handed.length - handedMax)
    onRequest(request)
  }
  // The first answer that ends waits for nothing: it says that there is a connection.
  let mayWait = false
  await followStream({
    ...{ answersEveryMs, hasNoPlaces: true, place: {}, signal, after: afterMs, random: Math.random },
    open: (_, inner, how) => openRequests(webhookId, { how, handed, mayWait, signal: inner }),
    isFinal: isRefused,
    onMessages: (messages) => {
      for (const { event, data } of messages) if (event === 'request') take(JSON.parse(data) as Arrived)
    },
    onConnected: (how) => {
      mayWait = how !== null
      onConnected(mayWait)
    },
  }).catch((error: unknown) => {
    throw error instanceof ApiProblem ? new ApiProblem(error.status, whyRefused(error.status)) : error
  })
}

interface Ask {
  readonly how: Following
  readonly handed: readonly string[]
  readonly mayWait: boolean
  readonly signal: AbortSignal
}

async function openRequests(
  webhookId: number,
  { how, handed, mayWait, signal }: Ask,
): Promise<ReadableStream<Uint8Array>> {
  const query = how === 'stream' ? {} : { once: true, wait: mayWait, handed: [...handed] }
  const asked = api.GET('/api/v1/listeners/{webhook_id}/requests', {
    ...{ params: { path: { webhook_id: webhookId }, query }, parseAs: 'stream' as const, signal },
  })
  return (await bodyOf(asked)) as unknown as ReadableStream<Uint8Array>
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429
}

function whyRefused(status: number): string {
  if (status === 404) return 'The inspector is gone: nobody followed it for a while.'
  if (status === 401) return 'The session has ended: sign in again, and start the inspector anew.'
  return `Its requests may not be followed any more (${status}).`
}
