/** E: what endpoints do. */
import type { Cell } from '../cell.ts'

export const endpointCells: readonly Cell[] = [
  {
    id: 'E1',
    fault: 'ten endpoints take connections and requests and never answer',
    invariants: ['I4'],
    run: async ({ behave, fault, sleep }) => {
      await fault('the faulty endpoints hang', async () => {
        behave(() => ({ name: 'hang' }))
        await sleep(15_000)
      })
    },
  },
]
