/** What an operator may change of the recorder. */
import { integer, type Setting } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { schemasSettings } from '@scanhook/schemas/settings'

type RecorderSettings = typeof kafkaSettings &
  typeof postgresSettings &
  typeof schemasSettings & {
    readonly RECORDER_BATCH_ROWS: Setting<number>
    readonly RECORDER_BATCH_WAIT_MS: Setting<number>
    readonly RECORDER_SEEN_ROWS_PER_SECOND: Setting<number>
    readonly RECORDER_LOG_DAYS: Setting<number>
    readonly RECORDER_ASSET_HISTORY_DAYS: Setting<number>
  }

export const recorderSettings: RecorderSettings = {
  ...kafkaSettings,
  ...postgresSettings,
  ...schemasSettings,
  RECORDER_BATCH_ROWS: integer(
    {
      description: 'Rows of one transaction at most',
      default: '1000',
      reason: 'larger ones gain nothing any more and hold more memory: an attempt is up to some 100 KiB',
    },
    1,
    10_000,
  ),
  RECORDER_BATCH_WAIT_MS: integer(
    {
      description: 'How long a row may wait for others to be written with, in milliseconds',
      default: '50',
      reason: 'the log is read by people; 20 transactions a second keep an idle database idle',
    },
    0,
    10_000,
  ),
  RECORDER_SEEN_ROWS_PER_SECOND: integer(
    {
      description:
        'Assets whose last sighting is brought up to date a second at most, between their events; those that waited longest come first',
      default: '5000',
      reason:
        'a row costs PostgreSQL about 40 µs and 0.8 kB of log: 5,000 are a fifth of a core and 4 MB/s; with more assets seen a second, each is brought up to date as much more rarely',
    },
    100,
    100_000,
  ),
  RECORDER_LOG_DAYS: integer(
    {
      description: 'For how many days events, deliveries and attempts are kept; the same for all recorders',
      default: '30',
      reason:
        'a month is what people ask about; less than three would go before the longest retries (24 h) and the checks after them (48 h) have ended',
    },
    3,
    3_650,
  ),
  RECORDER_ASSET_HISTORY_DAYS: integer(
    {
      description:
        'For how many days it is kept where assets were; goes by whole months; the same for all recorders',
      default: '365',
      reason: 'as TrakRF keeps its scans',
    },
    31,
    36_500,
  ),
}
