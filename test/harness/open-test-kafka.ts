/** Kafka as the tests use it: the product's own door, with a log that only speaks of errors. */
import type { KafkaClient } from '@scanhook/kafka/contract'
import { openKafka } from '@scanhook/kafka/open'
import { type Logger, openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'

export const testLog = (name: string): Logger => openLog({ name, level: 'error' })

export function openTestKafka(env: Readonly<Record<string, string>>, name: string): KafkaClient {
  const brokers = env['KAFKA_BROKERS'] ?? ''
  return openKafka(
    { KAFKA_BROKERS: brokers.split(','), KAFKA_CLIENT_ID: name },
    { log: testLog(name), metrics: openMetrics() },
  )
}
