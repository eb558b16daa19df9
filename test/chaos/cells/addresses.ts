/** D: where requests must not go. */
import type { Cell } from '../cell.ts'

const redirects = [301, 302, 303, 307, 308] as const

export const addressCells: readonly Cell[] = [
  {
    id: 'D1',
    fault: 'addresses that are forbidden, in every spelling, and a name that is rebound',
    invariants: ['I11'],
    cannot:
      'no cell yet: the world has no name server of its own. Rows D1 of test/e2e/bad-receivers.test.ts have all vectors and canaries, without this load',
  },
  {
    id: 'D2',
    fault: 'ten endpoints redirect (301, 302, 303, 307, 308) to the canaries',
    invariants: ['I4', 'I11'],
    run: async ({ world, behave, fault, sleep }) => {
      const { canaries } = world.receivers
      await fault('redirects to where nobody may go', async () => {
        behave((nth) => {
          const { host, port } = canaries[nth % canaries.length] ?? { host: '127.0.0.1', port: 1 }
          return {
            name: 'redirect',
            value: redirects[nth % redirects.length] ?? 302,
            text: `http://${host}:${port}/`,
          }
        })
        await sleep(15_000)
      })
    },
  },
]
