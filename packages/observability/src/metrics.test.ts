import { expect, test } from 'vitest'
import { openMetrics } from './metrics.ts'

test('M1: asking twice gives the same instrument, another kind or other labels throws', async () => {
  const metrics = openMetrics()
  const first = metrics.counter('scanhook_reads_total', 'Reads taken in', ['outcome'])
  expect(metrics.counter('scanhook_reads_total', 'Reads taken in', ['outcome'])).toBe(first)
  expect(() => metrics.counter('scanhook_reads_total', 'Reads taken in', ['reason'])).toThrow(
    /METRIC_CHANGED/,
  )
  expect(() => metrics.counter('scanhook_reads', 'Reads')).toThrow(/_total/)
  expect(() => metrics.gauge('reads', 'Reads')).toThrow(/scanhook_/)
  first.inc({ outcome: 'accepted' }, 3)
  expect(await metrics.text()).toContain('scanhook_reads_total{outcome="accepted"} 3')
})

test('M2: every combination of given label values exists at zero', async () => {
  const metrics = openMetrics()
  metrics.counter('scanhook_attempts_total', 'Attempts', {
    outcome: ['success', 'timeout'],
    phase: ['first', 'retry'],
  })
  metrics.histogram('scanhook_attempt_duration_seconds', 'Time', { outcome: ['success'] }, [0.1, 1])
  const text = await metrics.text()
  expect(text.match(/scanhook_attempts_total\{.*\} 0/g)).toHaveLength(4)
  expect(text).toContain('scanhook_attempt_duration_seconds_bucket{le="+Inf",outcome="success"} 0')
})

test('M3: an id is no label', () => {
  const metrics = openMetrics()
  expect(() => metrics.counter('scanhook_a_total', 'A', ['endpoint_id'])).toThrow(/METRIC_LABELS/)
  expect(() => metrics.gauge('scanhook_b', 'B', { id: ['1'] })).toThrow(/METRIC_LABELS/)
  const many = Array.from({ length: 30 }, (_, index) => String(index))
  expect(() => metrics.counter('scanhook_c_total', 'C', { one: many, other: many })).toThrow(/METRIC_LABELS/)
})

test('plain text keeps counter names and has no exemplars; OpenMetrics has both and ends with EOF', async () => {
  const metrics = openMetrics()
  metrics.counter('scanhook_events_total', 'Events').inc()
  metrics.histogram('scanhook_latency_seconds', 'Latency', [], [0.1, 1]).observe({}, 0.05, 'a'.repeat(32))
  const open = await metrics.render('application/openmetrics-text; version=1.0.0')
  expect(open.contentType).toContain('openmetrics')
  expect(open.body).toContain('# TYPE scanhook_events counter\nscanhook_events_total 1')
  expect(open.body).toContain(`# {traceId="${'a'.repeat(32)}"} 0.05`)
  expect(open.body).toMatch(/# EOF\n$/)
  const plain = await metrics.render('text/plain')
  expect(plain.contentType).toBe(metrics.contentType)
  expect(plain.body).toContain(
    '# HELP scanhook_events_total Events\n# TYPE scanhook_events_total counter\nscanhook_events_total 1',
  )
  expect(plain.body).not.toContain('traceId')
  expect(plain.body).not.toContain('EOF')
})

test('gauges are set, added to, read at collection and forgotten', async () => {
  const metrics = openMetrics()
  const waiting = metrics.gauge('scanhook_waiting', 'Waiting', ['topic'])
  const open = metrics.gauge('scanhook_open', 'Open')
  metrics.onCollect(() => open.set(7))
  waiting.set({ topic: 'a' }, 2)
  waiting.add({ topic: 'a' }, -1)
  expect(await metrics.text()).toMatch(/scanhook_waiting\{topic="a"\} 1[\s\S]*scanhook_open 7/)
  waiting.remove({ topic: 'a' })
  expect(await metrics.text()).not.toContain('topic="a"')
})

test('a process says its version, CPU and event loop', async () => {
  const text = await openMetrics({ withProcess: true }).text()
  expect(text).toMatch(/scanhook_build_info\{version="0\.1\.0",node="v24/)
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
  expect(text).toContain('process_cpu_user_seconds_total')
})

test('an observation without a trace of its own takes the current one', async () => {
  let current: string | undefined
  const metrics = openMetrics({ currentTraceId: () => current })
  const latency = metrics.histogram('scanhook_latency_seconds', 'Latency', [], [0.1, 1])
  latency.observe({}, 0.05)
  expect((await metrics.render('application/openmetrics-text')).body).not.toContain('traceId')
  current = 'c'.repeat(32)
  latency.observe({}, 0.05)
  latency.observe({}, 0.5, 'e'.repeat(32))
  const { body } = await metrics.render('application/openmetrics-text')
  expect(body).toContain(`le="0.1"} 2 # {traceId="${'c'.repeat(32)}"} 0.05`)
  expect(body).toContain(`le="1"} 3 # {traceId="${'e'.repeat(32)}"} 0.5`)
})
