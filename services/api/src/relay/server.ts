/**
 * The relay's own port, which only senders can reach: `POST /<token>` is handed to whoever listens, and answered as they
 * answer. The API's port knows none of it: a webhook that names the API's address leads nowhere.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '@scanhook/runtime/listen'
import { readBody } from '@scanhook/runtime/read-body'
import type { Received, Relay, Relayed } from './relay.ts'

export interface RelayServer {
  readonly url: string
  close(): Promise<void>
}

/** A batch has 1 MiB at most, and its envelope some KiB. */
const bodyMaxBytes = 2 * 1024 * 1024
/** Of the connection between sender and relay, not of the message. */
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Resolves when it listens; rejects when the port can't be had. */
export async function openRelayServer(
  relay: Pick<Relay, 'receive'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RelayServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void handle(relay, request, response).catch(() => response.destroy())
  })
  const url = await listen(server, { host, port })
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function handle(
  relay: Pick<Relay, 'receive'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const token = /^\/([A-Za-z0-9_-]{1,64})$/.exec(request.url ?? '')?.[1]
  if (token === undefined || request.method !== 'POST') {
    request.resume()
    response.writeHead(404, { 'content-length': 0 }).end()
    return
  }
  const body = await readBody(request, bodyMaxBytes)
  if (body === null) {
    response.writeHead(413, { connection: 'close', 'content-length': 0 }).end()
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // The database is away: as with everything that can not be delivered now, the sender comes again.
  const relayed = await relay
    .receive(token, { headers: headersOf(request), body }, gone.signal)
    .catch(() => null)
  if (relayed === null) say(response, 503, 'the relay can not reach its database')
  else send(response, relayed)
}

function send(response: ServerResponse, relayed: Relayed): void {
  switch (relayed.kind) {
    case 'answered': {
      const { status, headers, body } = relayed.answer
      const isEmpty = status === 204 || status === 304
      response.writeHead(status, isEmpty ? headers : { ...headers, 'content-length': body.length })
      response.end(isEmpty ? undefined : body)
      return
    }
    case 'nobody':
      say(response, 503, 'nobody is listening: start scanhook listen again')
      return
    case 'too_many':
      say(response, 503, 'too many requests wait for whoever is listening')
      return
    case 'late':
      say(response, 504, 'the server behind scanhook listen did not answer in time')
      return
    case 'abandoned':
      response.destroy()
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`)
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length })
  response.end(body)
}

function headersOf({ rawHeaders }: IncomingMessage): Received['headers'] {
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]]
    if (!ofTheConnection.has(name.toLowerCase())) pairs.push([name, value])
  }
  return pairs
}
