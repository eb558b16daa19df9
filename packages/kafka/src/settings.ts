/** Settings of every service that speaks Kafka. */
import { brokers, integer, oneOf, optionalText, type Setting, text } from '@scanhook/config/settings'

export const kafkaSecurities = [
  'plaintext',
  'tls',
  'sasl_plain_tls',
  'sasl_scram512_tls',
  'sasl_plain',
] as const
export type KafkaSecurity = (typeof kafkaSecurities)[number]

/**
 * 30 s: longer than any garbage collection, container freeze or broker fail-over that one wants to sit out, and half of
 * the 60 s in which lag must be back to 0 after a kill -9.
 */
export const defaultSessionTimeoutMs = 30_000

export const kafkaSettings: {
  readonly KAFKA_BROKERS: Setting<readonly string[]>
  readonly KAFKA_CLIENT_ID: Setting<string>
  readonly KAFKA_SECURITY: Setting<KafkaSecurity>
  readonly KAFKA_USERNAME: Setting<string>
  readonly KAFKA_PASSWORD: Setting<string>
  readonly KAFKA_SESSION_TIMEOUT_MS: Setting<number>
  readonly TOPIC_PREFIX: Setting<string>
} = {
  KAFKA_BROKERS: brokers({ description: 'Addresses of the Kafka brokers' }),
  KAFKA_CLIENT_ID: text({
    description: 'Name under which this client appears in broker logs and quotas',
    default: 'scanhook',
  }),
  KAFKA_SECURITY: oneOf({ description: 'How brokers are spoken to', default: 'plaintext' }, kafkaSecurities),
  KAFKA_USERNAME: optionalText({ description: 'SASL user name' }),
  KAFKA_PASSWORD: optionalText({ description: 'SASL password', isSecret: true }),
  KAFKA_SESSION_TIMEOUT_MS: integer(
    {
      description: 'How long a consumer that vanished without a word keeps its partitions, in milliseconds',
      default: String(defaultSessionTimeoutMs),
      reason:
        'longer than a freeze that one wants to sit out, half of the 60 s in which a kill must be made good; brokers refuse less than 6 s',
    },
    6_000,
    300_000,
  ),
  TOPIC_PREFIX: text({
    description: 'Put before every topic and consumer group name',
    default: 'scanhook.',
  }),
}
