/** The API's settings. */
import { integer, json, list, optionalText, type Setting, text } from '@scanhook/config/settings'
import type { MovementOverrides } from '@scanhook/domain/movement-settings'
import { parseSettings } from '@scanhook/domain/setting/parse-settings'
import { systemSettings } from '@scanhook/domain/setting/system-settings'
import { httpSettings } from '@scanhook/http/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { redisAddress } from '@scanhook/redis/settings'
import { runtimeSettings } from '@scanhook/runtime/settings'
import { schemasSettings } from '@scanhook/schemas/settings'
import { keyRingRule, openKeyRing } from '@scanhook/signing/seal'
import { webhookTargetSettings } from '@scanhook/webhook-client/settings'

/** The same as the dispatcher's: what one seals the other opens. */
const secretKeys: Setting<string> = {
  ...text({
    description:
      'Keys that seal endpoint secrets and, derived, sign access tokens; the first seals and signs, all open and verify',
    isSecret: true,
  }),
  rule: keyRingRule,
  parse: (raw) => {
    try {
      openKeyRing(raw)
      return raw
    } catch {
      return undefined
    }
  },
}

/** A base that a token can be put behind. */
const relayPattern = /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?\/?$/
const relayUrl: Setting<string> = {
  ...optionalText({
    description:
      'Where senders reach the relay of the API, for `scanhook listen` and the inspector of the console: one address for all of its processes. It must be among WEBHOOK_ALLOWED_TARGETS',
    reason: 'Empty: nobody can listen',
  }),
  rule: 'an http or https URL without path, such as http://127.0.0.1:8082',
  schema: { type: 'string', pattern: `^$|${relayPattern.source}` },
  parse: (raw) => {
    if (raw === '') return ''
    return relayPattern.test(raw) ? URL.parse(raw)?.href : undefined
  },
}

type OwnSettings = {
  readonly HOST: Setting<string>
  readonly API_PORT: Setting<number>
  readonly SECRET_KEYS: Setting<string>
  readonly API_WEBHOOKS_MAX: Setting<number>
  readonly API_AUDIT_DAYS: Setting<number>
  readonly API_RELAY_URL: Setting<string>
  readonly API_RELAY_PORT: Setting<number>
  readonly OPERATOR_ORG_IDS: Setting<readonly string[]>
  readonly MOVEMENT_SETTINGS: Setting<MovementOverrides>
  readonly TIME_SCALE: Setting<number>
}

export type ApiSettings = typeof kafkaSettings &
  typeof schemasSettings &
  typeof postgresSettings &
  typeof redisAddress &
  typeof httpSettings &
  typeof webhookTargetSettings &
  OwnSettings

export const apiSettings: ApiSettings = {
  ...kafkaSettings,
  ...schemasSettings,
  ...postgresSettings,
  ...redisAddress,
  ...httpSettings,
  ...webhookTargetSettings,
  HOST: runtimeSettings.HOST,
  API_PORT: integer(
    {
      description: 'Port of the HTTP API; 0 takes a free one',
      default: '8080',
      reason: 'the usual port of an HTTP service that is not root',
    },
    0,
    65_535,
  ),
  SECRET_KEYS: secretKeys,
  API_WEBHOOKS_MAX: integer(
    {
      description: 'Endpoints that one organization may have',
      default: '50',
      reason:
        'every event is matched against all of them and may be sent to each: one read must not become thousands of requests',
    },
    1,
    10_000,
  ),
  API_AUDIT_DAYS: integer(
    {
      description:
        'For how many days entries of the audit log are kept; the same for all processes of the API',
      default: '365',
      reason: 'auditors ask for a year (PCI DSS 4.0, 10.5.1: at least twelve months)',
    },
    1,
    3_650,
  ),
  API_RELAY_URL: relayUrl,
  API_RELAY_PORT: integer(
    {
      description: 'Port of the relay, where API_RELAY_URL is set; senders alone need to reach it',
      default: '8082',
      reason: 'beside the ports of API and health',
    },
    1,
    65_535,
  ),
  OPERATOR_ORG_IDS: list(
    {
      description:
        'Organizations whose keys may see the whole installation (GET /operator/…: figures, names of organizations, what was set aside) and send again what was set aside; theirs are the people who look after it',
      default: '',
      reason:
        'Empty: nobody. What all organizations make together, and records that no service could read, concern no customer',
    },
    { rule: 'ids of organizations', matches: /^[1-9][0-9]{0,15}$/ },
  ),
  MOVEMENT_SETTINGS: json(systemSettings, systemSettings.rule, parseSettings),
  TIME_SCALE: integer(
    {
      description: 'Durations of retries are divided by it; for tests and demonstrations',
      default: '1',
      reason: 'anything else breaks the promised schedule',
    },
    1,
    1_000_000,
  ),
}
