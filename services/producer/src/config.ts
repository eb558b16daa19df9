/** The producer's settings. */
import { flag, integer, list, type Setting } from '@scanhook/config/settings'
import { httpSettings } from '@scanhook/http/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { redisSettings } from '@scanhook/redis/settings'
import { runtimeSettings } from '@scanhook/runtime/settings'
import { schemasSettings } from '@scanhook/schemas/settings'
import { bindingRule } from './topic-bindings.ts'

type OwnSettings = {
  readonly HOST: Setting<string>
  readonly PRODUCER_PORT: Setting<number>
  readonly PRODUCER_READ_TOPICS: Setting<readonly string[]>
  readonly PRODUCER_EVENT_TOPICS: Setting<readonly string[]>
  readonly PRODUCER_TRUST_RECEIVED_AT: Setting<boolean>
  readonly PRODUCER_TAG_CACHE_MAX: Setting<number>
}

export type ProducerSettings = typeof kafkaSettings &
  typeof schemasSettings &
  typeof postgresSettings &
  typeof redisSettings &
  typeof httpSettings &
  OwnSettings

export const producerSettings: ProducerSettings = {
  ...kafkaSettings,
  ...schemasSettings,
  ...postgresSettings,
  ...redisSettings,
  ...httpSettings,
  HOST: runtimeSettings.HOST,
  PRODUCER_PORT: integer(
    {
      description: 'Port of POST /api/v1/scans and /api/v1/events; 0 takes a free one',
      default: '8080',
      reason: 'the same as the API, so that both are one address where they run in one process',
    },
    0,
    65_535,
  ),
  PRODUCER_READ_TOPICS: list(
    {
      description:
        'Upstream topics with reads; TOPIC=ORG_ID binds all of a topic to one organization, else each read must say its own',
      default: '',
      reason: 'empty means <TOPIC_PREFIX>reads',
    },
    bindingRule,
  ),
  PRODUCER_EVENT_TOPICS: list(
    {
      description: 'Upstream topics with business events, written as PRODUCER_READ_TOPICS is',
      default: '',
      reason: 'empty means <TOPIC_PREFIX>business-events',
    },
    bindingRule,
  ),
  PRODUCER_TRUST_RECEIVED_AT: flag({
    description:
      'Take the receive time from the header scanhook-received-at (epoch ms) where a record has it: for replaying recordings',
    default: 'false',
    reason: 'whoever may write to the topic could move assets in the past',
  }),
  PRODUCER_TAG_CACHE_MAX: integer(
    {
      description: 'Tags kept in memory',
      default: '250000',
      reason: 'about 400 bytes each, 100 MB when full; more distinct tags than this ask PostgreSQL again',
    },
    1_000,
    5_000_000,
  ),
}
