/** C: clocks of single processes that are wrong, or jump. */
import { join } from 'node:path'
import type { ServiceName } from '../../harness/world.ts'
import type { Cell } from '../cell.ts'
import type { ServiceOptions } from '../cell-world.ts'

const preload = join(import.meta.dirname, '../preload/shift-clock.ts')
const tenMinutesMs = 600_000

function withClock(shiftMs: number, jumpMs = 0): ServiceOptions {
  return {
    env: {
      NODE_OPTIONS: `--import=${preload}`,
      CHAOS_CLOCK_SHIFT_MS: String(shiftMs),
      CHAOS_CLOCK_JUMP_MS: String(jumpMs),
    },
  }
}

const jumping: readonly ServiceName[] = ['dispatcher', 'tracker']

export const clockCells: readonly Cell[] = [
  {
    id: 'C1',
    fault:
      'the clocks of dispatcher and producer are 10 minutes fast, those of router and retry slow; dispatcher and tracker jump by 10 minutes back in mid-run',
    invariants: ['I5', 'I6'],
    setup: {
      services: {
        dispatcher: withClock(tenMinutesMs, -2 * tenMinutesMs),
        producer: withClock(tenMinutesMs),
        router: withClock(-tenMinutesMs),
        retry: withClock(-tenMinutesMs),
        tracker: withClock(0, -tenMinutesMs),
      },
      behaviour: () => ({ name: 'refuseTwice' }),
    },
    expectations: { areClocksWrong: true },
    run: async ({ world, fault, sleep }) => {
      await fault('clocks jump', async () => {
        for (const name of jumping) process.kill(world.services[name].pid() ?? 0, 'SIGUSR2')
        await sleep(12_000)
      })
    },
  },
]
