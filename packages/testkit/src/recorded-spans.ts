/** Spans as a test wants them: kept in memory in the order in which they ended, with ids that count. No SDK. */
import { openSpans, type SpanAttributes, type SpanStart, type Tracing } from '@scanhook/observability/tracing'

export interface RecordedSpan {
  readonly name: string
  readonly kind: SpanStart['kind']
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | null
  /** Span ids. */
  readonly links: readonly string[]
  readonly attributes: SpanAttributes
  readonly errorType: string | null
}

export interface RecordedSpans {
  readonly tracing: Tracing
  readonly ended: readonly RecordedSpan[]
  /** Opened and not ended. */
  readonly openCount: () => number
}

/** Every entry begins a trace. */
export function recordedSpans(): RecordedSpans {
  const ended: RecordedSpan[] = []
  let opened = 0
  const sink = {
    open: ({ name, kind, parent, tracestate, links, attributes = {} }: SpanStart) => {
      opened += 1
      const spanId = opened.toString(16).padStart(16, '0')
      const traceId = parent?.traceId ?? opened.toString(16).padStart(32, 'f')
      const traceparent = `00-${traceId}-${spanId}-01`
      let all = attributes
      let isOpen = true
      return {
        traceId,
        spanId,
        headers: tracestate === undefined ? { traceparent } : { traceparent, tracestate },
        set: (more: SpanAttributes) => {
          all = { ...all, ...more }
        },
        end: (errorType: string | null = null) => {
          if (!isOpen) return
          isOpen = false
          const parentId = parent?.spanId ?? null
          const linked = links.map((link) => link.spanId)
          ended.push({ name, kind, traceId, spanId, parentId, links: linked, attributes: all, errorType })
        },
      }
    },
  }
  return {
    tracing: openSpans(sink, { ratio: 1, random: () => 0 }),
    ended,
    openCount: () => opened - ended.length,
  }
}
