/** A command in a terminal of a given size, as a person has it: by Python's `pty`, because Node can open none by itself. */
import { execFileSync, spawn } from 'node:child_process'
import { waitUntil } from './wait-until.ts'

/** What is typed comes in, what is shown goes out; the window has its size before the command looks. */
const bridge = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows, words = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(words[0], words)
sources = [fd, 0]
while fd in sources:
    for ready in select.select(sources, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b''
        if not data:
            sources.remove(ready)
        else:
            os.write(1 if ready == fd else fd, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

export interface InTerminal {
  readonly type: (keys: string) => void
  /** Resolves when the picture that is shown now matches. */
  readonly shows: (pattern: RegExp) => Promise<string>
  readonly output: () => string
  /** With its exit code. */
  readonly ended: Promise<number | null>
}

export interface TerminalOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly columns: number
  readonly rows: number
}

/** False where there is no Python that can. */
export function hasPseudoTerminal(): boolean {
  try {
    execFileSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export function startInTerminal(
  words: readonly string[],
  { cwd, env, columns, rows }: TerminalOptions,
): InTerminal {
  const child = spawn('python3', ['-c', bridge, `${columns}`, `${rows}`, ...words], {
    ...{ cwd, env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env } },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  let isOver = false
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      isOver = true
      resolve(code)
    })
  })
  /** What was drawn from the upper left corner last. */
  const picture = (): string => output.split('\u001b[H').at(-1) ?? ''
  return {
    ended,
    output: () => output,
    type: (keys) => void child.stdin.write(keys),
    shows: async (pattern) => {
      await waitUntil(`${words.join(' ')} shows ${pattern}`, async () => {
        if (!pattern.test(picture()) && isOver) throw new Error(`it ended:\n${output.slice(-4_000)}`)
        return pattern.test(picture())
      })
      return picture()
    },
  }
}
