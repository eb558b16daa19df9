/** T: two faults at once. */
import type { Cell, CellContext } from '../cell.ts'

interface Half {
  readonly what: string
  readonly begin: (context: CellContext) => Promise<void>
  readonly end: (context: CellContext) => Promise<void>
}

const faults: readonly Half[] = [
  {
    what: 'connections to the broker are reset every 2 s',
    begin: async ({ stack }) => stack.brokers[0]?.proxy.storm(2_000),
    end: async ({ stack }) => stack.brokers[0]?.proxy.heal(),
  },
  {
    what: 'answers of PostgreSQL are late by 500 ms',
    begin: async ({ stack }) => stack.postgres.proxy.delay({ meanMs: 500, jitterMs: 0 }),
    end: async ({ stack }) => stack.postgres.proxy.heal(),
  },
  {
    what: 'Redis stands still',
    begin: async ({ stack }) => stack.redis.pause(),
    end: async ({ stack }) => stack.redis.resume(),
  },
  {
    what: 'the tracker stands still for longer than its session',
    begin: async ({ world }) => {
      process.kill(world.services.tracker.pid() ?? 0, 'SIGSTOP')
    },
    end: async ({ world }) => {
      process.kill(world.services.tracker.pid() ?? 0, 'SIGCONT')
    },
  },
  {
    what: 'Redis is dead',
    begin: ({ stack }) => stack.redis.kill(),
    end: ({ stack }) => stack.redis.start({ isEmpty: true }),
  },
  {
    what: 'PostgreSQL is dead',
    begin: ({ stack }) => stack.postgres.kill(),
    end: ({ stack }) => stack.postgres.start(),
  },
  {
    what: 'the broker is dead',
    begin: async ({ stack }) => stack.brokers[0]?.kill(),
    end: async ({ stack }) => stack.brokers[0]?.start(),
  },
  {
    what: 'the dispatcher is dead',
    begin: ({ world }) => world.services.dispatcher.kill(),
    end: ({ world }) => world.services.dispatcher.start(),
  },
  {
    what: 'the router is dead',
    begin: ({ world }) => world.services.router.kill(),
    end: ({ world }) => world.services.router.start(),
  },
]

export const togetherCells: readonly Cell[] = [
  {
    id: 'T1',
    fault: 'two faults at once, drawn by the seed',
    invariants: ['I1', 'I3', 'I7', 'I8'],
    run: async (context) => {
      const { fault, sleep, random } = context
      const first = random.below(faults.length)
      const second = (first + 1 + random.below(faults.length - 1)) % faults.length
      const drawn = [first, second].flatMap((index) => faults[index] ?? [])
      await fault(
        drawn.map(({ what }) => what).join(' and '),
        async () => {
          for (const { begin } of drawn) await begin(context)
          await sleep(8_000)
          for (const { end } of drawn) await end(context)
        },
        { mayForgetAttempts: true },
      )
    },
  },
]
