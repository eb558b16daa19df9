/** S: what happens to the services themselves. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openTestKafka } from '../../harness/open-test-kafka.ts'
import { root } from '../../harness/service-process.ts'
import { runStep, type ServiceName, serviceNames } from '../../harness/world.ts'
import { copySources, edit } from '../broken-copy.ts'
import type { Cell } from '../cell.ts'
import type { ServiceOptions } from '../cell-world.ts'
import { crashCells } from './crashes.ts'

/** §4.4 S3. */
const drainMaxMs = 20_000

/** SIGUSR2 blocks them (block-on-signal.ts). */
function blockable(names: readonly ServiceName[]): Partial<Record<ServiceName, ServiceOptions>> {
  const preload = join(import.meta.dirname, '../preload/block-on-signal.ts')
  return Object.fromEntries(names.map((name) => [name, { env: { NODE_OPTIONS: `--import=${preload}` } }]))
}

/** §4.4 S7 and rule 7: a record that kills the process is set aside on the third crash. */
const crashesMax = 3

const largeCount = 20

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Those on the way of an event, from its end: what reads a version is there before what writes it. */
const rolled: readonly ServiceName[] = ['notifier', 'recorder', 'retry', 'dispatcher', 'router', 'tracker']
const addedField =
  '{"name": "since_next_version", "type": ["null", "string"], "default": null, "doc": "New."}'
