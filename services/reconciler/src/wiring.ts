/** What the parts of this service share. */
import type { Delivery } from '@scanhook/domain/delivery'
import type { KafkaClient } from '@scanhook/kafka/contract'
import type { Postgres } from '@scanhook/postgres/open'
import type { ServiceContext } from '@scanhook/runtime/service'
import type { Codecs } from '@scanhook/schemas/open-codecs'
import type { TopicNames } from '@scanhook/schemas/topics'
import type { reconcilerSettings } from './config.ts'

export type ReconcilerContext = ServiceContext<typeof reconcilerSettings>

export interface Wiring {
  readonly context: ReconcilerContext
  readonly pg: Postgres
  readonly kafka: KafkaClient
  readonly codecs: Codecs
  readonly topics: TopicNames
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
}
