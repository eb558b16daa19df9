/** One command line from its words to its exit code. Owns no command: those are in the table. */
import type { Command } from './command.ts'
import { configStore } from './config-store.ts'
import { findConnection, openApi } from './connect.ts'
import { CliError, exitCodes } from './exit-codes.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { renderHelp } from './render-help.ts'
import type { Session } from './session.ts'
import { version } from './version.ts'

export type RunContext = Omit<Session, 'output' | 'store' | 'api' | 'whoami'>

export async function run(
  words: readonly string[],
  table: readonly Command[],
  context: RunContext,
): Promise<number> {
  const line = parseCommandLine(words, table)
  if (line.kind === 'help') {
    context.out(renderHelp(line.path, table))
    return exitCodes.ok
  }
  if (line.kind === 'version') {
    context.out(`scanhook ${version}\n`)
    return exitCodes.ok
  }
  if (line.kind === 'wrong') {
    context.say(`${line.problem}\nscanhook ${[...line.path, '--help'].join(' ')} says how\n`)
    return exitCodes.usage
  }
  const store = configStore(context.env)
  const at = { ...context, store }
  try {
    return await line.command.run(line.input, {
      ...at,
      output: line.output,
      api: async (signal = context.interrupted) => openApi(findConnection(at), { ...at, signal }),
      whoami: async () => findConnection(at),
    })
  } catch (error) {
    if (context.interrupted.aborted && isBrokenOff(error)) {
      context.say('interrupted\n')
      return exitCodes.interrupted
    }
    if (!(error instanceof CliError)) throw error
    context.say(`${error.message}\n`)
    return error.exitCode
  }
}

/** What was under way when the command was interrupted has no answer because of that. */
function isBrokenOff(error: unknown): boolean {
  if (error instanceof CliError) return error.exitCode === exitCodes.unreachable
  return error instanceof Error && error.name === 'AbortError'
}
