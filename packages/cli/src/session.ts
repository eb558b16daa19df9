/** What a command has to work with: where it prints, what it reads, the API as whoever is signed in. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import type { ConfigStore } from './config-store.ts'
import type { Terminal, TerminalOn } from './listening/terminal.ts'
import type { Output } from './output.ts'

export interface Session {
  readonly output: Output
  /** The answer. */
  readonly out: (text: string) => void
  /** Everything that is not the answer: progress, hints, problems. */
  readonly say: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative paths begin. */
  readonly folder: string
  /** Throws CliError when interrupted before its end. */
  readonly readStdin: () => Promise<Buffer>
  /** Aborted with the first Ctrl-C. */
  readonly interrupted: AbortSignal
  readonly nowMs: () => number
  /** Resolves after `delayMs`, or when interrupted. */
  readonly pause: (delayMs: number) => Promise<void>
  /** Gives the way to call it off. */
  readonly after: (delayMs: number, act: () => void) => () => void
  /** Takes over the terminal; null where there is none to draw on. */
  readonly openTerminal: ((on: TerminalOn) => Terminal) | null
  /** In the browser, if there is one. */
  readonly openUrl: (url: string) => void
  readonly store: ConfigStore
  /** Chance, for ids of our own. */
  readonly newUuid: () => string
  /** Its requests break off when interrupted, or with the signal that is given instead. Throws CliError when nobody is signed in. */
  readonly api: (signal?: AbortSignal) => Promise<ScanhookClient>
  /** Where the API is, and as whom, in words without a secret. */
  readonly whoami: () => Promise<{ readonly url: string; readonly source: string }>
}
