/**
 * The requests of a listener, as they come, until the signal says stop: as a stream, which ends every five minutes and is opened
 * anew, or where a proxy lets none through in answers that end.
 */
import { followListener, handedMax } from '@scanhook/client/follow-listener'
import { afterMs } from '../../after-ms.ts'
import { ApiProblem, api, bodyOf } from '../../api/api.ts'
import type { Arrived } from './judge-request.ts'

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
  await followListener({
    ...{ signal, after: afterMs, random: Math.random, isFinal: isRefused },
    open: async (query, inner) => {
      const asked = api.GET('/api/v1/listeners/{webhook_id}/requests', {
        ...{ params: { path: { webhook_id: webhookId }, query }, parseAs: 'stream' as const, signal: inner },
      })
      return (await bodyOf(asked)) as unknown as ReadableStream<Uint8Array>
    },
    handed: () => handed,
    onRequest: (data) => take(JSON.parse(data) as Arrived),
    onConnected: (how) => onConnected(how !== null),
  }).catch((error: unknown) => {
    throw error instanceof ApiProblem ? new ApiProblem(error.status, whyRefused(error.status)) : error
  })
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429
}

function whyRefused(status: number): string {
  if (status === 404) return 'The inspector is gone: nobody followed it for a while.'
  if (status === 401) return 'The session has ended: sign in again, and start the inspector anew.'
  return `Its requests may not be followed any more (${status}).`
}
