/** The recorder: `events`, `attempts` and `asset-seen` into PostgreSQL. The only file that knows every name. */

import type { AssetSeen, SeenAsset } from '@scanhook/domain/asset-seen'
import { type PoisonReason, poisonReasons } from '@scanhook/domain/poison'
import type { RecordBatch } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { isPostgresError, postgresErrorCodes, postgresErrorOf } from '@scanhook/postgres/errors'
import { type History, history } from '@scanhook/postgres/history'
import { type HistoryKeep, historyTables } from '@scanhook/postgres/history-partitions'
import { openPostgres } from '@scanhook/postgres/open'
import { expiringTables, retention, retentionStatementTimeoutMs } from '@scanhook/postgres/retention'
import { every } from '@scanhook/runtime/every'
import { defineService, type ServiceContext, type ServiceDefinition } from '@scanhook/runtime/service'
import { waitBy } from '@scanhook/runtime/wait-by'
import type { Codec } from '@scanhook/schemas/codec'
import { decodeMeter } from '@scanhook/schemas/decode-meter'
import { recordDecoder } from '@scanhook/schemas/decode-record'
import { lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { type PoisonVerdict, poisonRecord } from '@scanhook/schemas/poison-headers'
import { topicNames } from '@scanhook/schemas/topics'
import { assetRows } from './asset-rows.ts'
import { attemptRow } from './attempt-row.ts'
import { batcher } from './batcher.ts'
import { recorderSettings } from './config.ts'
import { foldDeliveries } from './delivery-row.ts'
import { eventRow } from './event-row.ts'
import { isolateBad } from './isolate-bad.ts'
import { keepExpiring, keepPrepared } from './keep-partitions.ts'
import { type Decoded, type RecordPorts, recordBatch } from './record-batch.ts'
import { type SeenKeeper, seenKeeper } from './seen-keeper.ts'

type Context = ServiceContext<typeof recorderSettings>

export const recorderService: ServiceDefinition<typeof recorderSettings> = defineService({
  name: 'recorder',
  settings: recorderSettings,
  start: async (context) => {
    const { config, log, metrics, tracing, onStop, fail } = context
    const topics = topicNames(config.TOPIC_PREFIX)
    const pg = openPostgres({
      url: config.POSTGRES_URL,
      max: config.POSTGRES_POOL_MAX,
      log,
      metrics: context.metrics,
    })
    onStop('postgres', () => pg.close())
    const codecs = await lookUpCodecs(config, log)
    const kafka = openKafka(config, { log, metrics, tracing })
    const producer = await kafka.openProducer()
    onStop('producer', () => producer.close())

    const keep = { logDays: config.RECORDER_LOG_DAYS, assetDays: config.RECORDER_ASSET_HISTORY_DAYS }
    const store = history(pg, keep)
    keepPrepared(store.prepare, context)
    keepTidied(context, keep)
    const setAside = poisoner(context, (record, verdict) =>
      producer.append(poisonRecord(topics.poison, record, verdict)),
    )
    const events = ports(context, 'events', codecs.events, setAside, (items) =>
      store.recordEvents(
        items.map((item) => eventRow(item.value)),
        assetRows(items.map((item) => item.value)),
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
    const seen = seenPorts(codecs.assetSeen, setAside, context, keepSeen(store, context))
    const consumer = kafka.openConsumer({
      groupId: `${config.TOPIC_PREFIX}recorder`,
      topics: [topics.events, topics.attempts, topics.assetSeen],
      handle: (batch: RecordBatch) => {
        if (batch.topic === topics.events) return recordBatch(events, batch)
        return batch.topic === topics.attempts ? recordBatch(attempts, batch) : recordBatch(seen, batch)
      },
      onFatal: fail,
    })
    onStop('consumer', () => consumer.stop())
    const isReady = context.readiness('kafka')
    await consumer.start()
    // PostgreSQL is no condition: while it is away the recorder does what it should, it waits.
    isReady(true)
  },
})

/** Retention has a connection of its own: its statements may take longer than the log may wait. */
function keepTidied(context: Context, keep: HistoryKeep): void {
  const { config, log, onStop } = context
  const pg = openPostgres({
    ...{ url: config.POSTGRES_URL, max: 1, log },
    statementTimeoutMs: retentionStatementTimeoutMs,
  })
  onStop('retention-postgres', () => pg.close())
  keepExpiring(
    (told) => retention(pg, keep, told).round,
    { history: historyTables, all: expiringTables },
    context,
  )
}

type SetAside = (record: KafkaRecord, reason: PoisonReason, detail: string) => Promise<void>

function poisoner(
  { log, metrics }: Context,
  append: (record: KafkaRecord, verdict: PoisonVerdict) => Promise<void>,
): SetAside {
  const poisoned = metrics.counter('scanhook_recorder_poisoned_total', 'Records set aside on poison', {
    reason: poisonReasons,
  })
  return async (record, reason, detail) => {
    await append(record, { reason, detail, service: 'recorder' })
    poisoned.inc({ reason })
    const { topic, partition, offset } = record
    log.warn({ topic, partition, offset, reason, detail }, 'record.poisoned')
  }
}

/** Twice in the time that remains of the 2 s after the second for which the tracker collects. */
const seenRoundMs = 250
/** As many assets as one organization of the largest kind has; about 100 bytes each. */
const seenWaitingMax = 1_000_000

/** The waiting room of sightings, written out round by round. */
function keepSeen(store: History, { config, clock, log, metrics, onStop }: Context): SeenKeeper {
  const written = metrics.counter(
    'scanhook_recorder_sightings_total',
    'Assets whose last sighting was brought up to date between two of their events',
  )
  const dropped = metrics.counter(
    'scanhook_recorder_sightings_dropped_total',
    'Sightings dropped because too many assets wait, or because they can not be stored',
  )
  const failures = metrics.counter(
    'scanhook_recorder_sightings_failures_total',
    'Rounds of sightings that PostgreSQL did not take; the next one tries again',
    { code: postgresErrorCodes },
  )
  const waiting = metrics.gauge('scanhook_recorder_sightings_waiting', 'Assets whose last sighting waits')
  const keeper = seenKeeper(
    {
      write: async (sightings) => {
        let moved = 0
        const write = async (some: readonly SeenAsset[]): Promise<void> => {
          moved += await store.recordSightings(some)
        }
        // One that PostgreSQL can't hold must not keep its round from being written, for ever.
        const bad = await isolateBad(sightings, write, (error) =>
          isPostgresError(error, 'POSTGRES_BAD_VALUE'),
        )
        dropped.inc({}, bad.length)
        return moved
      },
      onWritten: (count) => written.inc({}, count),
      onDropped: (count) => dropped.inc({}, count),
      onFailure: (thrown) => {
        const error = postgresErrorOf(thrown)
        failures.inc({ code: error.code })
        log.warn({ error }, 'sightings.postponed')
      },
    },
    {
      rowsMax: Math.ceil((config.RECORDER_SEEN_ROWS_PER_SECOND * seenRoundMs) / 1000),
      waitingMax: seenWaitingMax,
    },
  )
  metrics.onCollect(() => waiting.set(keeper.waiting()))
  onStop(
    'sightings',
    every(clock, seenRoundMs, () => void keeper.write()),
  )
  return keeper
}

/** The handler's ports for `asset-seen`: its records are done when they are noted (seen-keeper.ts says why). */
function seenPorts(
  codec: Codec<AssetSeen>,
  setAside: SetAside,
  { config, clock, metrics }: Context,
  keeper: SeenKeeper,
): RecordPorts<AssetSeen> {
  return {
    decode: recordDecoder(codec, waitBy(clock), decodeMeter(metrics, 'assetSeen')),
    batcher: {
      submit: (items) => {
        keeper.note(items.map((item) => item.value))
        return Promise.resolve({ kind: 'written', rejected: [] })
      },
    },
    setAside,
    onFailure: () => clock.nowMs(), // noting does not fail
    onWritten: () => undefined,
    rowsMax: config.RECORDER_BATCH_ROWS,
  }
}

const historyNames = ['events', 'attempts'] as const

/**
 * Two at once, so that PostgreSQL is busy while the next rows are made: faster with the store alone, not yet shown through
 * the recorder (docs/benchmarks.md). Rows of attempts merge in any order (V1); of assets they do not always.
 */
const writesMax = { events: 1, attempts: 2 } as const

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
    decode: recordDecoder(codec, waitBy(clock), decodeMeter(metrics, name)),
    batcher: batcher({
      rowsMax: config.RECORDER_BATCH_ROWS,
      writesMax: writesMax[name],
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
