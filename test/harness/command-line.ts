/** `scanhook` as a process of its own, as a person starts it: in a folder, with an environment, ended with Ctrl-C. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ofNode, root } from './service-process.ts'
import { waitUntil } from './wait-until.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the first group of `pattern`, once it stands in stdout. */
  readonly printed: (pattern: RegExp) => Promise<string>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Ended>
}

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Buffer
  /** Another file to run, such as the bundle. */
  readonly file?: string
  /** Another Node. */
  readonly node?: string
}

export function startCommand(
  words: readonly string[],
  {
    cwd,
    env = {},
    stdin,
    file = join(root, 'packages/cli/src/main.ts'),
    node = process.execPath,
  }: CommandOptions,
): RunningCommand {
  const child = spawn(node, [file, ...words], {
    cwd,
    // Nobody's login is read or written.
    env: { ...ofNode, XDG_CONFIG_HOME: join(cwd, 'config'), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let isOver = false
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // A command that reads nothing may end before.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      isOver = true
      resolve({ code, stdout, stderr })
    })
  })
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    signal: (signal) => void child.kill(signal),
    printed: async (pattern) => {
      let found: RegExpExecArray | null = null
      await waitUntil(`${words.join(' ')} prints ${pattern}`, async () => {
        found = pattern.exec(stdout)
        if (found === null && isOver)
          throw new Error(`scanhook ${words.join(' ')} ended:\n${stdout}\n${stderr}`)
        return found !== null
      })
      return (found as RegExpExecArray | null)?.[1] ?? ''
    },
  }
}

export function runCommand(words: readonly string[], options: CommandOptions): Promise<Ended> {
  return startCommand(words, options).ended
}
