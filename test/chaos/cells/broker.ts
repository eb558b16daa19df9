/** B: what brokers do. */
import type { Cell } from '../cell.ts'

export const brokerCells: readonly Cell[] = [
  {
    id: 'B1',
    fault: 'broker SIGKILL, 5 s down, restart',
    invariants: ['I1', 'I7', 'I8'],
    run: async ({ stack, fault, sleep }) => {
      const [broker] = stack.brokers
      await fault(
        'kill -9 of the broker',
        async () => {
          await broker?.kill()
          await sleep(5_000)
          await broker?.start()
        },
        { mayForgetAttempts: true },
      )
    },
  },
]
