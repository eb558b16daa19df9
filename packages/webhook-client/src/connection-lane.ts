/**
 * Connections to one URL for one endpoint. An undici `Client` with one connection each, so that an attempt knows
 * which socket carried it (was it reused, how long did connecting take, who answered) and so that one endpoint's
 * sockets can't starve another's. Owns sockets and their reuse; knows nothing of what is sent.
 *
 * Invariants
 *   L1. A connection is either with one exchange or idle, never both.
 *   L2. A closed socket is not kept: an idle connection that the receiver closes leaves the lane at once.
 *   L3. Idle connections over all lanes never exceed `idleMax`; beyond it the one that was idle longest is closed, so that
 *       endpoints that were quiet for a while can't take the room from those that are busy.
 *   L4. A lane that was given up keeps nothing: what is idle is closed at once, what is in use finishes and is closed.
 */
import { Client } from 'undici'
import { type ConnectPorts, type ConnectProgress, guardedConnect, newProgress } from './guarded-connect.ts'
import type { Target } from './parse-target.ts'

export interface Connection {
  readonly client: Client
  /** Of the latest socket; replaced when undici opens another one. */
  progress: ConnectProgress
  /** Exchanges that ended well on the latest socket; 0 means a fresh one. */
  exchangeCount: number
}

export interface IdleBudget {
  readonly idleMax: number
  /** Every idle connection and its lane, the longest idle first. */
  readonly idle: Map<Connection, ConnectionLane>
}

export interface ConnectionLane {
  readonly target: Target
  /** Last in, first out: the warmest socket first, and what a burst opened falls idle and closes. */
  readonly idle: Connection[]
  /** Nobody can find it any more (L4). */
  isGivenUp: boolean
}

/**
 * How long a silent connection is kept. Receivers commonly close after 5 s (Node), 60 s (AWS ALB) or 75 s (nginx);
 * one that closes under our request costs one immediate reconnect, one that we close early costs a TLS handshake.
 */
const idleTimeoutMs = 30_000
/** Node's and most servers' own limit for a header block. */
const responseHeaderMaxBytes = 16 * 1_024

function openConnection(
  target: Target,
  ports: ConnectPorts,
  onClosed: (connection: Connection) => void,
): Connection {
  const client = new Client(target.origin, {
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: responseHeaderMaxBytes,
    // One deadline over the whole exchange is kept by the exchange itself; undici's two only limit silence.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: idleTimeoutMs,
    keepAliveMaxTimeout: 60_000,
    connect: (_options, callback) => {
      connection.progress = newProgress()
      connection.exchangeCount = 0
      void guardedConnect(target, ports, connection.progress, (error, socket) => {
        if (socket === null) callback(error ?? new Error('no socket'), null)
        else callback(null, socket)
      })
    },
  })
  const connection: Connection = { client, progress: newProgress(), exchangeCount: 0 }
  client.on('disconnect', () => onClosed(connection))
  return connection
}

export function newLane(target: Target): ConnectionLane {
  return { target, idle: [], isGivenUp: false }
}

function removeIdle(lane: ConnectionLane, connection: Connection, budget: IdleBudget): void {
  const index = lane.idle.indexOf(connection)
  if (index < 0) return
  lane.idle.splice(index, 1)
  budget.idle.delete(connection)
  discard(connection)
}

function closeLongestIdle(budget: IdleBudget): void {
  for (const [connection, lane] of budget.idle) {
    removeIdle(lane, connection, budget)
    return
  }
}

/** An idle connection, or a new one, which connects when it is first used. */
export function takeConnection(lane: ConnectionLane, ports: ConnectPorts, budget: IdleBudget): Connection {
  const idle = lane.idle.pop()
  if (idle !== undefined) {
    budget.idle.delete(idle)
    return idle
  }
  return freshConnection(lane, ports, budget)
}

/** A connection that certainly has no past: for the one immediate reconnect. */
export function freshConnection(lane: ConnectionLane, ports: ConnectPorts, budget: IdleBudget): Connection {
  return openConnection(lane.target, ports, (connection) => {
    removeIdle(lane, connection, budget)
  })
}

/** After an exchange that left the connection in order (L3). */
export function keepConnection(lane: ConnectionLane, connection: Connection, budget: IdleBudget): void {
  connection.exchangeCount += 1
  const isOpen = connection.progress.socket !== null && !connection.progress.socket.destroyed
  if (!isOpen || lane.isGivenUp || budget.idleMax === 0) {
    discard(connection)
    return
  }
  if (budget.idle.size >= budget.idleMax) closeLongestIdle(budget)
  budget.idle.set(connection, lane)
  lane.idle.push(connection)
}

/** Closes a connection whatever it is doing, also one that is still being made. */
export function discard(connection: Connection): void {
  connection.progress.isAbandoned = true
  connection.progress.socket?.destroy()
  // Rejects only when it was destroyed before, which is what we want.
  connection.client.destroy().catch(() => undefined)
}

/** Closes what is idle; connections in use are closed when their exchange ends (L4). */
export function giveUpLane(lane: ConnectionLane, budget: IdleBudget): void {
  lane.isGivenUp = true
  for (const connection of [...lane.idle]) removeIdle(lane, connection, budget)
}
