/** Settings of the retry tiers. */
import { integer, type Setting } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { schemasSettings } from '@scanhook/schemas/settings'

type RetrySettings = typeof kafkaSettings & typeof schemasSettings & { readonly TIME_SCALE: Setting<number> }

export const retrySettings: RetrySettings = {
  ...kafkaSettings,
  ...schemasSettings,
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
