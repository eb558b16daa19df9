/**
 * Two repairs of kafkajs 2.2.4, made once when this file is loaded and before anything connects. node_modules stays
 * as npm made it (`npm ci` with scripts off must suffice), so they are made on the prototypes.
 *
 * 1. RequestQueue.scheduleCheckPendingRequests (kafkajs#1751, #1768). After *every* answer it sets a timer for
 *    `throttledUntil − now`, where `throttledUntil` is −1 when nobody throttles: minus the epoch. Node 24 warns
 *    (TimeoutNegativeWarning) and runs it after 1 ms, and the callback schedules the next one: a 1 ms loop for every
 *    connection, for ever. Without pending requests there is nothing to check, so no timer is needed.
 * 2. ConnectionPool.getConnection. Two calls that find the connection closed both open a socket; one is leaked and
 *    still feeds its bytes into the same parser (kafkajs#1074 is the same race at disconnect). They share one attempt.
 */
import { type Connection, type ConnectionPool, ConnectionPoolClass, RequestQueueClass } from './internals.ts'

const scheduleCheck = RequestQueueClass.prototype.scheduleCheckPendingRequests
RequestQueueClass.prototype.scheduleCheckPendingRequests = function scheduleWhenPending(): void {
  if (this.pending.length > 0) scheduleCheck.call(this)
}

const connecting = new WeakMap<Connection, Promise<unknown>>()
ConnectionPoolClass.prototype.getConnection = async function getSharedConnection(
  this: ConnectionPool,
  index = 0,
): Promise<Connection> {
  const connection = this.pool[index]
  if (connection === undefined) throw new RangeError(`connection ${index} does not exist`)
  if (connection.isConnected()) return connection
  let attempt = connecting.get(connection)
  if (attempt === undefined) {
    attempt = connection.connect().finally(() => connecting.delete(connection))
    connecting.set(connection, attempt)
  }
  await attempt
  return connection
}
