/**
 * A producer whose records are traced: one span for each record of a recorded trace, from `append` to the acknowledgement. Its
 * context travels with the record instead of the one that was given, so that whoever reads the record is its child.
 *
 * Invariants
 *   W1. A record that is not recorded is appended as it was given.
 *   W2. What `append` promises is what the producer behind it promises: the same order, the same rejection.
 *   W3. `causes` never leave: they are links of the span, and where there is no parent they begin a trace of its own.
 */
import type { OpenSpan, SpanDescription, Tracing } from '@scanhook/observability/tracing'
import type { KafkaProducer } from './contract.ts'
import { KafkaError } from './errors.ts'
import type { OutgoingRecord } from './record.ts'

export function tracedProducer(producer: KafkaProducer, tracing: Tracing): KafkaProducer {
  if (!tracing.isOn) return producer
  return {
    append: (record) => {
      const span = openSpan(tracing, record)
      if (span === null) return producer.append(record)
      return ended([span], producer.append(under(span, record)))
    },
    appendAll: (records) => {
      const spans: OpenSpan[] = []
      const traced = records.map((record) => {
        const span = openSpan(tracing, record)
        if (span === null) return record
        spans.push(span)
        return under(span, record)
      })
      if (spans.length === 0) return producer.appendAll(records) // W1
      return ended(spans, producer.appendAll(traced))
    },
    close: (drainMs) => producer.close(drainMs),
  }
}

function openSpan(tracing: Tracing, { topic, headers, causes, value }: OutgoingRecord): OpenSpan | null {
  const describe = (): SpanDescription => ({
    name: `send ${topic}`,
    kind: 'producer',
    links: causes,
    attributes: {
      'messaging.system.name': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.body.size': value?.length ?? 0,
    },
  })
  if (headers?.['traceparent'] !== undefined) return tracing.follow(headers, describe)
  return causes === undefined ? null : tracing.join(causes, describe)
}

function under({ headers }: OpenSpan, record: OutgoingRecord): OutgoingRecord {
  return { ...record, headers: { ...record.headers, ...headers } }
}

/** The promise as it was; the spans end with it. */
async function ended(spans: readonly OpenSpan[], appended: Promise<void>): Promise<void> {
  try {
    await appended
  } catch (error) {
    for (const span of spans) span.end(error instanceof KafkaError ? error.code : 'unknown')
    throw error
  }
  for (const span of spans) span.end()
}
