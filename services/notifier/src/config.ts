/** Settings of the notifier. */
import { integer, optionalAddress, type Setting } from '@scanhook/config/settings'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { mailSettings } from '@scanhook/mail/settings'
import { postgresSettings } from '@scanhook/postgres/settings'
import { schemasSettings } from '@scanhook/schemas/settings'

type NotifierSettings = typeof kafkaSettings &
  typeof postgresSettings &
  typeof schemasSettings &
  typeof mailSettings & {
    readonly CONSOLE_URL: Setting<string>
    readonly TIME_SCALE: Setting<number>
  }

export const notifierSettings: NotifierSettings = {
  ...kafkaSettings,
  ...postgresSettings,
  ...schemasSettings,
  ...mailSettings,
  CONSOLE_URL: optionalAddress(
    {
      description: 'Where people reach the console; mails link to it. Empty: mails name API calls only',
      reason: 'nobody but the operator knows the address under which it is reached',
    },
    ['http', 'https'],
  ),
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
