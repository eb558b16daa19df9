import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test } from 'vitest'
import { meterPool } from './pool-metrics.ts'

test('the gauges are sums over the open pools of a process', async () => {
  const metrics = openMetrics()
  const first = meterPool(metrics, { totalCount: 8, idleCount: 3, waitingCount: 2 }, 8)
  const second = meterPool(metrics, { totalCount: 1, idleCount: 1, waitingCount: 0 }, 4)
  expect(await metrics.text()).toMatch(
    /connections\{state="busy"\} 5\n.*\{state="idle"\} 4\n[\s\S]*connections_max 12\n[\s\S]*waiting 2\n/,
  )
  first.close()
  second.failed('POSTGRES_TIMEOUT')
  const text = await metrics.text()
  expect(text).toContain('scanhook_postgres_connections_max 4\n')
  expect(text).toContain('scanhook_postgres_failures_total{code="POSTGRES_TIMEOUT"} 1\n')
  expect(text).toContain('scanhook_postgres_failures_total{code="POSTGRES_UNAVAILABLE"} 0\n')
})