const grownSchemas = [
  ['domain-event', 'event_id'],
  ['delivery', 'delivery_id'],
  ['attempt', 'delivery_id'],
] as const

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
          { mayForgetAttempts: name === 'dispatcher', isKill: true },
        )
        if (nth < order.length - 1) await sleep(Math.max(0, everyMs - (performance.now() - startedAt)))
      }
    },
  },
  {
    id: 'S2',
    fault:
      'dispatcher, router and tracker stand still for 12 s, twice the session timeout, while others take over, and go on as zombies',
    invariants: ['I1', 'I3', 'I7'],
    setup: { seconds: 36 },
    run: async ({ world, fault, sleep }) => {
      const names = ['dispatcher', 'router', 'tracker'] as const
      const others = await Promise.all(names.map((name) => world.another(name)))
      await fault(
        'SIGSTOP beyond the session timeout, then SIGCONT',
        async () => {
          const zombies = names.map((name) => world.services[name].pid() ?? 0)
          for (const pid of zombies) process.kill(pid, 'SIGSTOP')
          await Promise.all(others.map((other) => other.start()))
          await sleep(12_000)
          for (const pid of zombies) process.kill(pid, 'SIGCONT')
          // Late commits and late writes come now; whoever owns the partitions must not suffer from them.
          await sleep(3_000)
          await Promise.all(others.map((other) => other.terminate()))
        },
        { mayForgetAttempts: true },
      )
    },
  },
  {
    id: 'S3',
    fault: 'each service is asked to end (SIGTERM) under full load and started again',
    invariants: ['I1', 'I3', 'I7'],
    setup: { seconds: 42 },
    run: async ({ world, fault, violated, figure }) => {
      let slowestMs = 0
      for (const name of serviceNames) {
        await fault(`SIGTERM to ${name}`, async () => {
          const { code, tookMs } = await world.services[name].terminate()
          slowestMs = Math.max(slowestMs, tookMs)
          if (code !== 0) violated('I8', `${name} ended with ${code} when asked to end`)
          if (tookMs > drainMaxMs) violated('I8', `${name} took ${Math.round(tookMs)} ms to end`)
          await world.services[name].start()
        })
      }
      figure('slowest end ms', Math.round(slowestMs))
    },
  },
  {
    id: 'S4',
    fault: 'a second dispatcher and a second router join and leave again and again, a change every 2 s',
    invariants: ['I1', 'I7', 'I8'],
    setup: { seconds: 42 },
    run: async ({ world, fault, sleep }) => {
      const others = [await world.another('dispatcher'), await world.another('router')]
      await fault(
        'a storm of rebalances',
        async () => {
          for (let round = 0; round < 4; round += 1) {
            for (const other of others) {
              await other.start({ isReadinessAwaited: false })
              await sleep(2_000)
            }
            // Alternately a good end and a bad one.
            for (const other of others) {
              if (round % 2 === 0) await other.terminate()
              else await other.kill()
              await sleep(2_000)
            }
          }
        },
        { mayForgetAttempts: true },
      )
    },
  },
  {
    id: 'S5',
    fault:
      'the event loops of dispatcher, router and tracker block for 10 s each, longer than the session timeout',
    invariants: ['I1', 'I3', 'I7'],
    setup: { seconds: 36, services: blockable(['dispatcher', 'router', 'tracker']) },
    run: async ({ world, fault, sleep }) => {
      await fault(
        'blocked event loops',
        async () => {
          for (const name of ['dispatcher', 'router', 'tracker'] as const)
            process.kill(world.services[name].pid() ?? 0, 'SIGUSR2')
          await sleep(13_000)
        },
        { mayForgetAttempts: true },
      )
    },
  },
  ...crashCells,
  {
    id: 'S7',
    fault:
      'the producer has 64 MB of heap and is sent twenty records of 1 MB that are nothing; whoever ends is started again',
    invariants: ['I1', 'I8'],
    setup: { services: { producer: { env: { NODE_OPTIONS: '--max-old-space-size=64' } } } },
    expectations: { poisonCount: largeCount },
    run: async ({ world, fault, sleep, figure, violated }) => {
      const producer = await openTestKafka(world.innerEnv, 'chaos-large').openProducer({
        batchMaxBytes: 1_000_000,
      })
      let restarts = 0
      await fault('records of 1 MB', async () => {
        await producer.appendAll(
          Array.from({ length: largeCount }, (_, number) => ({
            topic: `${world.prefix}reads`,
            key: `large-${number}`,
            value: Buffer.from(
              JSON.stringify({ org_id: world.orgId, id: `large-${number}`, junk: 'j'.repeat(950_000) }),
            ),
          })),
        )
        await producer.close()
        for (let second = 0; second < 12; second += 1) {
          await sleep(1_000)
          if (isAlive(world.services.producer.pid() ?? 0)) continue
          restarts += 1
          await world.services.producer.start({ isReadinessAwaited: false })
        }
      })
      figure('restarts for want of memory', restarts)
      // One crash may be bad luck with garbage; a record that kills every life of a process holds up all behind it.
      if (restarts > crashesMax) violated('I8', `the producer ended ${restarts} times, out of memory`)
    },
  },
  {
    id: 'S8',
    fault:
      'every service is replaced by the next version, whose schemas of events, deliveries and attempts have one more field, and back again',
    invariants: ['I1', 'I2'],
    setup: { seconds: 60 },
    run: async ({ world, fault }) => {
      mkdirSync(join(root, '.run'), { recursive: true })
      const from = mkdtempSync(join(root, '.run/chaos-next-'))
      const schemas = { SCHEMA_CACHE_DIR: join(world.folder, 'next-schemas') }
      try {
        copySources(from)
        for (const [file, first] of grownSchemas)
          edit(from, {
            file: `packages/schemas/avro/${file}.avsc`,
            find: `    {"name": "${first}"`,
            replace: `    ${addedField},\n    {"name": "${first}"`,
          })
        await runStep(join(from, 'services/setup/src/main.ts'), [], {
          ...world.innerEnv,
          ...schemas,
          HEALTH_PORT: '0',
        })
        const next = new Map(
          await Promise.all(
            rolled.map(async (name) => [name, await world.another(name, { from, env: schemas })] as const),
          ),
        )
        // Readers and writers of both versions work side by side all the way through.
        for (const name of rolled)
          await fault(`${name} is replaced by its next version`, async () => {
            await next.get(name)?.start()
            await world.services[name].terminate()
          })
        for (const name of rolled.toReversed())
          await fault(`${name} is rolled back`, async () => {
            await world.services[name].start()
            await next.get(name)?.terminate()
          })
      } finally {
        rmSync(from, { recursive: true, force: true })
      }
    },
  },
]
