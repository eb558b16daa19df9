/**
 * The receivers as a process of their own: `node receivers-main.ts PLAN_AS_JSON` with an IPC channel. One server for each
 * endpoint on its own port of loopback; every request is verified when it arrives, by the library that receivers use, and is
 * on disk before it is answered.
 */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { openRawReceiver } from '@scanhook/testkit/raw-receiver'
import { Webhook } from 'standardwebhooks'
import { type Behaviour, behaviours, type SeenRequest } from '../harness/faulty-receiver.ts'
import { openLedgerFile } from './ledger-file.ts'
import {
  answerIn,
  type BehaviourSpec,
  type FromReceivers,
  type ReceiverLine,
  type ReceiverPlan,
  type SignatureVerdict,
  type ToReceivers,
} from './receivers.ts'

const plan = JSON.parse(process.argv[2] ?? '') as ReceiverPlan
const ledger = openLedgerFile<ReceiverLine>(plan.ledgerFile)
const secrets: (readonly string[])[] = []
const current: Behaviour[] = Array.from({ length: plan.endpointCount }, () => behaviours.ok())
let requestCount = 0
let canaryConnections = 0

const tell = (message: FromReceivers): void => {
  process.send?.(message)
}

function headerOf(head: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}

/** The standard's own tolerance is 5 minutes, either way. */
function judge(index: number, head: string, body: string): SignatureVerdict {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const headers = Object.fromEntries(names.map((name) => [name, headerOf(head, name)]))
  if (names.some((name) => headers[name] === '')) return 'missing'
  let verdict: SignatureVerdict = 'invalid'
  for (const secret of secrets[index] ?? []) {
    try {
      new Webhook(secret).verify(body, headers)
      return 'valid'
    } catch (error) {
      if (error instanceof Error && /timestamp/i.test(error.message)) verdict = 'out of tolerance'
    }
  }
  return verdict
}

function slow(ms: number): Behaviour {
  return (socket, seen) => {
    // A write to a socket that is closed by then does nothing: no need to listen for its end.
    setTimeout(() => {
      if (!socket.destroyed) behaviours.ok()(socket, seen)
    }, ms)
  }
}

function behaviourOf({ name, value, text }: BehaviourSpec): Behaviour {
  switch (name) {
    case 'slow':
      return slow(value ?? 500)
    case 'status':
      return behaviours.status(value ?? 500, text)
    case 'redirect':
      return behaviours.redirect(value ?? 302, text ?? '')
    case 'flap':
      return behaviours.flap(value ?? 0.5)
    case 'lateOk':
      return behaviours.lateOk(value ?? 60_000)
    case 'refuseTwice':
      return behaviours.untilNth(2, behaviours.status(404))
    case 'bodyTrickle':
    case 'endlessChunked':
    case 'hugeBody':
    case 'gzipBomb':
      return behaviours[name](value ?? 200)
    case 'ok':
    case 'hang':
    case 'headerTrickle':
    case 'hugeHeader':
    case 'informationalFlood':
    case 'earlyFin':
    case 'closeIdle':
    case 'dropReused':
      return behaviours[name]()
  }
}

/** Notes the first status line of a whole head that goes out after each request, whatever behaviour wrote it. */
const numbers = new WeakMap<Socket, number>()
function watchAnswers(socket: Socket, number: number): void {
  const isWatched = numbers.has(socket)
  numbers.set(socket, number)
  if (isWatched) return
  const look = (chunk: unknown): void => {
    const text = typeof chunk === 'string' ? chunk : Buffer.isBuffer(chunk) ? chunk.toString('latin1') : ''
    const about = numbers.get(socket) ?? 0
    const status = answerIn(text)
    // What is written after the end (`closeIdle`, under the next request) goes nowhere.
    if (status === null || about === 0 || socket.writableEnded) return
    numbers.set(socket, 0)
    void ledger.append({ kind: 'answer', number: about, status, atMs: Date.now() })
  }
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = ((...args: unknown[]) => {
    look(args[0])
    return write(...args)
  }) as Socket['write']
}

const counts = new Map<string, number>()
const receivers = await Promise.all(
  Array.from({ length: plan.endpointCount }, async (_, index) =>
    openRawReceiver((socket, request) => {
      requestCount += 1
      const number = requestCount
      const id = headerOf(request.head, 'webhook-id')
      const key = `${index} ${id}`
      const nth = (counts.get(key) ?? 0) + 1
      counts.set(key, nth)
      const attemptAtS = Number(headerOf(request.head, 'webhook-timestamp'))
      const receivedAtMs = Date.now()
      const seen: SeenRequest = {
        id,
        nth,
        receivedAtMs,
        attemptAtMs: attemptAtS * 1_000,
        head: request.head,
        body: request.body,
        connectionNumber: request.connectionNumber,
      }
      const line: ReceiverLine = {
        kind: 'request',
        number,
        index,
        webhookId: id,
        attemptAtS,
        receivedAtMs,
        verdict: judge(index, request.head, request.body),
        bodyHash: createHash('sha256').update(request.body).digest('hex'),
        bodyBytes: Buffer.byteLength(request.body),
      }
      void ledger.append(line).then(() => {
        watchAnswers(socket, number)
        if (!socket.destroyed) current[index]?.(socket, seen)
      })
    }),
  ),
)

/** Loopback, beside the ports that are allowed: what no policy may let a webhook reach. Nothing listens in the network. */
const canaryHosts = ['127.0.0.1', '127.0.0.77']
async function openCanary(host: string): Promise<{ readonly host: string; readonly port: number }> {
  let port = 0
  const server = createServer((socket) => {
    canaryConnections += 1
    void ledger.append({ kind: 'canary', host, port, atMs: Date.now() })
    socket.destroy()
  })
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail).listen(0, host, resolve)
  })
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  return { host, port }
}
const canaries = await Promise.all(canaryHosts.map(openCanary))

process.on('message', (message: ToReceivers) => {
  switch (message.kind) {
    case 'secrets':
      for (const [index, secret] of message.secrets.entries()) secrets[index] = [secret]
      return
    case 'secret':
      secrets[message.index] = message.secrets
      return
    case 'behave':
      for (const [index, spec] of Object.entries(message.behaviours))
        current[Number(index)] = behaviourOf(spec)
      return
    case 'count':
      tell({
        kind: 'counted',
        requests: requestCount,
        canaryConnections,
        connections: receivers.reduce((sum, { openCount }) => sum + openCount(), 0),
      })
  }
})
process.on('disconnect', () => process.exit(0))
tell({ kind: 'listening', ports: receivers.map(({ port }) => port), canaries })
