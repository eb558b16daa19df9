/**
 * Spans: who may open one, whose child it is, and what travels on in its name. Owns the decision whether something is
 * recorded; the SDK that records and exports stands behind `SpanSink` and is loaded only where tracing is on.
 *
 * Invariants
 *   S1. Off, or not sampled: no span, no header that was not there, no object beside the call.
 *   S2. Sampling is the parent's: a trace is recorded where whoever led here records it, whole or not at all. Only entries
 *       (`enter`) begin traces, by the ratio of the settings, so that no trace begins in its middle.
 *   S3. Nothing here throws or waits, whatever the headers say and whatever the sink does.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Carrier, type TraceHeaders, type TraceParent, traceParentOf, tracestateOf } from './trace.ts'

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer'
/** No secrets, no bodies, no names of people: spans leave the house. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanDescription {
  /** Few different ones: a verb and a topic or a route, never an id. */
  readonly name: string
  readonly kind: SpanKind
  readonly attributes?: SpanAttributes | undefined
  /** Headers of others that also led here; those that are not sampled are left out. */
  readonly links?: readonly Carrier[] | undefined
}

export interface OpenSpan {
  readonly traceId: string
  readonly spanId: string
  /** For whatever this leads to. */
  readonly headers: TraceHeaders
  set(attributes: SpanAttributes): void
  /** `errorType`: what failed, from a closed set. Only the first call counts. */
  end(errorType?: string): void
}

export interface Tracing {
  readonly isOn: boolean
  /** A child of the span that the headers name; null when there is none, or it is not recorded. */
  follow(headers: Carrier, describe: () => SpanDescription): OpenSpan | null
  /** The same, but where nobody led here a trace begins: for records and requests from outside. */
  enter(headers: Carrier, describe: () => SpanDescription): OpenSpan | null
  /** Where many become one: a trace of its own with a link to each of them that is recorded; null when none is. */
  join(many: readonly Carrier[], describe: () => SpanDescription): OpenSpan | null
}

/** Where spans go. `parent` null begins a trace. */
export interface SpanSink {
  open(span: SpanStart): OpenSpan
}

export interface SpanStart extends Omit<SpanDescription, 'links'> {
  readonly parent: TraceParent | null
  readonly tracestate: string | undefined
  readonly links: readonly TraceParent[]
}

export const noTracing: Tracing = { isOn: false, follow: () => null, enter: () => null, join: () => null }

/** As many as the SDK keeps of a span by default; a batch has up to a thousand deliveries. */
const linksMax = 128

export function openSpans(
  sink: SpanSink,
  { ratio, random }: { readonly ratio: number; readonly random: () => number },
): Tracing {
  const start = (
    parent: TraceParent | null,
    headers: Carrier,
    { links = [], ...description }: SpanDescription,
  ): OpenSpan =>
    sink.open({ ...description, parent, tracestate: tracestateOf(headers), links: sampledOf(links) })
  return {
    isOn: true,
    follow: (headers, describe) => {
      if (headers['traceparent'] === undefined) return null
      const parent = traceParentOf(headers)
      return parent?.isSampled === true ? start(parent, headers, describe()) : null
    },
    enter: (headers, describe) => {
      const parent = headers['traceparent'] === undefined ? null : traceParentOf(headers)
      if (parent === null) return random() < ratio ? start(null, nothing, describe()) : null
      return parent.isSampled ? start(parent, headers, describe()) : null
    },
    join: (many, describe) => {
      const links = sampledOf(many)
      return links.length === 0
        ? null
        : sink.open({ ...describe(), parent: null, tracestate: undefined, links })
    },
  }
}

const nothing: Carrier = {}

/** Each once. */
function sampledOf(carriers: readonly Carrier[]): readonly TraceParent[] {
  const found = new Map<string, TraceParent>()
  for (const carrier of carriers) {
    const parent = traceParentOf(carrier)
    if (parent?.isSampled === true) found.set(parent.spanId, parent)
    if (found.size === linksMax) break
  }
  return [...found.values()]
}

const active = new AsyncLocalStorage<OpenSpan>()

/** Log lines that `act` writes, also later, carry the span's ids. */
export function within<T>(span: OpenSpan | null, act: () => T): T {
  return span === null ? act() : active.run(span, act)
}

/** The span in whose name this code runs; null outside of one. */
export function activeSpan(): OpenSpan | null {
  return active.getStore() ?? null
}

/** Headers for what this code leads to; undefined outside of a span. */
export function activeTraceHeaders(): TraceHeaders | undefined {
  return active.getStore()?.headers
}
