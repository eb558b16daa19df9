import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test } from 'vitest'
import type { Wiring } from '../wiring.ts'
import { keepReconciling, type OpenSession } from './keep-reconciling.ts'
import type { LogStores } from './ports.ts'

function world(openSession: OpenSession) {
  const metrics = openMetrics()
  const rounds: (() => void)[] = []
  const stops: (() => Promise<void> | void)[] = []
  const context = {
    config: { TIME_SCALE: 1, TOPIC_PREFIX: 't.' },
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      after: (_: number, act: () => void) => {
        rounds.push(act)
        return () => undefined
      },
    },
    log: silentLog,
    metrics,
    onStop: (_: string, stop: () => Promise<void> | void) => stops.push(stop),
  }
  const kafka = { openAdmin: () => Promise.reject(new Error('no broker')) }
  // What is not here is not reached: a round asks for the lead, and for the brokers, before it asks for anything else.
  keepReconciling({ context, kafka } as unknown as Wiring, {} as LogStores, openSession)
  const count = async (name: string): Promise<number> =>
    Number(new RegExp(`^scanhook_reconciler_${name} (\\d+)`, 'm').exec(await metrics.text())?.[1])
  return {
    count,
    nextRound: () => rounds.shift()?.(),
    stop: async () => {
      for (const stop of stops.toReversed()) await stop()
    },
  }
}

const session = (leads: boolean) => ({ tryLead: async () => leads, close: async () => undefined })

test('K2: a round without PostgreSQL, and one without Kafka, are counted and followed by others', async () => {
  let opened = 0
  const { count, nextRound, stop } = world(async () => {
    opened += 1
    if (opened === 1) throw new Error('no database')
    return session(true)
  })
  await expect.poll(() => count('rounds_total\\{result="failed"\\}')).toBe(1)
  nextRound()
  await expect.poll(() => count('rounds_total\\{result="failed"\\}')).toBe(2)
  expect(await count('leading')).toBe(1)
  await stop()
})

test('K1: one that does not lead looks at nothing', async () => {
  const { count, nextRound, stop } = world(async () => session(false))
  nextRound()
  await stop()
  expect(await count('leading')).toBe(0)
  expect(await count('rounds_total\\{result="failed"\\}')).toBe(0)
})
