/** What an operator is told of lag and tiers, on a real broker. Over HTTP: test/integration/operators-see-the-installation. */
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipelinePlan } from './pipeline-plan.ts'
import { readPipeline } from './read-pipeline.ts'

let own: OwnTopics
let prefix = ''
let admin: KafkaAdmin

beforeAll(async () => {
  own = await ownTopics('pipeline')
  prefix = own.env['TOPIC_PREFIX'] ?? ''
  admin = await own.kafka.openAdmin()
  await readTwoOfFive()
})
afterAll(async () => {
  await admin?.close()
  await own?.close()
})

/** The router has done two of five events, and two deliveries wait in the first tier. */
async function readTwoOfFive(): Promise<void> {
  const of = (topic: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ topic, key: `${index}`, partition: 0, value: Buffer.from(`${index}`) },
    }))
  await own.producer.appendAll(of(own.topics.events, 5))
  await own.producer.appendAll(of(own.topics.retry['10s'], 2))
  const seen = Promise.withResolvers<void>()
  const router = own.kafka.openConsumer({
    groupId: `${prefix}router`,
    topics: [own.topics.events],
    handle: async ({ doneThrough }) => {
      doneThrough(1)
      seen.resolve()
    },
    onFatal: (reason) => seen.reject(new Error(reason)),
  })
  await router.start()
  await seen.promise
  await router.stop()
}

test('what is not committed waits, and a tier is due when its time has passed', async () => {
  const plan = pipelinePlan(own.topics, prefix, 1)
  const beganAtMs = Date.now()
  // As in eleven seconds: one second after what lies in the first tier could have gone.
  const { groups, tiers } = await readPipeline({ admin, nowMs: () => beganAtMs + 11_000 }, plan)
  const router = groups.find(({ group }) => group === `${prefix}router`)
  expect(router).toMatchObject({ topic: own.topics.events, lagRecords: 3 })
  expect(router?.lagMs).toBeGreaterThanOrEqual(11_000)
  const [first, second] = tiers
  expect(first).toMatchObject({ tier: '10s', waiting: 2, due: 2 })
  expect(first?.overdueMs).toBeGreaterThanOrEqual(1_000)
  expect(second).toEqual({ tier: '1m', waitMs: 60_000, waiting: 0, due: 0, overdueMs: 0 })
})

test('before its time nothing of a tier is due', async () => {
  const plan = pipelinePlan(own.topics, prefix, 1)
  const [stamp] = await admin.recordTimes(own.topics.retry['10s'], [0])
  const { tiers } = await readPipeline({ admin, nowMs: () => (stamp ?? 0) + 9_999 }, plan)
  expect(tiers[0]).toEqual({ tier: '10s', waitMs: 10_000, waiting: 2, due: 0, overdueMs: 0 })
})
