import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import type { Retention, RetentionEvents } from '@scanhook/postgres/retention'
import { expect, test } from 'vitest'
import { keepExpiring, keepPrepared } from './keep-partitions.ts'

/** A service whose time passes when told, and whose timers are seen. */
function bench() {
  const waits: { readonly delayMs: number; readonly act: () => void }[] = []
  const stops: (() => unknown)[] = []
  const metrics = openMetrics()
  const context = {
    log: silentLog,
    metrics,
    onStop: (_: string, stop: () => unknown) => void stops.push(stop),
    clock: {
      nowMs: () => 5,
      monotonicMs: () => 5,
      after: (delayMs: number, act: () => void) => {
        waits.push({ delayMs, act })
        return () => undefined
      },
    },
  } as unknown as Parameters<typeof keepPrepared>[1]
  return { context, waits, stops, metrics }
}

const tables = { history: ['events'], all: ['events', 'jobs'] }

test('H1: what could not be prepared is prepared a moment later, then every hour', async () => {
  const { context, waits } = bench()
  let isAway = true
  keepPrepared(async () => {
    if (isAway) throw new Error('away')
  }, context)
  await expect.poll(() => waits.map(({ delayMs }) => delayMs)).toEqual([5_000])
  isAway = false
  waits[0]?.act()
  await expect.poll(() => waits.map(({ delayMs }) => delayMs)).toEqual([5_000, 3_600_000])
})

test('H1: a round that fails, or finds a day locked, is made again after a minute; it counts what went', async () => {
  const { context, waits, metrics } = bench()
  const rounds: ((told: RetentionEvents) => void)[] = [
    () => {
      throw new Error('away')
    },
    ({ onPartition, onRows }) => {
      onPartition('events', 'events_20260101', 'dropped')
      onPartition('events', 'events_20260102', 'locked')
      onRows('jobs', 3)
    },
    ({ onPartition, onOldest }) => {
      onPartition('events', 'events_20260102', 'dropped')
      onOldest('events', 1_767_398_400_000)
    },
  ]
  keepExpiring(
    (told): Retention['round'] =>
      async () =>
        rounds.shift()?.(told),
    tables,
    context,
  )
  for (const count of [1, 2]) {
    await expect.poll(() => waits.length).toBe(count)
    waits.at(-1)?.act()
  }
  await expect.poll(() => waits.map(({ delayMs }) => delayMs)).toEqual([60_000, 60_000, 3_600_000])
  const text = await metrics.text()
  expect(text).toContain('scanhook_recorder_expired_partitions_total{table="events",outcome="dropped"} 2')
  expect(text).toContain('scanhook_recorder_expired_rows_total{table="jobs"} 3')
  expect(text).toContain('scanhook_recorder_retention_failures_total 1')
  expect(text).toContain('scanhook_recorder_oldest_partition_timestamp_seconds{table="events"} 1767398400')
})

test('a stop is heard by a round that runs, and waits for it', async () => {
  const { context, waits, stops } = bench()
  const asked = Promise.withResolvers<() => boolean>()
  const going = Promise.withResolvers<void>()
  keepExpiring(
    () => async (_, isStopped) => {
      asked.resolve(isStopped)
      await going.promise
    },
    tables,
    context,
  )
  const isStopped = await asked.promise
  expect(isStopped()).toBe(false)
  let isOver = false
  const stopped = Promise.all(stops.map((stop) => stop())).then(() => {
    isOver = true
  })
  expect([isStopped(), isOver]).toEqual([true, false])
  going.resolve()
  await stopped
  expect(waits).toEqual([])
})
