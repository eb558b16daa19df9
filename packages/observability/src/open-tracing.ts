/**
 * Tracing as the settings want it: nothing, or spans by the OpenTelemetry SDK, which is loaded then and only then. Export
 * failures end here: they are counted and said now and then, and no record and no request notices them.
 */
import { randomUUID } from 'node:crypto'
import type { Config } from '@scanhook/config/settings'
import { exportQueue } from './export-queue.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { tracingSettings } from './settings.ts'
import { noTracing, openSpans, type Tracing } from './tracing.ts'
import { version } from './version.ts'

export interface OpenTracing {
  /** Spans of one service, told apart by their instrumentation scope. */
  of(service: string): Tracing
  /** Exports what waits, for two seconds at most. */
  close(): Promise<void>
}

export interface TracingSurroundings {
  /** `service.name`: the process. */
  readonly name: string
  readonly log: Logger
  readonly metrics: Metrics
  readonly random: () => number
  readonly after: (delayMs: number, act: () => void) => () => void
}

/** One export of 512 spans is some 300 KB of JSON: large enough to be few, small enough for any collector. */
const batchMax = 512
/** Nobody looks at a trace sooner. */
const delayMs = 1_000
/** A collector that has not answered by then is away; what waits meanwhile is bounded by the queue. */
const timeoutMs = 5_000
/** Of the 20 s that a process has to drain. */
const closeMs = 2_000
/** A collector that is away would say so with every batch. */
const warnEveryMs = 60_000

export async function openTracing(
  config: Config<typeof tracingSettings>,
  { name, log, metrics, random, after }: TracingSurroundings,
): Promise<OpenTracing> {
  if (config.TRACING_OTLP_URL === '') return { of: () => noTracing, close: async () => undefined }
  const { openOtlpExporter, openSink } = await import('./otlp.ts')
  const resource = {
    'service.name': name,
    'service.namespace': 'scanhook',
    'service.version': version,
    'service.instance.id': randomUUID(),
  }
  const exporter = openOtlpExporter({
    url: config.TRACING_OTLP_URL,
    headers: config.TRACING_OTLP_HEADERS,
    timeoutMs,
    resource,
  })
  const spans = metrics.counter(
    'scanhook_trace_spans_total',
    'Spans that ended here, by what became of them',
    {
      result: ['exported', 'failed', 'dropped'],
    },
  )
  let hasWarned = false
  const queue = exportQueue({
    max: config.TRACING_QUEUE_MAX,
    batchMax,
    delayMs,
    closeMs,
    send: exporter.send,
    counted: (result, count) => {
      spans.inc({ result }, count)
      if (result === 'exported' || hasWarned) return
      hasWarned = true
      after(warnEveryMs, () => {
        hasWarned = false
      })
      log.warn({ result, count }, 'spans.lost')
    },
    after,
  })
  const waiting = metrics.gauge('scanhook_trace_spans_waiting', 'Ended spans that wait to be exported')
  metrics.onCollect(() => waiting.set(queue.size()))
  log.info({ ratio: config.TRACING_SAMPLE_RATIO }, 'tracing.started')
  return {
    of: (service) =>
      openSpans(openSink(`scanhook.${service}`, resource, queue.put), {
        ratio: config.TRACING_SAMPLE_RATIO,
        random,
      }),
    close: async () => {
      await queue.close()
      // Its own shutdown waits for a request that is under way as long as that takes; the process need not.
      void exporter.close().catch(() => undefined)
    },
  }
}
