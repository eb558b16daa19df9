/** R: what happens to Redis. */
import { waitUntil } from '../../harness/wait-until.ts'
import { askRedis } from '../ask-redis.ts'
import type { Cell } from '../cell.ts'

export const redisCells: readonly Cell[] = [
  {
    id: 'R1',
    fault: 'Redis SIGKILL, restarted empty after 5 s',
    invariants: ['I1', 'I3'],
    run: async ({ stack, fault, sleep }) => {
      await fault('kill -9 of Redis', async () => {
        await stack.redis.kill()
        await sleep(5_000)
        await stack.redis.start({ isEmpty: true })
      })
    },
  },
  {
    id: 'R2',
    fault: 'Redis stands still for 15 s (SIGSTOP)',
    invariants: ['I1', 'I4'],
    run: async ({ stack, fault, sleep }) => {
      await fault('SIGSTOP of Redis', async () => {
        stack.redis.pause()
        await sleep(15_000)
        stack.redis.resume()
        await stack.redis.works()
      })
    },
  },
  {
    id: 'R3',
    fault: 'Redis has 1 MB and refuses to write (noeviction), then throws keys away (allkeys-lru), 8 s each',
    invariants: ['I1', 'I3'],
    setup: { breaksStack: true },
    run: async ({ stack, fault, sleep, violated, figure }) => {
      // Its clients alone take most of it; in 2 MB the load of some seconds has room now and then.
      for (const policy of ['noeviction', 'allkeys-lru'])
        await fault(`1 MB, ${policy}`, async () => {
          await stack.redis.kill()
          await stack.redis.start({ settings: { maxmemory: '1mb', 'maxmemory-policy': policy } })
          await sleep(8_000)
          const { innerAddress } = stack.redis
          const count =
            policy === 'noeviction' ? await refusedWrites(innerAddress) : await evictedKeys(innerAddress)
          figure(`${policy}: ${policy === 'noeviction' ? 'writes refused' : 'keys thrown away'}`, count)
          if (count === 0) violated('I1', `with ${policy} Redis never reached its 1 MB: nothing was proven`)
        })
    },
  },
  {
    id: 'R4',
    fault: 'the primary is killed, and a replica is promoted that had stopped following it 6 s before',
    invariants: ['I1', 'I3'],
    setup: { breaksStack: true },
    run: async ({ stack, fault, sleep, violated, figure }) => {
      const replica = await stack.openRedisReplica()
      await waitUntil('the replica follows', async () =>
        (await askRedis(replica.innerAddress, 'INFO', 'replication')).includes('master_link_status:up'),
      )
      await fault('Redis fails over to a stale replica', async () => {
        await askRedis(replica.innerAddress, 'REPLICAOF', 'NO', 'ONE')
        await sleep(6_000)
        const [before, after] = await Promise.all([
          keysOf(stack.redis.innerAddress),
          keysOf(replica.innerAddress),
        ])
        figure('claims that the replica lacked', before - after)
        if (after === 0 || after >= before)
          violated('I1', `the replica had ${after} keys of ${before}: it was no stale replica`)
        await stack.redis.kill()
        stack.redis.proxy.leadTo(Number(new URL(replica.innerAddress).port))
        await sleep(5_000)
      })
    },
  },
]

/** `errorstat_OOM:count=12`. */
async function refusedWrites(address: string): Promise<number> {
  return Number(/errorstat_OOM:count=(\d+)/.exec(await askRedis(address, 'INFO', 'errorstats'))?.[1] ?? 0)
}

async function evictedKeys(address: string): Promise<number> {
  return Number(/evicted_keys:(\d+)/.exec(await askRedis(address, 'INFO', 'stats'))?.[1] ?? 0)
}

async function keysOf(address: string): Promise<number> {
  return Number(/^:(\d+)/.exec(await askRedis(address, 'DBSIZE'))?.[1] ?? 0)
}
