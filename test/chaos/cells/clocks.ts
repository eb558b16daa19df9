/** C: clocks of single processes that are wrong, or jump. */
import { join } from 'node:path'
import type { ServiceName } from '../../harness/world.ts'
import type { Cell } from '../cell.ts'
import type { ServiceOptions } from '../cell-world.ts'
import { inPostgres } from '../in-postgres.ts'

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
    // The lag of I8 leaves out what is not due: so nothing may have become due by a clock that is wrong.
    check: async ({ world, violated, figure }) => {
      await inPostgres(world.innerEnv, async (client) => {
        const { rows } = await client.query<{ delivery_id: string; ahead_s: number }>(
          `SELECT delivery_id, extract(epoch FROM next_attempt_at - now())::int AS ahead_s FROM deliveries
           WHERE state = 'pending' AND next_attempt_at > now() + interval '5 minutes' ORDER BY 2 DESC`,
        )
        figure('due by a wrong clock', rows.length)
        for (const { delivery_id: id, ahead_s: aheadS } of rows.slice(0, 3))
          violated('I6', `delivery ${id} is due in ${aheadS} s, as far ahead as a clock was wrong`)
      })
    },
  },
]
