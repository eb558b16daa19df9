/** B: what brokers do. */
import { Kafka, logLevel } from 'kafkajs'
import { waitUntil } from '../../harness/wait-until.ts'
import type { Cell, CellContext } from '../cell.ts'
import type { ChaosNode } from '../chaos-stack.ts'
import { readLedgerFile } from '../ledger-file.ts'
import type { LoadLine } from '../load.ts'

/** The client library itself: what these cells do to topics no service does. */
async function withAdmin(
  { stack }: CellContext,
  act: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>,
): Promise<void> {
  const admin = new Kafka({
    clientId: 'chaos-admin',
    brokers: stack.innerBootstrap.split(','),
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  try {
    await act(admin)
  } finally {
    await admin.disconnect()
  }
}

/** SIGKILL and, after `downMs`, another life; resolves when it works. */
async function bounce(
  broker: ChaosNode | undefined,
  sleep: CellContext['sleep'],
  downMs: number,
): Promise<void> {
  await broker?.kill()
  await sleep(downMs)
  await broker?.start()
}

export const brokerCells: readonly Cell[] = [
  {
    id: 'B1',
    fault: 'broker SIGKILL, 5 s down, restart',
    invariants: ['I1', 'I7', 'I8'],
    run: async ({ stack, fault, sleep }) => {
      await fault('kill -9 of the broker', () => bounce(stack.brokers[0], sleep, 5_000), {
        mayForgetAttempts: true,
      })
    },
  },
  {
    id: 'B2',
    fault: 'broker stands still (SIGSTOP) for 20 s, runs for 8 s, and again',
    invariants: ['I1'],
    setup: { seconds: 36 },
    run: async ({ stack, fault, sleep }) => {
      const [broker] = stack.brokers
      for (let round = 0; round < 2; round += 1) {
        await fault(
          'SIGSTOP of the broker',
          async () => {
            broker?.pause()
            await sleep(20_000)
            broker?.resume()
            await broker?.works()
          },
          { mayForgetAttempts: true },
        )
        await sleep(8_000)
      }
    },
  },
  {
    id: 'B3',
    fault: 'three brokers, each killed in turn while the others lead, min ISR 2',
    invariants: ['I1', 'I8'],
    setup: { brokers: 3, seconds: 42 },
    run: async ({ stack, fault, sleep, random }) => {
      const first = random.below(3)
      for (let nth = 0; nth < 3; nth += 1) {
        const broker = stack.brokers[(first + nth) % 3]
        await fault(`kill -9 of ${broker?.name}`, () => bounce(broker, sleep, 3_000), {
          mayForgetAttempts: true,
        })
        // Until its replicas are in sync again, another death would be the next cell.
        await sleep(4_000)
      }
    },
  },
  {
    id: 'B4',
    fault: 'two of three brokers down for 10 s: below min ISR',
    invariants: ['I1'],
    setup: { brokers: 3, seconds: 36 },
    run: async (context) => {
      const { stack, fault, sleep, random, world, violated, figure } = context
      const survivor = random.below(3)
      const victims = stack.brokers.filter((_, index) => index !== survivor)
      await fault(
        `kill -9 of ${victims.map(({ name }) => name).join(' and ')}`,
        async () => {
          await Promise.all(victims.map((broker) => broker.kill()))
          // What was acknowledged by two a moment ago may still be on its way to the ledger.
          const fromMs = Date.now() + 500
          await sleep(10_000)
          const untilMs = Date.now()
          await Promise.all(victims.map((broker) => broker.start()))
          const acked = readLedgerFile<LoadLine>(world.loadLedgerFile).filter(
            ({ kind, atMs }) => kind.startsWith('acked') && atMs >= fromMs && atMs < untilMs,
          )
          figure('acknowledged below min ISR', acked.length)
          for (const line of acked.slice(0, 3))
            violated('I1', `acknowledged while one of three brokers was left: ${JSON.stringify(line)}`)
        },
        { mayForgetAttempts: true },
      )
    },
  },
  {
    id: 'B5',
    fault: 'each of three brokers is restarted in order: every group gets another coordinator in mid-commit',
    invariants: ['I7', 'I8'],
    setup: { brokers: 3, seconds: 42 },
    run: async ({ stack, fault, sleep }) => {
      for (const broker of stack.brokers) {
        await fault(
          `${broker.name} is restarted`,
          async () => {
            await broker.stop()
            await broker.start()
          },
          { mayForgetAttempts: true },
        )
        await sleep(3_000)
      }
    },
  },
  {
    id: 'B6',
    fault: 'the disk of the broker is full (a tmpfs in a mount namespace of its own), then has room again',
    invariants: ['I1', 'I8'],
    setup: { brokerDiskMb: 160, breaksStack: true },
    run: async ({ stack, fault, sleep, figure, violated }) => {
      const [broker] = stack.brokers
      await fault(
        'the disk is full',
        async () => {
          const startedAt = performance.now()
          stack.fillBrokerDisk()
          await sleep(8_000)
          // A broker whose only log folder failed ends by itself; a supervisor starts it again when there is room.
          const hasEnded = broker?.hasEnded() ?? false
          figure('the broker gave up', hasEnded ? 'yes' : 'no')
          stack.freeBrokerDisk()
          if (hasEnded) await broker?.start()
          else await broker?.works()
          if (performance.now() - startedAt > 60_000)
            violated('I8', 'the broker did not come back within 60 s')
        },
        { mayForgetAttempts: true },
      )
    },
  },
  {
    id: 'B7',
    fault:
      'retention deletes deliveries while the dispatcher is down (delete-records instead of waiting for it)',
    invariants: ['I8'],
    expectations: { isLossExpected: true },
    run: async (context) => {
      const { world, fault, sleep, violated, figure } = context
      const topic = `${world.prefix}deliveries`
      await fault(
        'the dispatcher is down longer than the retention',
        async () => {
          await world.services.dispatcher.kill()
          await sleep(6_000)
          await withAdmin(context, async (admin) => {
            const offsets = await admin.fetchTopicOffsets(topic)
            await admin.deleteTopicRecords({
              topic,
              partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })),
            })
          })
          await world.services.dispatcher.start()
        },
        { mayForgetAttempts: true },
      )
      const isReported = (): boolean =>
        world.services.dispatcher.output().includes('kafka.offset-out-of-range')
      await waitUntil('the loss is reported', isReported, { deadlineMs: 20_000 }).catch(() => undefined)
      figure('the loss was reported', isReported() ? 'yes' : 'no')
      if (!isReported())
        violated('I8', `records of ${topic} were deleted unread and the dispatcher said nothing`)
    },
  },
  {
    id: 'B8',
    fault: 'the upstream topics get twice as many partitions under load',
    invariants: ['I1'],
    run: async (context) => {
      const { world, fault, sleep } = context
      await fault(
        'partitions are added',
        async () => {
          await withAdmin(context, (admin) =>
            admin.createPartitions({
              topicPartitions: ['reads', 'business-events'].map((name) => ({
                topic: `${world.prefix}${name}`,
                count: 8,
              })),
            }),
          )
          // Clients look up partitions anew once in a while; until then nothing may wait for ever.
          await sleep(12_000)
        },
        { mayForgetAttempts: true },
      )
    },
  },
]
