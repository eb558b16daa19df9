/** What a command ends with, for scripts; and the one error that carries it. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  forbidden: 3,
  notFound: 4,
  unreachable: 5,
  refused: 6,
  /** As a shell says it of what SIGINT ended: 128 + 2. */
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** In the order of their numbers; docs/cli.md shows them. */
export const exitCodeMeanings: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [exitCodes.ok, 'done; of `verify`, `validate` and `endpoints check`: all is well'],
  [exitCodes.failed, 'not done, or something is wrong with what was looked at'],
  [exitCodes.usage, 'the command was written wrongly'],
  [exitCodes.forbidden, 'not signed in, or the key may not'],
  [exitCodes.notFound, 'there is no such thing, or no such file'],
  [exitCodes.unreachable, 'the API can not be reached, or asks to come again'],
  [
    exitCodes.refused,
    'the API refuses it: a field is wrong, a bound is reached, something stands against it',
  ],
  [
    exitCodes.interrupted,
    'ended by Ctrl-C (or SIGTERM, SIGHUP) before it was done; what was asked for last may have been done all the same. Not of `listen`, `deliveries tail` and `simulate`, which end so with 0 once they have begun, nor of `replay`, which says how far it came and ends with 1',
  ],
]

/** Ends the command. `message` is for people: no secret, no stack. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  /** After how long the same request may go well; null: coming again is of no use. */
  readonly comeAgainMs: number | null

  constructor(exitCode: ExitCode, message: string, comeAgainMs: number | null = null) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
    this.comeAgainMs = comeAgainMs
  }
}
