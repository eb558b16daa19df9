/** R: what happens to Redis. */
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
    fault: 'Redis has 2 MB and refuses to write (noeviction), then throws keys away (allkeys-lru), 8 s each',
    invariants: ['I1', 'I3'],
    setup: { breaksStack: true },
    run: async ({ stack, fault, sleep }) => {
      for (const policy of ['noeviction', 'allkeys-lru'])
        await fault(`2 MB, ${policy}`, async () => {
          await stack.redis.kill()
          await stack.redis.start({ settings: { maxmemory: '2mb', 'maxmemory-policy': policy } })
          await sleep(8_000)
        })
    },
  },
  {
    id: 'R4',
    fault: 'the primary is killed and a stale replica promoted',
    invariants: ['I1'],
    cannot:
      'no cell yet: the harness has one Redis. R1, which loses everything instead of the last moments, is the harder case',
  },
]
