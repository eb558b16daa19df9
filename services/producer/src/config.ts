/** The producer's settings. */
import { flag, integer, json, list, type Setting } from '@scanhook/config/settings'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { parseSettings } from '@scanhook/domain/setting/parse-settings'
import { systemSettings } from '@scanhook/domain/setting/system-settings'
import { httpSettings } from '@scanhook/http/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { redisSettings } from '@scanhook/redis/settings'
import { runtimeSettings } from '@scanhook/runtime/settings'
import { schemasSettings } from '@scanhook/schemas/settings'
import { eventBindingRule, readBindingRule } from './topic-bindings.ts'

type OwnSettings = {
  readonly HOST: Setting<string>
  readonly PRODUCER_PORT: Setting<number>
  readonly PRODUCER_READ_TOPICS: Setting<readonly string[]>
  readonly PRODUCER_EVENT_TOPICS: Setting<readonly string[]>
  readonly PRODUCER_TRUST_RECEIVED_AT: Setting<boolean>
  readonly PRODUCER_TAG_CACHE_MAX: Setting<number>
  readonly PRODUCER_LIVENESS_MS: Setting<number>
  readonly MOVEMENT_SETTINGS: Setting<MovementOverrides>
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
      description: 'Port of POST /api/v1/scans, /api/v1/events and /api/v1/validate; 0 takes a free one',
      default: '8080',
      reason: 'the same as the API, so that both are one address where they run in one process',
    },
    0,
    65_535,
  ),
  PRODUCER_READ_TOPICS: list(
    {
      description:
        'Upstream topics with reads; TOPIC=ORG_ID binds all of a topic to one organization, else each read must say its own; TOPIC@FORMAT or TOPIC=ORG_ID@FORMAT says which reader’s format they are in (docs/reference/reader-formats.md)',
      default: '',
      reason: 'empty means <TOPIC_PREFIX>reads, in our own form',
    },
    readBindingRule,
  ),
  PRODUCER_EVENT_TOPICS: list(
    {
      description:
        'Upstream topics with business events; TOPIC=ORG_ID binds all of a topic to one organization',
      default: '',
      reason: 'empty means <TOPIC_PREFIX>business-events',
    },
    eventBindingRule,
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
  PRODUCER_LIVENESS_MS: integer(
    {
      description: 'How often the tracker is told which readers were heard, in milliseconds',
      default: '10000',
      reason:
        'an exit by silence waits for the next word of the reader: 10 s on top of a timeout of minutes; 1,000 readers cost 30 KB for each partition of scans and time',
    },
    100,
    600_000,
  ),
  MOVEMENT_SETTINGS: json(systemSettings, systemSettings.rule, parseSettings),
}
