/**
 * Keeps the partitions of the coming days there, and lets those go that are older than they are kept.
 *
 * Invariants
 *   H1. PostgreSQL being away, or a day that can't go yet, ends nothing: it is tried again.
 */
import type { Retention, RetentionEvents } from '@scanhook/postgres/retention'
import type { ServiceContext } from '@scanhook/runtime/service'
import type { recorderSettings } from './config.ts'

type Context = Pick<ServiceContext<typeof recorderSettings>, 'clock' | 'log' | 'metrics' | 'onStop'>

const everyMs = 3_600_000
const prepareAgainMs = 5_000
/** Whoever held the lock of the table, a long query of somebody, is through by then. */
const expireAgainMs = 60_000

/** Makes the coming days' partitions now and every hour. PostgreSQL being away does not keep the service from starting. */
export function keepPrepared(prepare: (nowMs: number) => Promise<void>, context: Context): void {
  const { clock, log } = context
  repeat('partitions', context, async () => {
    try {
      await prepare(clock.nowMs())
      return everyMs
    } catch (error) {
      log.warn({ error }, 'partitions.postponed')
      return prepareAgainMs // H1
    }
  })
}

/** Names for the labels. */
export interface ExpiringTables {
  readonly history: readonly string[]
  readonly all: readonly string[]
}

/** Lets go of what is old now and every hour; sooner where something could not go. */
export function keepExpiring(
  open: (told: RetentionEvents) => Retention['round'],
  tables: ExpiringTables,
  context: Context,
): void {
  const { clock, log, metrics } = context
  const partitions = metrics.counter(
    'scanhook_recorder_expired_partitions_total',
    'Days and months of history that were to go, by what came of it',
    { table: tables.history, outcome: ['dropped', 'gone', 'locked', 'waits'] },
  )
  const rows = metrics.counter(
    'scanhook_recorder_expired_rows_total',
    'Rows that went because of their age, without a partition of their own',
    { table: tables.all },
  )
  const oldest = metrics.gauge(
    'scanhook_recorder_oldest_partition_timestamp_seconds',
    'Begin of the oldest day or month that is kept',
    ['table'],
  )
  const failures = metrics.counter(
    'scanhook_recorder_retention_failures_total',
    'Rounds of retention that PostgreSQL did not take; the next one tries again',
  )
  let isStopped = false
  let isUnfinished = false
  const round = open({
    onPartition: (table, partition, outcome) => {
      partitions.inc({ table, outcome })
      if (outcome === 'locked') isUnfinished = true
      if (outcome === 'dropped') log.info({ partition }, 'partition.dropped')
      if (outcome === 'waits') log.warn({ partition }, 'partition.waits')
    },
    onRows: (table, count) => rows.inc({ table }, count),
    onOldest: (table, fromMs) => oldest.set({ table }, fromMs / 1_000),
  })
  repeat(
    'retention',
    context,
    async () => {
      isUnfinished = false
      try {
        await round(clock.nowMs(), () => isStopped)
      } catch (error) {
        failures.inc()
        log.warn({ error }, 'retention.postponed')
        isUnfinished = true // H1
      }
      return isUnfinished ? expireAgainMs : everyMs
    },
    () => {
      isStopped = true
    },
  )
}

/** Acts now and again after what it says, until the service stops; the stop waits for what runs. */
function repeat(
  name: string,
  { clock, onStop }: Context,
  act: () => Promise<number>,
  onStopping: () => void = () => undefined,
): void {
  let cancel = (): void => undefined
  let isStopped = false
  let running = Promise.resolve()

  async function turn(): Promise<void> {
    const againMs = await act()
    if (!isStopped) cancel = clock.after(againMs, begin)
  }
  function begin(): void {
    running = turn()
  }

  onStop(name, async () => {
    isStopped = true
    onStopping()
    cancel()
    await running
  })
  begin()
}
