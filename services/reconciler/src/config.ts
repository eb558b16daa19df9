/** Settings of the reconciler. */
import { integer, type Setting } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { schemasSettings } from '@scanhook/schemas/settings'

type ReconcilerSettings = typeof kafkaSettings &
  typeof postgresSettings &
  typeof schemasSettings & {
    readonly TIME_SCALE: Setting<number>
  }

export const reconcilerSettings: ReconcilerSettings = {
  ...kafkaSettings,
  ...postgresSettings,
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
