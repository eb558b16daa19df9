/** One request to the server on this machine: the bytes and headers that the sender sent, in their order and spelling. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LocalAnswer, RelayedRequest } from './relayed-request.ts'

/** Longer than the timeout of every profile: it is the sender who gives up. */
const timeoutMs = 30_000
/** As much as the API takes. */
const bodyMaxBytes = 64 * 1024
const headersMax = 50
const badGateway = 502

/** Never through a proxy that the environment names: that is the way to the API. */
const direct = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }

/**
 * Always resolves: what is not there or does not answer is a 502 that says so, in the delivery log, too. With the signal the
 * request ends at once: whoever leaves does not wait for the receiver.
 */
export function forward(
  target: URL,
  { headers, body }: RelayedRequest,
  signal: AbortSignal,
): Promise<LocalAnswer> {
  return new Promise((resolve) => {
    const fail = (why: string): void => {
      const text = Buffer.from(`${target.origin} did not answer: ${why}\n`)
      resolve({ status: badGateway, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text })
    }
    try {
      const send = target.protocol === 'https:' ? httpsRequest : httpRequest
      const request = send(target, {
        method: 'POST',
        agent: target.protocol === 'https:' ? direct.https : direct.http,
        headers: [...headers.flat(), 'host', target.host, 'content-length', String(body.length)],
        timeout: timeoutMs,
        // One for each: Node 20 warns of more than ten listeners on one signal, and dozens may be under way.
        signal: AbortSignal.any([signal]),
      })
      request.once('timeout', () => request.destroy(new Error(`nothing came in ${timeoutMs / 1_000} s`)))
      request.once('error', (error) => fail(reasonOf(error)))
      request.once('response', (response) => {
        answerOf(response).then(resolve, (error: unknown) => fail(reasonOf(error)))
      })
      request.end(body)
    } catch (error) {
      fail(reasonOf(error))
    }
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  return error.message === '' ? (code ?? 'it broke off') : error.message
}

async function answerOf(response: IncomingMessage): Promise<LocalAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < bodyMaxBytes) chunks.push(chunk)
    size += chunk.length
  }
  return {
    status: response.statusCode ?? badGateway,
    headers: headersOf(response),
    body: Buffer.concat(chunks).subarray(0, bodyMaxBytes),
  }
}

/** Those that the API takes; of several with one name the values in a list. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    const isTaken = /^[A-Za-z0-9-]{1,64}$/.test(name) && /^[\x20-\x7e]{0,1024}$/.test(text)
    return isTaken ? [[name, text] as const] : []
  })
  return Object.fromEntries(entries.slice(0, headersMax))
}
