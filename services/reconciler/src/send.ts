/** Deliveries onto their topic, under their endpoints' keys. */
import type { Delivery } from '@scanhook/domain/delivery'
import type { KafkaProducer } from '@scanhook/kafka/contract'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { childHeaders, newTrace } from '@scanhook/observability/trace'
import { endpointKey } from '@scanhook/schemas/keys'
import type { Codecs } from '@scanhook/schemas/open-codecs'
import type { TopicNames } from '@scanhook/schemas/topics'
import type { Wiring } from './wiring.ts'

export function sender(producer: KafkaProducer, codecs: Codecs, topics: TopicNames): Wiring['send'] {
  const recordOf = (delivery: Delivery): OutgoingRecord => ({
    topic: topics.deliveries,
    key: endpointKey(delivery.endpointId),
    value: codecs.deliveries.encode(delivery),
    headers: childHeaders(newTrace()),
  })
  return (deliveries) => producer.appendAll(deliveries.map(recordOf))
}
