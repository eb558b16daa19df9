/**
 * Receivers of webhooks that are slow, broken, hostile or overrun, each a real server on a free port of loopback. What
 * they do is given by name and can be changed while they run; what reached them and verified is written down.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { openFullBacklog } from '@scanhook/testkit/full-backlog'
import { type Answer, answerWith, openRawReceiver, type RawRequest } from '@scanhook/testkit/raw-receiver'
import {
  selfSignedCertificate,
  type TestAuthority,
  type TestCertificate,
} from '@scanhook/testkit/self-signed-certificate'
import { Webhook } from 'standardwebhooks'

export interface SeenRequest {
  /** `webhook-id`: the event's id, the same at every attempt. */
  readonly id: string
  /** Counts the requests with this id at this receiver, from 1. */
  readonly nth: number
  readonly receivedAtMs: number
  /** `webhook-timestamp`, when the sender began this attempt; whole seconds. */
  readonly attemptAtMs: number
  readonly head: string
  readonly body: string
  readonly connectionNumber: number
}

/** What a receiver does with a request that is there as a whole. */
export type Behaviour = (socket: Socket, seen: SeenRequest) => void

export interface FaultyReceiver {
  readonly port: number
  readonly url: string
  /** In order of arrival; all of them verified, where a secret is trusted. */
  readonly seen: () => readonly SeenRequest[]
  /** Requests that did not verify. */
  readonly refusedCount: () => number
  readonly connectionCount: () => number
  /** From the next request on. */
  readonly behave: (next: Behaviour) => void
  readonly close: () => Promise<void>
}

export interface FaultyReceiverOptions {
  /** Requests are verified with it, by the library that receivers use. Without one all are taken. */
  readonly secret?: string
  /** Makes it https; by default plain. */
  readonly tls?: TlsVariant
  /** Issues what of `tls` is issued. */
  readonly authority?: TestAuthority
  /** In the URL and in the certificate; 127.0.0.1 unless given, and then a name server must know it. */
  readonly hostname?: string
  /** Another address of loopback. */
  readonly host?: string
  /** A port that is the same as another receiver's, at another address. */
  readonly port?: number
}

/** `trusted` is in order; the others are what can be wrong with a certificate or a server. */
export type TlsVariant = 'trusted' | 'expired' | 'notYetValid' | 'wrongHost' | 'selfSigned' | 'tls10'

const mebibyte = 2 ** 20
const minuteMs = 60_000

function plainAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  const answer = answerWith(status, '{"ok":true}', headers)
  // The raw request is not needed to write a fixed answer.
  return (socket, { head, body, connectionNumber, nth }) =>
    answer(socket, { head, body, connectionNumber, number: nth })
}

/** Writes as long as somebody reads. */
function flow(socket: Socket, chunk: Buffer | string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', write)
  write()
}

/** Writes a little again and again, far below any limit of size. */
function trickle(socket: Socket, next: (count: number) => string): void {
  let count = 0
  const timer = setInterval(() => {
    count += 1
    socket.write(next(count))
  }, 50)
  socket.once('close', () => clearInterval(timer))
}

const headOf = (status: number, ...lines: readonly string[]): string =>
  `${[`HTTP/1.1 ${status} X`, ...lines].join('\r\n')}\r\n\r\n`

const bomb = gzipSync(Buffer.alloc(64 * mebibyte))

export const behaviours = {
  ok: (): Behaviour => plainAnswer(200),
  /** `retryAfter` goes into the header as it is. */
  status: (code: number, retryAfter?: string): Behaviour =>
    plainAnswer(code, retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  redirect: (code: number, location: string): Behaviour => plainAnswer(code, { location }),
  /** Takes the request and never says a word. */
  hang: (): Behaviour => () => undefined,
  /** A status line, then header after header. */
  headerTrickle: (): Behaviour => (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    trickle(socket, (count) => `x-${count}: y\r\n`)
  },
  bodyTrickle:
    (code: number): Behaviour =>
    (socket) => {
      socket.write(headOf(code, 'content-length: 1000000'))
      trickle(socket, () => 'z')
    },
  endlessChunked:
    (code: number): Behaviour =>
    (socket) => {
      socket.write(headOf(code, 'transfer-encoding: chunked'))
      flow(socket, `4000\r\n${'e'.repeat(0x4000)}\r\n`)
    },
  /** Says that it has 1 GB, and has it. */
  hugeBody:
    (code: number): Behaviour =>
    (socket) => {
      socket.write(headOf(code, `content-length: ${1_024 * mebibyte}`))
      flow(socket, Buffer.alloc(65_536, 0x67))
    },
  /** 64 KiB that unpack to 64 MiB. */
  gzipBomb:
    (code: number): Behaviour =>
    (socket) => {
      socket.write(headOf(code, 'content-encoding: gzip', `content-length: ${bomb.length}`))
      socket.write(bomb)
    },
  hugeHeader: (): Behaviour => plainAnswer(200, { 'x-huge': 'h'.repeat(65_536) }),
  informationalFlood: (): Behaviour => (socket) =>
    flow(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100)),
  /** The first request for a message is answered `ms` later, all others at once: it was processed, nobody heard it. */
  lateOk:
    (ms: number): Behaviour =>
    (socket, seen) => {
      if (seen.nth > 1) return plainAnswer(200)(socket, seen)
      const timer = setTimeout(() => plainAnswer(200)(socket, seen), ms)
      socket.once('close', () => clearTimeout(timer))
    },
  /** Fails `ratio` of all requests with 503, evenly spread and without chance: 0.5 is every other one, the first included. */
  flap: (ratio: number): Behaviour => {
    let count = 0
    return (socket, seen) => {
      const isFailing = Math.ceil((count + 1) * ratio) > Math.ceil(count * ratio)
      count += 1
      plainAnswer(isFailing ? 503 : 200)(socket, seen)
    }
  },
  /** FIN instead of an answer. */
  earlyFin: (): Behaviour => (socket) => socket.end(),
  /** Answers and closes while the connection is idle, without having said so. */
  closeIdle: (): Behaviour => (socket, seen) => {
    plainAnswer(200)(socket, seen)
    setImmediate(() => socket.end())
  },
  /** The second request on a connection meets its end: the receiver had just closed it. */
  dropReused: (): Behaviour => {
    const used = new WeakSet<Socket>()
    return (socket, seen) => {
      if (used.has(socket)) socket.destroy()
      else plainAnswer(200)(socket, seen)
      used.add(socket)
    }
  },
  /** `behaviour` for the first `count` requests of each message, then 200. */
  untilNth:
    (count: number, behaviour: Behaviour): Behaviour =>
    (socket, seen) =>
      seen.nth <= count ? behaviour(socket, seen) : plainAnswer(200)(socket, seen),
} as const

