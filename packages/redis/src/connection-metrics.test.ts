import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test } from 'vitest'
import { meterConnection } from './connection-metrics.ts'

test('connections of one process add up, each in one state', async () => {
  const metrics = openMetrics()
  const one = meterConnection(metrics)
  const other = meterConnection(metrics)
  one.usable(true)
  one.usable(true)
  expect(await metrics.text()).toMatch(/\{state="usable"\} 1\n.*\{state="away"\} 1\n/)
  one.close()
  one.failed('REDIS_TIMEOUT')
  other.skipped()
  other.answered(0.002)
  const text = await metrics.text()
  expect(text).toMatch(/\{state="usable"\} 0\n.*\{state="away"\} 1\n/)
  expect(text).toContain('scanhook_redis_failures_total{code="REDIS_TIMEOUT"} 1\n')
  expect(text).toContain('scanhook_redis_skipped_total 1\n')
  expect(text).toContain('scanhook_redis_duration_seconds_count 1\n')
})
