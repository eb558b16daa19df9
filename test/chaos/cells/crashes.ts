/**
 * S6: a crash between each pair of durable steps. The later step is held on its way (writes to named topics, commits, Redis, a lock in
 * PostgreSQL) while everything else passes, so that the crash comes between the two for certain, whatever the timing; the process
 * is killed, what was held is thrown away, and another life begins.
 */
import { retryTiers } from '@scanhook/domain/retry/tiers'
import { waitUntil } from '../../harness/wait-until.ts'
import type { ServiceName } from '../../harness/world.ts'
import type { Cell, CellContext } from '../cell.ts'
import { inPostgres } from '../in-postgres.ts'

const nextSteps: readonly string[] = [
  'deliveries.dead',
  ...retryTiers.map(({ name }) => `deliveries.retry.${name}`),
]

function gateOf({ world }: CellContext, name: ServiceName) {
  const gate = world.gates.get(name)
  if (gate === undefined) throw new Error(`${name} has no gate`)
  return gate
}

/** A heartbeat comes every 0.6 s and a commit every 0.5 s: after three, whatever may be committed is. */
async function untilCommitted(context: CellContext, name: ServiceName): Promise<void> {
  const gate = gateOf(context, name)
  const from = gate.heartbeatCount()
  await waitUntil(`${name} has committed what it lets go of`, () => gate.heartbeatCount() >= from + 3)
}

/** Twice, so that the second crash meets what the first one left. */
const crashCount = 2

interface Crash {
  readonly id: string
  readonly words: string
  readonly service: ServiceName
  /** Which writes are held; commits when null. */
  readonly topics: readonly string[] | null
}

const crashes: readonly Crash[] = [
  {
    id: 'producer-scans',
    words: 'producer: between claim and scans',
    service: 'producer',
    topics: ['scans'],
  },
  {
    id: 'producer-events',
    words: 'producer: between taking and events',
    service: 'producer',
    topics: ['events'],
  },
  { id: 'producer-commit', words: 'producer: between mark and commit', service: 'producer', topics: null },
  { id: 'tracker-events', words: 'tracker: before its events', service: 'tracker', topics: ['events'] },
  {
    id: 'tracker-state',
    words: 'tracker: between events and state',
    service: 'tracker',
    topics: ['asset-state'],
  },
  { id: 'tracker-commit', words: 'tracker: between state and commit', service: 'tracker', topics: null },
  { id: 'router', words: 'router: before its deliveries', service: 'router', topics: ['deliveries'] },
  { id: 'router-commit', words: 'router: between deliveries and commit', service: 'router', topics: null },
  {
    id: 'dispatcher-attempts',
    words: 'dispatcher: between request and attempt',
    service: 'dispatcher',
    topics: ['attempts'],
  },
  {
    id: 'dispatcher-next',
    words: 'dispatcher: between attempt and next step',
    service: 'dispatcher',
    topics: nextSteps,
  },
  {
    id: 'dispatcher-commit',
    words: 'dispatcher: between next step and commit',
    service: 'dispatcher',
    topics: null,
  },
  {
    id: 'retry',
    words: 'retry: before the next tier or the hand-over',
    service: 'retry',
    topics: ['deliveries', ...nextSteps],
  },
  { id: 'retry-commit', words: 'retry: between hand-over and commit', service: 'retry', topics: null },
  {
    id: 'notifier-commit',
    words: 'notifier: between its rows and commit',
    service: 'notifier',
    topics: null,
  },
]

async function crash(context: CellContext, { service, topics, words }: Crash, nth: number): Promise<void> {
  const { world, sleep, fault, say } = context
  const gate = gateOf(context, service)
  await fault(
    `killed ${words}`,
    async () => {
      // It has something to commit when a breaker opens or closes.
      if (service === 'notifier') context.behave(() => ({ name: nth % 2 === 0 ? 'earlyFin' : 'ok' }))
      if (topics === null) gate.holdCommits()
      else gate.hold(topics.map((topic) => `${world.prefix}${topic}`))
      await waitUntil(`${service} has something held`, () => gate.heldCount() > 0, { deadlineMs: 20_000 })
      if (topics === null) await sleep(2_000)
      else await untilCommitted(context, service)
      say(`${gate.heldCount()} requests held`)
      await world.services[service].kill()
      gate.release()
      await world.services[service].start()
    },
    { mayForgetAttempts: service === 'dispatcher' },
  )
}

/**
 * Redis answers when the scans are written and not when they are marked: the mark is held until the producer is dead. Its commit
 * waits for the mark, so the crash is between the two.
 */
async function crashBeforeMark(context: CellContext): Promise<void> {
  const { world, stack, sleep, fault } = context
  const gate = gateOf(context, 'producer')
  await fault('killed between scans and their mark', async () => {
    gate.hold([`${world.prefix}scans`])
    await waitUntil('scans are held', () => gate.heldCount() > 0)
    stack.redis.proxy.hold(['toServer'])
    gate.deliver()
    // The acknowledgement comes within milliseconds; a command to Redis gives up after its own timeout, later.
    await sleep(100)
    await world.services.producer.kill()
    stack.redis.proxy.resetAll()
    stack.redis.proxy.heal()
    await world.services.producer.start()
  })
}

/** As in the end-to-end test: a lock lets the transactions wait, their sessions end with the process. */
async function crashInTransaction({ world, sleep, fault }: CellContext): Promise<void> {
  const waiting = `FROM pg_locks WHERE NOT granted AND relation IN ('events'::regclass, 'attempts'::regclass)`
  await inPostgres(world.innerEnv, (client) =>
    fault('recorder killed in the middle of its transactions', async () => {
      await client.query('BEGIN; LOCK TABLE events, attempts IN SHARE ROW EXCLUSIVE MODE')
      await waitUntil('transactions wait', async () => {
        const { rows } = await client.query(`SELECT DISTINCT relation ${waiting}`)
        return rows.length === 2
      })
      await sleep(2_000)
      await world.services.recorder.kill()
      // Else they would still do their work when the lock is gone, although nobody listens any more.
      await client.query(`SELECT pg_terminate_backend(pid) ${waiting}`)
      await client.query('ROLLBACK')
      await world.services.recorder.start()
    }),
  )
}

const invariants = ['I1', 'I3', 'I7'] as const

export const crashCells: readonly Cell[] = [
  ...crashes.map(
    (one): Cell => ({
      id: `S6-${one.id}`,
      fault: `crash in ${one.words}`,
      invariants,
      expectations: { mayReconnect: one.service === 'notifier' },
      setup: {
        gated: [one.service],
        seconds: 36,
        // Refused twice: the first retry waits in the dispatcher, the second goes into a tier.
        behaviour: () => ({ name: 'refuseTwice' }),
      },
      run: async (context) => {
        for (let nth = 0; nth < crashCount; nth += 1) await crash(context, one, nth)
      },
    }),
  ),
  {
    id: 'S6-producer-mark',
    fault: 'crash in producer: between scans and their mark',
    invariants,
    setup: { gated: ['producer'] },
    run: async (context) => {
      for (let nth = 0; nth < crashCount; nth += 1) await crashBeforeMark(context)
    },
  },
  {
    id: 'S6-recorder',
    fault: 'crash in recorder: between transaction and commit',
    invariants: ['I1', 'I10'],
    run: async (context) => {
      for (let nth = 0; nth < crashCount; nth += 1) await crashInTransaction(context)
    },
  },
]
