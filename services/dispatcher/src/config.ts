/** Settings of the dispatcher. */
import { integer, oneOf, type Setting, text } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { redisAddress } from '@scanhook/redis/settings'
import { schemasSettings } from '@scanhook/schemas/settings'
import { keyRingRule, openKeyRing } from '@scanhook/signing/seal'
import { webhookTargetSettings } from '@scanhook/webhook-client/settings'

const secretKeys: Setting<string> = {
  ...text({ description: 'Keys that seal endpoint secrets; the first seals, all open', isSecret: true }),
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

type DispatcherSettings = typeof kafkaSettings &
  typeof redisAddress &
  typeof schemasSettings &
  typeof webhookTargetSettings & {
    readonly SECRET_KEYS: Setting<string>
    readonly TIME_SCALE: Setting<number>
    readonly DISPATCHER_ENDPOINT_CONCURRENCY: Setting<number>
    readonly DISPATCHER_CONCURRENCY: Setting<number>
    readonly LOG_ATTEMPTS: Setting<'all' | 'failures'>
  }

export const dispatcherSettings: DispatcherSettings = {
  ...kafkaSettings,
  ...redisAddress,
  ...schemasSettings,
  ...webhookTargetSettings,
  SECRET_KEYS: secretKeys,
  TIME_SCALE: integer(
    {
      description: 'Durations of retries are divided by it; for tests and demonstrations',
      default: '1',
      reason: 'anything else breaks the promised schedule',
    },
    1,
    1_000_000,
  ),
  DISPATCHER_ENDPOINT_CONCURRENCY: integer(
    {
      description:
        'Requests that may be under way to one endpoint at the same time, at most; each begins with 4',
      default: '64',
      reason: 'keeps 6,000 deliveries a second going at 10 ms per answer; receivers rarely take more',
    },
    1,
    1_024,
  ),
  DISPATCHER_CONCURRENCY: integer(
    {
      description: 'Requests that may be under way in this process at the same time',
      default: '1024',
      reason: 'sixteen endpoints at their own limit; each request holds a socket and some 20 KiB',
    },
    1,
    16_384,
  ),
  LOG_ATTEMPTS: oneOf(
    {
      description: 'Which attempts get a line in the log; the delivery log in PostgreSQL always has all',
      default: 'failures',
      reason: 'a line per success would be 6,000 lines a second',
    },
    ['all', 'failures'],
  ),
}
