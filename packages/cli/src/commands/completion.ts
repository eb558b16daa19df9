/** `completion`: a script for the shell. */
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderCompletion, shells } from '../render-completion.ts'

/** `table`: all commands, this one included. */
export function completionCommand(table: () => readonly Command[]): Command {
  return {
    path: ['completion'],
    summary: 'Print completion for a shell',
    positionals: [{ name: 'SHELL', choices: shells, description: 'which' }],
    options: [],
    examples: [
      'source <(scanhook completion bash)',
      'scanhook completion fish > ~/.config/fish/completions/scanhook.fish',
    ],
    run: async (input, session) => {
      const shell = shells.find((each) => each === input.positionals[0]) ?? 'bash'
      session.out(renderCompletion(shell, table()))
      return exitCodes.ok
    },
  }
}
