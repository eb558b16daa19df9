/** Settings of every service that speaks Kafka. */
import { brokers, oneOf, optionalText, type Setting, text } from '@scanhook/config/settings'

export const kafkaSecurities = [
  'plaintext',
  'tls',
  'sasl_plain_tls',
  'sasl_scram512_tls',
  'sasl_plain',
] as const
export type KafkaSecurity = (typeof kafkaSecurities)[number]

export const kafkaSettings: {
  readonly KAFKA_BROKERS: Setting<readonly string[]>
  readonly KAFKA_CLIENT_ID: Setting<string>
  readonly KAFKA_SECURITY: Setting<KafkaSecurity>
  readonly KAFKA_USERNAME: Setting<string>
  readonly KAFKA_PASSWORD: Setting<string>
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
  TOPIC_PREFIX: text({
    description: 'Put before every topic and consumer group name',
    default: 'scanhook.',
  }),
}
