/** What a command is: a row of the table from which parsing, help, completion and docs/cli.md are made. */
import { outputs } from './output.ts'
import type { Session } from './session.ts'

export interface OptionRow {
  /** Without dashes. */
  readonly name: string
  readonly short?: string
  /** What stands for the value, `WEBHOOK`; absent: a switch. */
  readonly value?: string
  readonly isMultiple?: boolean
  readonly choices?: readonly string[]
  readonly description: string
}

export interface PositionalRow {
  readonly name: string
  readonly description: string
  readonly isOptional?: boolean
  readonly choices?: readonly string[]
}

export interface Input {
  /** As many as there are rows; the optional ones may be absent. */
  readonly positionals: readonly string[]
  text(option: string): string | undefined
  texts(option: string): readonly string[]
  has(option: string): boolean
}

export interface Command {
  /** `['endpoints', 'pause']` */
  readonly path: readonly string[]
  readonly summary: string
  /** What a reader should know besides, in sentences. */
  readonly details?: string
  readonly positionals: readonly PositionalRow[]
  readonly options: readonly OptionRow[]
  readonly examples: readonly string[]
  /** Resolves with the exit code; throws CliError. */
  readonly run: (input: Input, session: Session) => Promise<number>
}

/** Every command has these. */
export const everyOption: readonly OptionRow[] = [
  {
    ...{ name: 'output', short: 'o', value: 'FORM', choices: outputs },
    description: 'table for people (default), json for programs, quiet for ids alone',
  },
  { name: 'help', short: 'h', description: 'say what the command does' },
]
