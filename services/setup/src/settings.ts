/** Settings of the setup step. */
import { type Config, integer, type Setting, type Settings } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { observabilitySettings } from '@scanhook/observability/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { schemasSettings } from '@scanhook/schemas/settings'

const ownSettings: {
  readonly SETUP_PARTITIONS: Setting<number>
  readonly SETUP_REPLICATION_FACTOR: Setting<number>
} = {
  SETUP_PARTITIONS: integer(
    {
      description: 'Partitions of every topic that scales with load; never lowered afterwards',
      default: '12',
      reason:
        'divides evenly by 2, 3, 4 and 6 replicas; more partitions later would part assets from their history',
    },
    1,
    1_000,
  ),
  SETUP_REPLICATION_FACTOR: integer(
    {
      description: 'Copies of every partition; 3 in production, where losing one broker must lose nothing',
      default: '1',
      reason: 'the only number a single broker can give; with 3, two copies are demanded of every write',
    },
    1,
    9,
  ),
}

export const setupSettings: typeof observabilitySettings &
  typeof kafkaSettings &
  typeof schemasSettings &
  Pick<typeof postgresSettings, 'POSTGRES_URL'> &
  typeof ownSettings = {
  ...observabilitySettings,
  ...kafkaSettings,
  ...schemasSettings,
  POSTGRES_URL: postgresSettings.POSTGRES_URL,
  ...ownSettings,
} satisfies Settings

export type SetupConfig = Config<typeof setupSettings>
