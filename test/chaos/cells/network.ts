/** N: what networks do between the services and the broker. */
import type { Cell } from '../cell.ts'

export const networkCells: readonly Cell[] = [
  {
    id: 'N2',
    fault: 'RST of every connection to the broker every 2 s, for 12 s',
    invariants: ['I1', 'I7'],
    run: async ({ stack, fault, sleep }) => {
      await fault(
        'a storm of resets',
        async () => {
          for (const { proxy } of stack.brokers) proxy.storm(2_000)
          await sleep(12_000)
          for (const { proxy } of stack.brokers) proxy.heal()
        },
        { mayForgetAttempts: true },
      )
    },
  },
]
