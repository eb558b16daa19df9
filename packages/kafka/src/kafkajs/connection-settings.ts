/** How brokers are reached: from our settings to what kafkajs' connections want. */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Logger } from '@scanhook/observability/log'
import type { KafkaSecurity } from '../settings.ts'
import {
  type ConnectionPoolOptions,
  createLogger,
  type KafkajsLogger,
  type LogEntry,
  type SocketFactory,
} from './internals.ts'

export interface KafkaConnection {
  /** `host:port`, where a client begins to look. */
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly security: KafkaSecurity
  readonly username: string
  readonly password: string
  readonly log: Logger
  /**
   * A broker that hasn't answered a plain request by then is reconnected. Java's default is 30 s; ours is lower
   * because a frozen broker must not use up the 60 s after which the watchdog ends the process.
   */
  readonly requestTimeoutMs: number
  /** Sees every socket when it is made. Tests cut and freeze connections with it; nobody else has it. */
  readonly watchSocket?: ((socket: Socket) => void) | undefined
}

type SharedOptions = Pick<
  ConnectionPoolOptions,
  'rack' | 'ssl' | 'sasl' | 'clientId' | 'socketFactory' | 'logger'
>

export function connectionSettings(connection: KafkaConnection): SharedOptions {
  const { security, username, password, clientId } = connection
  const mechanism = security === 'sasl_scram512_tls' ? 'scram-sha-512' : 'plain'
  return {
    rack: null,
    ssl: security.endsWith('tls') ? {} : null,
    sasl: security.startsWith('sasl') ? { mechanism, username, password } : null,
    clientId,
    socketFactory: (target) => {
      const socket = openSocket(target)
      connection.watchSocket?.(socket)
      return socket
    },
    logger: kafkajsLogger(connection.log),
  }
}

/**
 * As kafkajs' own, plus: no Nagle delay (a small produce must not wait for the acknowledgement of a heartbeat), and a
 * socket that closes without saying why counts as broken: kafkajs listens to `end` and `error` only, so requests on it
 * would wait for their timeout, and an attempt to connect for ever.
 */
const openSocket: SocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ host, port, ...(isAddress(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 60_000)
  let isExplained = false
  const noteReason = () => {
    isExplained = true
  }
  socket.once('end', noteReason)
  socket.once('error', noteReason)
  socket.once('close', () => {
    if (!isExplained) socket.emit('error', new Error('socket was closed'))
  })
  return socket
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':')
}

const loggers = new WeakMap<Logger, KafkajsLogger>()

/**
 * kafkajs logs every broken connection as an error and with its stack; for us that is an expected outcome which the
 * loops report themselves. Its lines are kept for debugging only. Level 2 = warnings and errors.
 */
export function kafkajsLogger(log: Logger): KafkajsLogger {
  const known = loggers.get(log)
  if (known !== undefined) return known
  const logger = createLogger({ level: 2, logCreator: () => (entry) => logEntry(log, entry) })
  loggers.set(log, logger)
  return logger
}

export function logEntry(log: Logger, { namespace, log: { message } }: LogEntry): void {
  log.debug({ part: namespace, message }, 'kafkajs.said')
}
