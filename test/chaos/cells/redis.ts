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
]
