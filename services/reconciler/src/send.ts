/**
 * Deliveries onto their topic, under their endpoints' keys. Each begins a trace of its own, where one is recorded: what is sent
 * again, hours later and for a reason of its own, is no part of the trace that it was first in.
 */
import type { Delivery } from '@scanhook/domain/delivery'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { OpenSpan, SpanDescription, Tracing } from '@scanhook/observability/tracing'
import { endpointKey } from '@scanhook/schemas/keys'
import type { Codecs } from '@scanhook/schemas/open-codecs'
import type { TopicNames } from '@scanhook/schemas/topics'
import type { Wiring } from './wiring.ts'

export interface SenderPorts {
  readonly producer: KafkaProducer
  readonly codecs: Codecs
  readonly topics: TopicNames
  readonly tracing: Tracing
}

export function sender({ producer, codecs, topics, tracing }: SenderPorts): Wiring['send'] {
  const recordOf = (delivery: Delivery, span: OpenSpan | null): OutgoingRecord => ({
    topic: topics.deliveries,
    key: endpointKey(delivery.endpointId),
    value: codecs.deliveries.encode(delivery),
    headers: span?.headers,
  })
  return async (deliveries) => {
    const spans = deliveries.map((delivery) => openSpan(tracing, topics.deliveries, delivery))
    try {
      await producer.appendAll(deliveries.map((delivery, index) => recordOf(delivery, spans[index] ?? null)))
    } finally {
      for (const span of spans) span?.end()
    }
  }
}

/** By the conventions for messaging: `create`, because sending is a span of its own. */
function openSpan(tracing: Tracing, topic: string, delivery: Delivery): OpenSpan | null {
  if (!tracing.isOn) return null
  const describe = (): SpanDescription => ({
    name: `create ${topic}`,
    kind: 'producer',
    attributes: {
      'messaging.system.name': 'kafka',
      'messaging.operation.name': 'create',
      'messaging.operation.type': 'create',
      'messaging.destination.name': topic,
      'scanhook.delivery.id': delivery.deliveryId,
      'scanhook.event.id': delivery.event.eventId,
      'scanhook.trigger': delivery.trigger,
    },
  })
  return tracing.enter({}, describe)
}
