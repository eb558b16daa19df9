/** P: what happens to PostgreSQL. */
import type { Cell } from '../cell.ts'

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
]
