/**
 * Carries the outbox to the `master-data` topic: reads the oldest rows, sends them in order, and forgets them when
 * Kafka has them. One replica leads at a time; the others wait for its connection to end.
 *
 * Order of acts: list → append (acknowledged) → forget. A crash in between sends some twice, which versions absorb.
 *
 * Invariants
 *   Y1. Nothing is forgotten that was not acknowledged.
 *   Y2. One batch is under way at a time, so changes of one key arrive in the order of their positions.
 *   Y3. A NOTIFY that is lost costs one poll interval, not an announcement.
 *   Y4. Neither PostgreSQL's nor Kafka's absence ends it; it goes on from the oldest row when both are back.
 *   Y5. Each leadership sends with its own producer, which is closed when the session ends: else an append of version 10
 *       that is still being retried could land behind the next leader's version 11, and compaction would keep the 10.
 *       Only a request that is on the wire at that moment can't be called back.
 *   Y6. Between two failures lies a rest that only a stop cuts short: without PostgreSQL a core was spent on connecting, and
 *       on saying so.
 */
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { Logger } from '@scanhook/observability/log'
import type { Clock } from '@scanhook/runtime/clock'
import { waker } from './waker.ts'

/** One connection to the outbox (packages/postgres/outbox). */
export interface OutboxSession {
  tryLead(): Promise<boolean>
  list(limit: number): Promise<readonly MasterDataChange[]>
  forget(versions: readonly number[]): Promise<void>
  close(): Promise<void>
}

/** A Kafka producer of its own: what it still retries ends with it. */
export interface OutboxSender {
  /** Resolves when Kafka has acknowledged all of them, in this order; rejects when it is closed before. */
  send(changes: readonly MasterDataChange[]): Promise<void>
  /** Gives up at once what is not acknowledged. */
  close(): Promise<void>
}

export interface RelayPorts {
  readonly openSession: (on: {
    readonly onWake: () => void
    readonly onEnd: () => void
  }) => Promise<OutboxSession>
  /** For one leadership. */
  readonly openSender: () => Promise<OutboxSender>
  readonly clock: Pick<Clock, 'after'>
  readonly random: () => number
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly onLeading: (isLeading: boolean) => void
  readonly onSent: (count: number) => void
}

export interface Relay {
  /** Waits for no acknowledgement: what was not forgotten is sent again by the next leader. */
  stop(): Promise<void>
}

/** Announcements are some hundred bytes, endpoints a few KiB: half a megabyte at most. */
const batchMax = 200
/** How late a change may be when its NOTIFY was lost, or a new leader takes over: caches are to follow within a second. */
const pollMs = 500
const againMs = 500
const againMaxMs = 5_000

export function startRelay(ports: RelayPorts): Relay {
  const { wake, rest } = waker(ports.clock)
  /** Y6: of its own, because a connection that is lost before it listens ends, too, and what ends wakes. */
  const failure = waker(ports.clock)
  let isStopping = false
  let failures = 0
  let interrupt = (): void => undefined
  /** Rejects when the relay is to stop: a Kafka that is away would otherwise keep it for ever. */
  const stopped = new Promise<never>((_, reject) => {
    interrupt = () => reject(new Error('the relay stops'))
  })
  stopped.catch(() => undefined) // nobody may be waiting when it stops

  async function run(): Promise<void> {
    while (!isStopping) {
      try {
        await relayUntilEnd()
      } catch (error) {
        if (isStopping) return
        ports.log.warn({ error }, 'outbox.postponed')
        failures++
        await failure.rest(Math.min(againMaxMs, againMs * failures) * (0.5 + ports.random() / 2))
      }
    }
  }

  /** One session, from its opening to its end. Rejects when it ended by itself. */
  async function relayUntilEnd(): Promise<void> {
    let hasEnded = false
    let sender: OutboxSender | null = null
    async function letGo(): Promise<void> {
      const held = sender
      sender = null
      await held?.close()
    }
    const session = await ports.openSession({
      onWake: wake,
      onEnd: () => {
        hasEnded = true
        void letGo()
        wake()
      },
    })
    try {
      await waitForLead(session, () => hasEnded)
      while (!isStopping && !hasEnded) {
        sender ??= await ports.openSender()
        if ((await relayBatch(session, sender)) < batchMax) await rest(pollMs)
      }
    } finally {
      ports.onLeading(false)
      await letGo() // Y5: before the session's end lets another one lead
      if (!hasEnded) await session.close()
    }
    if (!isStopping) throw new Error('the connection to the outbox has ended')
  }

  async function waitForLead(session: OutboxSession, hasEnded: () => boolean): Promise<void> {
    while (!isStopping && !hasEnded()) {
      const isLeading = await session.tryLead()
      failures = 0
      if (isLeading) {
        ports.onLeading(true)
        ports.log.info('outbox.led')
        return
      }
      await rest(pollMs)
    }
  }

  async function relayBatch(session: OutboxSession, sender: OutboxSender): Promise<number> {
    const changes = await session.list(batchMax)
    if (changes.length === 0) return 0
    await Promise.race([sender.send(changes), stopped]) // Y1
    await session.forget(changes.map((change) => change.version))
    ports.onSent(changes.length)
    return changes.length
  }

  const running = run()
  return {
    stop: () => {
      isStopping = true
      interrupt()
      wake()
      failure.wake()
      return running
    },
  }
}
