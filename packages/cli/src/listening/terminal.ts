/** A terminal that is drawn on and whose keys are heard, one by one, until it is given back. Knows nothing of what is shown. */
import { emitKeypressEvents, type Key } from 'node:readline'
import type { Size } from './live-view.ts'

export interface Terminal {
  readonly size: () => Size
  readonly isColoured: boolean
  readonly draw: (lines: readonly string[]) => void
  /** Gives it back as it was: screen, cursor, line ends and echo. */
  readonly close: () => void
}

export interface TerminalOn {
  /** `j`, `down`, `ctrl-c`. */
  readonly key: (name: string) => void
  readonly resized: () => void
}

/** Another screen, no cursor, lines that are cut instead of wrapped (xterm's control sequences, DECSET 1049, 25, 7). */
const begin = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const end = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const usualSize: Size = { columns: 80, rows: 24 }

/** Whether both ends are a terminal that can be drawn on. */
export function isTerminal(env: Readonly<Record<string, string | undefined>>): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && env['TERM'] !== 'dumb'
}

export function openTerminal(env: Readonly<Record<string, string | undefined>>, on: TerminalOn): Terminal {
  const { stdin, stdout } = process
  const pressed = (_: string | undefined, { name, ctrl, shift, sequence }: Key): void => {
    if (ctrl === true) on.key(`ctrl-${name}`)
    else on.key(shift === true && name?.length === 1 ? name.toUpperCase() : (name ?? sequence ?? ''))
  }
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  stdin.on('keypress', pressed)
  stdin.resume()
  stdout.on('resize', on.resized)
  stdout.write(begin)
  return {
    size: () => ({
      columns: stdout.columns || usualSize.columns,
      rows: stdout.rows || usualSize.rows,
    }),
    // https://no-color.org: what is there and not empty.
    isColoured: (env['NO_COLOR'] ?? '') === '',
    // Home, each line with what was behind it wiped, and all below.
    draw: (lines) =>
      void stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`),
    close: () => {
      stdout.write(end)
      stdout.off('resize', on.resized)
      stdin.off('keypress', pressed)
      stdin.setRawMode(false)
      stdin.pause()
    },
  }
}
