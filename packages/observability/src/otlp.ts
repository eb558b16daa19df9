/**
 * The OpenTelemetry SDK: spans become OTLP over HTTP, as JSON. Loaded only where tracing is on (`open-tracing.ts`); the only
 * file that knows the SDK.
 */
import {
  type Context,
  SpanKind as OtelKind,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOnSampler,
  type ReadableSpan,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TraceParent } from './trace.ts'
import type { OpenSpan, SpanAttributes, SpanKind, SpanSink, SpanStart } from './tracing.ts'

export interface OtlpOptions {
  /** The whole address, e.g. `http://collector:4318/v1/traces`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Of one export, its repetitions included. */
  readonly timeoutMs: number
  /** What is said of this process on each span. */
  readonly resource: SpanAttributes
}

export interface OtlpExporter<T> {
  readonly send: (spans: readonly T[]) => Promise<boolean>
  readonly close: () => Promise<void>
}

export type EndedSpan = ReadableSpan

/** Sends; the exporter itself repeats what a collector refuses for the moment, within the timeout. */
export function openOtlpExporter({ url, headers, timeoutMs }: OtlpOptions): OtlpExporter<EndedSpan> {
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    concurrencyLimit: 1,
  })
  return {
    send: (spans) =>
      new Promise((resolve) => {
        exporter.export([...spans], ({ code }) => resolve(code === 0))
      }),
    close: () => exporter.shutdown(),
  }
}

/** `put` takes each span when it has ended. The decision to record was made before: what is opened here is sampled. */
export function openSink(scope: string, resource: SpanAttributes, put: (span: EndedSpan) => void): SpanSink {
  const processor: SpanProcessor = {
    onStart: () => undefined,
    onEnd: put,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  }
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer(scope)
  return { open: (start) => openSpan(tracer, start) }
}

const kinds: Record<SpanKind, OtelKind> = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
}

function openSpan(
  tracer: Tracer,
  { name, kind, attributes = {}, parent, tracestate, links }: SpanStart,
): OpenSpan {
  const span = tracer.startSpan(
    name,
    { kind: kinds[kind], attributes, links: links.map((link) => ({ context: contextOf(link) })) },
    parent === null ? ROOT_CONTEXT : under(parent),
  )
  const { traceId, spanId } = span.spanContext()
  const traceparent = `00-${traceId}-${spanId}-01`
  return {
    traceId,
    spanId,
    headers: tracestate === undefined ? { traceparent } : { traceparent, tracestate },
    set: (more) => span.setAttributes(more),
    end: (errorType) => {
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}

function under(parent: TraceParent): Context {
  return trace.setSpanContext(ROOT_CONTEXT, contextOf(parent))
}

function contextOf({ traceId, spanId }: TraceParent) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
}
