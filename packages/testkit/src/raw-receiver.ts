/**
 * A receiver of webhooks that can misbehave in every way TCP allows: the test gets the bare socket of each request.
 * Listens on loopback only; counts connections, so it also serves as the canary that nobody may reach.
 */
import net from 'node:net'
import tls from 'node:tls'
import type { TestCertificate } from './self-signed-certificate.ts'

export interface RawRequest {
  /** Request line and headers as sent. */
  readonly head: string
  readonly body: string
  /** Counts from 1 over all connections of the receiver. */
  readonly number: number
  /** Counts from 1; requests with the same number came over the same connection. */
  readonly connectionNumber: number
}

export interface RawReceiver {
  readonly port: number
  readonly requests: readonly RawRequest[]
  readonly connectionCount: () => number
  /** Sockets that are open now, in a handshake or idle. */
  readonly openCount: () => number
  close(): Promise<void>
}

export type Answer = (socket: net.Socket, request: RawRequest) => void

/** A complete small answer; the connection stays open. */
export function answerWith(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const lines = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return (socket) => {
    socket.write(`HTTP/1.1 ${status} X\r\n${lines}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
}

function contentLengthOf(head: string): number {
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
}

export interface RawReceiverOptions {
  /** Another address of loopback; `127.0.0.1` unless given. */
  readonly host?: string
  /** A free one unless given. */
  readonly port?: number
  /** Goes to the TLS server as it is: its certificate, its versions, what it does with server names. */
  readonly tls?: tls.TlsOptions
}

/** Listens until closed; `answer` is called once per complete request. */
export async function openRawReceiver(
  answer: Answer,
  certificate?: TestCertificate | undefined,
  options: RawReceiverOptions = {},
): Promise<RawReceiver> {
  const sockets = new Set<net.Socket>()
  const requests: RawRequest[] = []
  let connectionCount = 0
  let exchangeConnectionCount = 0
  const accept = (socket: net.Socket): void => {
    exchangeConnectionCount += 1
    const connectionNumber = exchangeConnectionCount
    let pending = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.subarray(0, end).toString('latin1')
        const total = end + 4 + contentLengthOf(head)
        if (pending.length < total) return
        const body = pending.subarray(end + 4, total).toString('utf8')
        pending = pending.subarray(total)
        const request = { head, body, number: requests.length + 1, connectionNumber }
        requests.push(request)
        answer(socket, request)
      }
    })
  }
  const server =
    certificate === undefined
      ? net.createServer(accept)
      : tls.createServer(
          { cert: certificate.certificate, key: certificate.privateKey, ...options.tls },
          accept,
        )
  server.on('connection', (socket: net.Socket) => {
    // Counted before a handshake: a canary must also see whoever gave up during it.
    connectionCount += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  const { host = '127.0.0.1', port: wantedPort = 0 } = options
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wantedPort, host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    requests,
    connectionCount: () => connectionCount,
    openCount: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
