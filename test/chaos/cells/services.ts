/** S: what happens to the services themselves. */
import { serviceNames } from '../../harness/world.ts'
import type { Cell } from '../cell.ts'

export const serviceCells: readonly Cell[] = [
  {
    id: 'S1',
    fault: 'a service is killed every 3–7 s and comes back, each in turn, the dispatcher twice',
    invariants: ['I1', 'I3', 'I7'],
    setup: { seconds: 60 },
    run: async ({ world, fault, sleep, random }) => {
      const order = [...serviceNames, 'dispatcher' as const]
      for (const [nth, name] of order.entries()) {
        const everyMs = 3_000 + random.below(4_000)
        const startedAt = performance.now()
        await fault(
          `kill -9 of ${name}`,
          async () => {
            await world.services[name].kill()
            await world.services[name].start()
          },
          { mayForgetAttempts: name === 'dispatcher' },
        )
        if (nth < order.length - 1) await sleep(Math.max(0, everyMs - (performance.now() - startedAt)))
      }
    },
  },
]
