/** Settings of every process: how much it says. */
import { oneOf, type Setting } from '@scanhook/config/settings'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export const observabilitySettings: { readonly LOG_LEVEL: Setting<LogLevel> } = {
  LOG_LEVEL: oneOf(
    {
      description: 'The least important log lines that are still written',
      default: 'info',
      reason: 'one line per attempt and per change of state; debug adds one per record',
    },
    logLevels,
  ),
}
