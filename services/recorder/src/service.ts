/** The recorder: `events` and `attempts` into PostgreSQL. The only file that knows every name. */

import type { PoisonReason } from '@scanhook/domain/poison'
import type { RecordBatch } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { isPostgresError, postgresErrorCodes, postgresErrorOf } from '@scanhook/postgres/errors'
import { type History, history } from '@scanhook/postgres/history'
import { openPostgres } from '@scanhook/postgres/open'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import type { Codec } from '@scanhook/schemas/codec'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { poisonHeaders } from '@scanhook/schemas/poison-headers'
import { topicNames } from '@scanhook/schemas/topics'
import { attemptRow } from './attempt-row.ts'
import { batcher } from './batcher.ts'
import { recorderSettings } from './config.ts'
import { foldDeliveries } from './delivery-row.ts'
import { eventRow } from './event-row.ts'
import { isolateBad } from './isolate-bad.ts'
import { type Decoded, type RecordPorts, recordBatch } from './record-batch.ts'

type Context = ServiceContext<typeof recorderSettings>

export const recorderService: ServiceDefinition<typeof recorderSettings> = defineService({
  name: 'recorder',
  settings: recorderSettings,
  start: async (context) => {
    const { config, log, metrics, onStop, fail } = context
    const topics = topicNames(config.TOPIC_PREFIX)
    const pg = openPostgres({ url: config.POSTGRES_URL, max: config.POSTGRES_POOL_MAX, log })
    onStop('postgres', () => pg.close())
    const codecs = await openCodecs({
      registryUrl: config.REGISTRY_URL,
      cacheDir: config.SCHEMA_CACHE_DIR,
      prefix: config.TOPIC_PREFIX,
      log,
      mode: 'lookup',
    })
    const kafka = openKafka(config, { log, metrics })
    const producer = await kafka.openProducer()
    onStop('producer', () => producer.close())

    const store = history(pg)
    keepPrepared(store, context)
    const setAside = poisoner(context, (record, headers) =>
      producer.append({ topic: topics.poison, key: record.key, value: record.value, headers }),
    )
    const events = ports(context, 'events', codecs.events, setAside, (items) =>
      store.recordEvents(
        items.map((item) => eventRow(item.value)),
        context.clock.nowMs(),
      ),
    )
    const attempts = ports(context, 'attempts', codecs.attempts, setAside, (items) =>
      store.recordAttempts(
        items.map((item) => attemptRow(item.value)),
        foldDeliveries(items.map((item) => item.value)),
        context.clock.nowMs(),
      ),
    )
    const consumer = kafka.openConsumer({
      groupId: `${config.TOPIC_PREFIX}recorder`,
      topics: [topics.events, topics.attempts],
      handle: (batch: RecordBatch) =>
        batch.topic === topics.events ? recordBatch(events, batch) : recordBatch(attempts, batch),
      onFatal: fail,
    })
    onStop('consumer', () => consumer.stop())
    const isReady = context.readiness('kafka')
    await consumer.start()
    // PostgreSQL is no condition: while it is away the recorder does what it should, it waits.
    isReady(true)
  },
})

type SetAside = (record: KafkaRecord, reason: PoisonReason, detail: string) => Promise<void>

function poisoner(
  { log, metrics }: Context,
  append: (record: KafkaRecord, headers: Record<string, string>) => Promise<void>,
): SetAside {
  const poisoned = metrics.counter('scanhook_recorder_poisoned_total', 'Records set aside on poison', [
    'reason',
  ])
  return async (record, reason, detail) => {
    await append(record, poisonHeaders(record, { reason, detail, service: 'recorder' }))
    poisoned.inc({ reason })
    const { topic, partition, offset } = record
    log.warn({ topic, partition, offset, reason, detail }, 'record.poisoned')
  }
}

const historyNames = ['events', 'attempts'] as const

function ports<T>(
  context: Context,
  name: (typeof historyNames)[number],
  codec: Codec<T>,
  setAside: SetAside,
  record: (items: readonly Decoded<T>[]) => Promise<void>,
): RecordPorts<T> {
  const { config, log, metrics, clock, random } = context
  const rows = metrics.counter('scanhook_recorder_rows_total', 'Records written to PostgreSQL', {
    table: historyNames,
  })
  const failures = metrics.counter(
    'scanhook_recorder_failures_total',
    'Transactions that failed, by reason',
    {
      code: postgresErrorCodes,
    },
  )
  const duration = metrics.histogram(
    'scanhook_recorder_transaction_seconds',
    'Time for one batch',
    { table: historyNames },
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  )
  let failed = 0

  async function write(items: readonly Decoded<T>[], partEnded: () => void): Promise<readonly Decoded<T>[]> {
    const startedMs = clock.monotonicMs()
    const recordPart = (part: readonly Decoded<T>[]): Promise<void> => record(part).finally(partEnded)
    const bad = await isolateBad(items, recordPart, (error) => isPostgresError(error, 'POSTGRES_BAD_VALUE'))
    duration.observe({ table: name }, (clock.monotonicMs() - startedMs) / 1000)
    failed = 0
    return bad.map(({ item }) => item)
  }

  return {
    decode: recordDecoder(codec, (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve))),
    batcher: batcher({
      rowsMax: config.RECORDER_BATCH_ROWS,
      waitMs: config.RECORDER_BATCH_WAIT_MS,
      clock,
      write,
    }),
    setAside,
    onFailure: (thrown) => {
      const error = postgresErrorOf(thrown)
      const delayMs = pauseMs(failed++, random())
      failures.inc({ code: error.code })
      log.warn({ error, table: name, delayMs }, 'batch.postponed')
      return clock.nowMs() + delayMs
    },
    onWritten: (count) => rows.inc({ table: name }, count),
    rowsMax: config.RECORDER_BATCH_ROWS,
  }
}

/** First a blink, then up to 5 s: the log is to be current within seconds of the database's return. */
function pauseMs(failedBefore: number, random: number): number {
  return Math.min(5_000, 250 * 2 ** Math.min(failedBefore, 10)) * (0.5 + random / 2)
}

const prepareEveryMs = 3_600_000
const prepareAgainMs = 5_000

/** Makes the coming days' partitions now and every hour. PostgreSQL being away does not keep the service from starting. */
function keepPrepared(store: History, { clock, log, onStop }: Context): void {
  let cancel = (): void => undefined
  let isStopped = false

  async function prepare(): Promise<void> {
    let againMs = prepareEveryMs
    try {
      await store.prepare(clock.nowMs())
    } catch (error) {
      againMs = prepareAgainMs
      log.warn({ error }, 'partitions.postponed')
    }
    if (!isStopped) cancel = clock.after(againMs, () => void prepare())
  }

  onStop('partitions', () => {
    isStopped = true
    cancel()
  })
  void prepare()
}
