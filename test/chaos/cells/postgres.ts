/** P: what happens to PostgreSQL. */
import { figuresOfTree } from '../../bench/process-figures.ts'
import { type Cell, type CellContext, surrounded } from '../cell.ts'
import { inPostgres } from '../in-postgres.ts'
import { openOtherOrganization, openOwnReceiver } from '../other-organization.ts'

const endOthers =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'

interface Spent {
  readonly name: string
  /** Of one core. */
  readonly share: number
  readonly grownMib: number
}

/** What each service uses while `act` lasts; all of them are alive before and after. */
async function spentDuring({ world }: CellContext, act: () => Promise<void>): Promise<readonly Spent[]> {
  const look = () =>
    Object.values(world.services).map(({ name, pid }) => ({ name, ...figuresOfTree(pid() ?? 0) }))
  const startedMs = performance.now()
  const before = look()
  await act()
  const tookMs = performance.now() - startedMs
  const after = look()
  return before.map(({ name, cpuMs, rssBytes }, index) => ({
    name,
    share: ((after[index]?.cpuMs ?? 0) - cpuMs) / tookMs,
    grownMib: ((after[index]?.rssBytes ?? 0) - rssBytes) / 2 ** 20,
  }))
}

/**
 * Added to what it uses with PostgreSQL, and grown by. The API has nothing to do meanwhile but to connect: a hundredth of a core and
 * 2 MiB. Without a rest between two attempts it was 0.22 and 122 MiB, behind a proxy that takes connections and ends them. The others
 * carry the load on, and their heaps breathe.
 */
const bounds = { api: { share: 0.1, mib: 60 }, others: { share: 0.3, mib: 200 } } as const

