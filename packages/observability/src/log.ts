/**
 * Log lines as JSON on stdout: one object a line, `level` as a word, `time` in ISO, `service` and `version` on each.
 * The only door to pino. Log events are `noun.past-tense` (`delivery.attempted`); everything else is a field.
 *
 * Call it as `log.info({ topic, partition }, 'partition.assigned')` or `log.info('service.started')`.
 */
import { pino, stdTimeFunctions } from 'pino'
import { redactFields, redactText } from './redact.ts'
import type { LogLevel } from './settings.ts'
import { openStdout } from './stdout.ts'
import { activeSpan } from './tracing.ts'
import { version } from './version.ts'

export type LogFields = Readonly<Record<string, unknown>>

export interface LogAct {
  (event: string): void
  (fields: LogFields, event: string): void
}

/** The part of pino that the house uses; a test may pass any object of this shape. */
export interface Logger {
  readonly trace: LogAct
  readonly debug: LogAct
  readonly info: LogAct
  readonly warn: LogAct
  readonly error: LogAct
  readonly fatal: LogAct
  /** The same log with `fields` on every line. */
  child(fields: LogFields): Logger
  /** Lets a caller skip building expensive fields. */
  isLevelEnabled(level: LogLevel): boolean
}

export interface LogOptions {
  /** Written as `service`. */
  readonly name: string
  readonly level: LogLevel
  /** Where lines go instead of stdout; one call per line, with its newline. */
  readonly write?: ((line: string) => void) | undefined
}

export function openLog({ name, level, write }: LogOptions): Logger {
  const root = pino(
    {
      level,
      base: { service: name, version },
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: redactFields,
      },
      serializers: { err: describeError, error: describeError },
      hooks: { streamWrite: redactText },
      mixin: spanFields,
    },
    write === undefined ? openStdout() : { write },
  )
  // pino applies `formatters.bindings` to the root only; children find this `child` through their prototype.
  const pinoChild = root.child
  return Object.assign(root, {
    child(this: typeof root, fields: LogFields): Logger {
      return pinoChild.call(this, redactFields(fields))
    },
  })
}

/** Named as the OpenTelemetry log data model names them, so that a log store finds the trace of a line. */
function spanFields(): Record<string, unknown> {
  const span = activeSpan()
  return span === null ? {} : { trace_id: span.traceId, span_id: span.spanId }
}

/** A log that says nothing; for tests that don't look at it. */
export const silentLog: Logger = openLog({ name: 'silent', level: 'silent', write: () => undefined })

/** As many causes as a wrapped network error has in practice (ours, the client's, the system's), and one more. */
const causesMax = 4
/** Of several errors at once, e.g. one for each address of a host. */
const errorsMax = 10

/** What a log line says about an error: never its other properties, which may hold requests and bodies. */
export function describeError(thrown: unknown, depth: number = 0): unknown {
  if (!(thrown instanceof Error))
    return typeof thrown === 'object' && thrown !== null ? '[not an Error]' : thrown
  const code = 'code' in thrown ? thrown.code : undefined
  const { cause } = thrown
  return {
    type: thrown.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: thrown.message,
    stack: thrown.stack,
    ...(thrown instanceof AggregateError && depth < causesMax
      ? { errors: thrown.errors.slice(0, errorsMax).map((each: unknown) => describeError(each, depth + 1)) }
      : {}),
    ...(cause !== undefined && cause !== null && depth < causesMax
      ? { cause: describeError(cause, depth + 1) }
      : {}),
  }
}