function headerOf(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

function isVerified(secret: string | undefined, { head, body }: RawRequest): boolean {
  if (secret === undefined) return true
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  try {
    new Webhook(secret).verify(body, Object.fromEntries(names.map((name) => [name, headerOf(head, name)])))
    return true
  } catch {
    return false
  }
}

function certificateFor(variant: TlsVariant, options: FaultyReceiverOptions): TestCertificate {
  const { hostname = 'hooks.example.com', authority } = options
  const nowMs = Date.now()
  const request = { hostname, notBeforeMs: nowMs - minuteMs, notAfterMs: nowMs + 30 * minuteMs }
  if (variant === 'selfSigned' || authority === undefined) return selfSignedCertificate(request)
  if (variant === 'expired') return authority.issue({ ...request, notAfterMs: nowMs - 1_000 })
  if (variant === 'notYetValid') return authority.issue({ ...request, notBeforeMs: nowMs + 20 * minuteMs })
  if (variant === 'wrongHost') return authority.issue({ ...request, hostname: `not-${hostname}` })
  return authority.issue(request)
}

const tls10 = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

/** Listens until closed. */
export async function openFaultyReceiver(
  behaviour: Behaviour,
  options: FaultyReceiverOptions = {},
): Promise<FaultyReceiver> {
  let current = behaviour
  let refused = 0
  const seen: SeenRequest[] = []
  const counts = new Map<string, number>()
  const answer: Answer = (socket, request) => {
    if (!isVerified(options.secret, request)) {
      refused += 1
      answerWith(401)(socket, request)
      return
    }
    const id = headerOf(request.head, 'webhook-id')
    const nth = (counts.get(id) ?? 0) + 1
    counts.set(id, nth)
    const one: SeenRequest = {
      id,
      nth,
      receivedAtMs: Date.now(),
      attemptAtMs: Number(headerOf(request.head, 'webhook-timestamp')) * 1_000,
      head: request.head,
      body: request.body,
      connectionNumber: request.connectionNumber,
    }
    seen.push(one)
    current(socket, one)
  }
  const { host = '127.0.0.1', port = 0, tls, hostname = '127.0.0.1' } = options
  const receiver = await openRawReceiver(
    answer,
    tls === undefined ? undefined : certificateFor(tls, options),
    { host, port, tls: tls === 'tls10' ? tls10 : {} },
  )
  return {
    port: receiver.port,
    url: `${tls === undefined ? 'http' : 'https'}://${hostname}:${receiver.port}/hook`,
    seen: () => seen,
    refusedCount: () => refused,
    connectionCount: receiver.connectionCount,
    behave: (next) => {
      current = next
    },
    close: receiver.close,
  }
}

/** A receiver that nothing ever reaches, so that there is nothing to say about requests. */
export type UnreachableReceiver = Pick<FaultyReceiver, 'port' | 'url' | 'close'>

/** Its backlog is full: connections are neither taken nor refused. */
export async function openNeverAccepting(): Promise<UnreachableReceiver> {
  const { port, close } = await openFullBacklog()
  return { port, url: `http://127.0.0.1:${port}/hook`, close }
}

/** Under an https URL: `say` is written as soon as the client has said hello; null says nothing, ever. */
export async function openNoTls(say: Buffer | string | null): Promise<UnreachableReceiver> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (say !== null) socket.once('data', () => socket.end(say))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `https://127.0.0.1:${port}/hook`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

/** RFC 6066 §3: what a server says that can't choose among its certificates, because no server was named. */
export const unrecognizedName: Buffer = Buffer.from([0x15, 3, 3, 0, 2, 2, 112])