export const postgresCells: readonly Cell[] = [
  {
    id: 'P1',
    fault: 'PostgreSQL SIGKILL, down for 15 s under load',
    invariants: ['I1', 'I8', 'I10'],
    run: async ({ stack, fault, sleep }) => {
      await fault('kill -9 of PostgreSQL', async () => {
        await stack.postgres.kill()
        await sleep(15_000)
        await stack.postgres.start()
      })
    },
  },
  {
    id: 'P2',
    fault: 'PostgreSQL takes no writes for 15 s (default_transaction_read_only; stands for a full disk)',
    invariants: ['I1', 'I4', 'I8', 'I10'],
    run: async ({ world, fault, sleep, violated }) => {
      await fault('PostgreSQL is read-only', async () => {
        await inPostgres(world.innerEnv, async (client) => {
          const database = new URL(world.innerEnv['POSTGRES_URL'] ?? '').pathname.slice(1)
          await client.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`)
          // A setting of the database is for new sessions only.
          await client.query(endOthers)
          await inPostgres(world.innerEnv, async (other) => {
            const write = other.query('UPDATE endpoints SET name = name WHERE false')
            await write.then(
              () => violated('I10', 'PostgreSQL took a write: nothing was proven'),
              () => undefined,
            )
          })
          await sleep(15_000)
          await client.query('SET default_transaction_read_only = off')
          await client.query(`ALTER DATABASE ${database} RESET default_transaction_read_only`)
          await client.query(endOthers)
        })
      })
    },
  },
  {
    id: 'P3',
    fault: 'every answer of PostgreSQL is late by 500 ms, and the table of endpoints is locked, for 15 s',
    invariants: ['I1', 'I4', 'I8', 'I10'],
    run: async ({ stack, world, fault, sleep, violated, figure }) => {
      await fault('PostgreSQL is slow and endpoints are locked', async () => {
        stack.postgres.proxy.delay({ meanMs: 500, jitterMs: 0 })
        await inPostgres(world.innerEnv, async (client) => {
          await client.query('BEGIN')
          await client.query('LOCK TABLE endpoints IN ACCESS EXCLUSIVE MODE')
          const startedMs = performance.now()
          await world.api.call('GET', '/api/v1/assets?limit=1')
          const tookMs = Math.round(performance.now() - startedMs)
          figure('a question to the API took, ms', tookMs)
          if (tookMs < 500) violated('I10', 'PostgreSQL was not slow: nothing was proven')
          await sleep(15_000)
          await client.query('ROLLBACK')
        })
        stack.postgres.proxy.heal()
      })
    },
  },
  surrounded(
    {
      id: 'P4',
      fault:
        'while retries wait, the secrets of the ten failing endpoints are rotated (half of the receivers know the old ones only, half the new ones), and a failing endpoint of another organization is deleted',
      invariants: ['I5'],
    },
    openOwnReceiver,
    {
      run: async ({ world, behave, fault, sleep, violated, figure }, own) => {
        own.answer(503)
        const other = await openOtherOrganization(world)
        const id = await other.subscribe(own.receiver.url)
        await fault('secrets are rotated, an endpoint is deleted', async () => {
          behave(() => ({ name: 'status', value: 503 }))
          await other.send(200, 100)
          await sleep(3_000)
          const renewed: { readonly index: number; readonly secret: string }[] = []
          for (const { id: webhook, index } of world.endpoints.filter(({ isHealthy }) => !isHealthy)) {
            const path = `/api/v1/webhooks/${webhook}/rotate-secret`
            const { secret } = await world.api.data<{ secret: string }>('POST', path, { overlap_hours: 24 })
            renewed.push({ index, secret })
          }
          await other.api.call('DELETE', `/api/v1/webhooks/${id}`)
          // The senders hear of it within a second; a request may be under way then.
          await sleep(2_000)
          // Within the overlap each request carries a signature of both: half of the receivers know the new secret only, the
          // others the old one.
          for (const { index, secret } of renewed.filter((_, nth) => nth % 2 === 0))
            world.receivers.tell({ kind: 'secret', index, secrets: [secret] })
          const before = own.receiver.seen().length
          own.answer(200)
          await sleep(8_000)
          const after = own.receiver.seen().length - before
          figure('requests to the deleted endpoint before; after', `${before}; ${after}`)
          if (before === 0)
            violated('I5', 'the endpoint had no requests before it was deleted: nothing was proven')
          if (after > 0) violated('I5', `${after} requests went to endpoint ${id} after it was deleted`)
        })
      },
      // Its deliveries have ended with a reason, none is left waiting.
      check: async ({ world, violated, figure }) => {
        await inPostgres(world.innerEnv, async (client) => {
          const { rows } = await client.query<{ ending: string; count: string }>(
            'SELECT coalesce(dead_reason, state) AS ending, count(*) FROM deliveries WHERE org_id <> $1 GROUP BY 1',
            [world.orgId],
          )
          figure('of the deleted endpoint', rows.map(({ ending, count }) => `${count} ${ending}`).join(', '))
          for (const { ending, count } of rows)
            if (ending !== 'endpoint_deleted') violated('I5', `${count} deliveries of it are ${ending}`)
          if (rows.length === 0) violated('I5', 'the log has no delivery of it')
        })
      },
    },
  ),
  {
    id: 'P5',
    fault: 'PostgreSQL SIGKILL, away for a minute: nobody spins, nobody grows',
    invariants: ['I1', 'I8', 'I9', 'I10'],
    setup: { seconds: 85 },
    run: async (context) => {
      const { stack, fault, sleep, violated, figure } = context
      const usual = await spentDuring(context, () => sleep(5_000))
      await fault('kill -9 of PostgreSQL', async () => {
        await stack.postgres.kill()
        const spent = await spentDuring(context, () => sleep(60_000))
        await stack.postgres.start()
        for (const { name, share, grownMib } of spent) {
          const usualShare = usual.find((one) => one.name === name)?.share ?? 0
          const max = name === 'api' ? bounds.api : bounds.others
          if (share > usualShare + max.share)
            violated(
              'I9',
              `${name} used ${share.toFixed(2)} of a core without PostgreSQL, ${usualShare.toFixed(2)} with it`,
            )
          if (grownMib > max.mib)
            violated('I9', `${name} grew by ${Math.round(grownMib)} MiB in a minute without PostgreSQL`)
          if (name === 'api')
            figure('of the API meanwhile', `${share.toFixed(2)} of a core, ${Math.round(grownMib)} MiB more`)
        }
      })
    },
  },
]
