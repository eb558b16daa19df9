/** Settings of every process: how much it says, and where its spans go. */
import { decimal, integer, oneOf, optionalAddress, pairs, type Setting } from '@scanhook/config/settings'

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

type TracingSettings = {
  readonly TRACING_OTLP_URL: Setting<string>
  readonly TRACING_OTLP_HEADERS: Setting<Readonly<Record<string, string>>>
  readonly TRACING_SAMPLE_RATIO: Setting<number>
  readonly TRACING_QUEUE_MAX: Setting<number>
}

export const tracingSettings: TracingSettings = {
  TRACING_OTLP_URL: optionalAddress(
    {
      description:
        'Where spans go: the whole address of an OTLP receiver over HTTP, e.g. `http://collector:4318/v1/traces`; empty: no spans',
      reason: 'off by default: nothing is sent anywhere unless somebody says so',
    },
    ['http', 'https'],
  ),
  TRACING_OTLP_HEADERS: pairs({
    description: 'Headers of each export, e.g. for a key: `name=value`, comma-separated',
    default: '',
    isSecret: true,
  }),
  TRACING_SAMPLE_RATIO: decimal(
    {
      description:
        'Of the records and requests that come without a `traceparent`, the share for which a trace begins; where one comes, its own flag decides',
      default: '0.01',
      reason:
        'at 30,000 reads a second that is 300 traces, more than anybody looks at; see docs/operate/tracing.md',
    },
    0,
    1,
  ),
  TRACING_QUEUE_MAX: integer(
    {
      description: 'Ended spans that may wait to be exported; what comes above is dropped and counted',
      default: '4096',
      reason: 'some 1.5 KB each: 6 MB while a collector is away',
    },
    1,
    1_000_000,
  ),
}
