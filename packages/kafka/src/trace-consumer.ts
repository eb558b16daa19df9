/**
 * A consumer whose records are traced: one span for each record of a recorded trace, from its handing out until its
 * successors are durable. The handler finds the span in the record's own headers, as if it had come with it, so that whatever
 * it forwards is the span's child; it knows nothing of tracing.
 *
 * Named by the OpenTelemetry conventions for messaging (1.45, in development): `process <topic>`, kind consumer, the creation
 * context as parent, because each record is processed by itself.
 *
 * Invariants
 *   V1. A record that is not recorded is the same object as before, and a batch without any is handed on untouched.
 *   V2. A span ends once: when its record is done, or, where `spansEnd` says so, when the handler has resolved. One whose
 *       record was taken back (`pauseUntil`) or lost with its partition is never exported: it is seen again.
 *   V3. Nothing of it changes what is done, committed or thrown.
 */
import { type OpenSpan, type SpanDescription, type Tracing, within } from '@scanhook/observability/tracing'
import type { ConsumerOptions, RecordBatch } from './contract.ts'
import type { KafkaRecord } from './record.ts'

export function tracedConsumer(options: ConsumerOptions, tracing: Tracing): ConsumerOptions {
  if (!tracing.isOn) return options
  return {
    ...options,
    handle: (batch) => {
      const spans = new Map<number, OpenSpan>()
      const records = batch.records.map((record) => tracedRecord(tracing, options, record, spans))
      if (spans.size === 0) return options.handle(batch) // V1
      return handleTraced(options, { ...batch, records }, spans)
    },
  }
}

function tracedRecord(
  tracing: Tracing,
  { groupId, beginsTraces }: ConsumerOptions,
  record: KafkaRecord,
  spans: Map<number, OpenSpan>,
): KafkaRecord {
  const describe = (): SpanDescription => ({
    name: `process ${record.topic}`,
    kind: 'consumer',
    attributes: {
      'messaging.system.name': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': record.topic,
      'messaging.destination.partition.id': String(record.partition),
      'messaging.consumer.group.name': groupId,
      'messaging.message.body.size': record.value?.length ?? 0,
      'kafka.offset': record.offset,
    },
  })
  const span =
    beginsTraces === true ? tracing.enter(record.headers, describe) : tracing.follow(record.headers, describe)
  if (span === null) return record
  spans.set(record.offset, span)
  return { ...record, headers: { ...record.headers, ...span.headers } }
}

async function handleTraced(
  { handle, spansEnd = 'done' }: ConsumerOptions,
  batch: RecordBatch,
  spans: Map<number, OpenSpan>,
): Promise<void> {
  const end = (offset: number): void => {
    spans.get(offset)?.end()
    spans.delete(offset)
  }
  /** In offset order, so that the first that is beyond ends the search. */
  const endThrough = (offset: number): void => {
    for (const open of spans.keys()) {
      if (open > offset) break
      end(open)
    }
  }
  const traced: RecordBatch = {
    ...batch,
    done: (offset) => {
      batch.done(offset)
      if (spansEnd === 'done') end(offset)
    },
    doneThrough: (offset) => {
      batch.doneThrough(offset)
      if (spansEnd === 'done') endThrough(offset)
    },
    pauseUntil: (offset, resumeAtMs) => {
      batch.pauseUntil(offset, resumeAtMs)
      for (const open of [...spans.keys()]) if (open >= offset) spans.delete(open) // V2
    },
  }
  // Of several records none is the one that a log line is about.
  const [only] = batch.records.length === 1 ? spans.values() : []
  await within(only ?? null, () => handle(traced))
  if (spansEnd === 'handled' && !batch.over.aborted) endThrough(Number.POSITIVE_INFINITY)
}
