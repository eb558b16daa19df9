/** The requests of a listener, as they come, until the signal says stop. The stream ends every five minutes by itself and is opened anew. */
import { ApiProblem, consoleHeaders } from '../../api/api.ts'
import type { Arrived } from './judge-request.ts'
import { parseEvents } from './parse-events.ts'

/** After a stream that broke; senders wait four seconds for the next. */
const pauseMs = 1_000

export interface FollowHooks {
  readonly onRequest: (request: Arrived) => void
  readonly onConnected: (isConnected: boolean) => void
}

/** Resolves when it is stopped; rejects when the listener is gone. */
export async function followRequests(
  webhookId: number,
  { onRequest, onConnected }: FollowHooks,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(`/api/v1/listeners/${webhookId}/requests`, {
        headers: { ...consoleHeaders, accept: 'text/event-stream' },
        signal,
      })
      if (response.status >= 400 && response.status < 500 && response.status !== 429)
        throw new ApiProblem(response.status, whyRefused(response.status))
      if (response.ok && response.body !== null) {
        onConnected(true)
        await readStream(response.body, onRequest)
      }
    } catch (error) {
      if (error instanceof ApiProblem) throw error
      // A stream that broke off, or was stopped: the loop knows which.
    }
    onConnected(false)
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

function whyRefused(status: number): string {
  if (status === 404) return 'The inspector is gone: nobody followed it for a while.'
  if (status === 401) return 'The session has ended: sign in again, and start the inspector anew.'
  return `Its requests may not be followed any more (${status}).`
}

async function readStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onRequest: FollowHooks['onRequest'],
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const { events, rest } = parseEvents(text + value)
    text = rest
    for (const { event, data } of events) if (event === 'request') onRequest(JSON.parse(data) as Arrived)
  }
}
