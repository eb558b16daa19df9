/** A request that may be sent again: what is away for a moment, or asks to come again, ends no command. */
import { CliError } from './exit-codes.ts'
import type { Session } from './session.ts'

/** As long as a process takes that is replaced, or a proxy that loses its way. */
const againMs = 1_000

/** Of what is only looked at: a minute and more. An API that is replaced is back by then, and what is looked at has gone on. */
export const lookTriesMax = 60

/**
 * Throws what `ask` throws last. `triesMax`: how often in a row. Whoever asks for something to be made gives it an
 * `Idempotency-Key`, the same each time.
 */
export async function askAgain<T>(
  { interrupted, pause }: Pick<Session, 'interrupted' | 'pause'>,
  triesMax: number,
  ask: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      const comeAgainMs = error instanceof CliError ? error.comeAgainMs : null
      if (comeAgainMs === null || tries >= triesMax || interrupted.aborted) throw error
      await pause(Math.max(againMs, comeAgainMs))
      if (interrupted.aborted) throw error
    }
  }
}
