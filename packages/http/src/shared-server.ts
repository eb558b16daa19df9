/**
 * One listening socket per address in a process, however many parts use it: the producer's and the API's routes are
 * on one port when both run in one process.
 *
 * Invariants
 *   H1. The socket is opened by the first `listen` and closed by the last `close`; in between the handler may be
 *       exchanged, and requests under way keep the one they began with.
 *   H2. `close` of the last part waits for the answers that are under way, and for nothing else.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SharedServer {
  /** From now on requests go to `handle`. */
  exchange(handle: RequestListener): void
  /** The address, `http://host:port`. */
  listen(host: string, port: number): Promise<string>
  close(): Promise<void>
  /** From then on an answer should end its connection. */
  isClosing(): boolean
}

/** A slow sender of headers holds a socket; 10 s is ten times what a bad mobile network needs. */
const headersTimeoutMs = 10_000
/** 4 MiB at 150 kB/s. */
const requestTimeoutMs = 30_000
/** Longer than the 60 s after which common load balancers let go of an idle connection, so that they close first. */
const keepAliveTimeoutMs = 65_000
/** Ten times the connections that a load balancer keeps open; a socket costs some 20 kB. */
const connectionsMax = 10_000

export function openSharedServer(): SharedServer {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
    },
    (request: IncomingMessage, response: ServerResponse) => {
      // A connection whose last answer ends after `close` would otherwise stay open, idle, until its timeout.
      response.once('close', () => {
        if (isClosing) setImmediate(() => server.closeIdleConnections())
      })
      handle(request, response)
    },
  )
  server.maxConnections = connectionsMax
  server.on('clientError', refuseGarbage)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  let listening: Promise<string> | null = null
  let isClosing = false
  return {
    exchange: (next) => {
      handle = next
    },
    listen: (host, port) => {
      listening ??= listenOn(server, host, port)
      return listening
    },
    isClosing: () => isClosing,
    close: async () => {
      isClosing = true
      if (listening === null) return
      await listening.catch(() => undefined)
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        // Opened ahead by a client and never used: Node takes it for one whose request is coming, and would wait for it.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      })
    },
  }
}

function listenOn(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const { address, family, port: actualPort } = server.address() as AddressInfo
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`)
    })
  })
}

/** What is no HTTP never reaches a route; it gets one line and a closed socket. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
