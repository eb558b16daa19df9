/**
 * Where the lines of a log go. Written without blocking: one attempt is one line, and 6,000 blocking writes a second would cost a
 * core.
 *
 * Not pino's own: its writer (sonic-boom 4) tries for ever to write what is left at the end when nobody reads any more, so that a
 * process whose reader has gone (a terminal that was closed, a parent that was killed, `| head`) could only be killed.
 *
 * Invariants
 *   O1. What was logged is written before the process ends.
 *   O2. A reader that is gone keeps no process from ending, and nothing is kept for it; neither does one that stands still, where
 *       the pipe does not block. (Where it blocks, whoever waits for the process has to kill it.)
 */
import sonicBoom from 'sonic-boom'

/**
 * Lines waiting for a stdout that nobody reads: above this they are dropped, so that a stuck terminal or log
 * collector can't fill the memory. 8 MiB is about 20,000 lines, some seconds at full rate.
 */
const waitingBytesMax = 8 * 1024 * 1024
/** At the end of the process, 100 ms apart: two seconds of the five that a drain leaves of Kubernetes' thirty. */
const lastTriesMax = 20

export interface Stdout {
  write(line: string): void
}

let shared: Stdout | null = null

/** A process has one. */
export function openStdout(): Stdout {
  shared ??= newStdout()
  return shared
}

function newStdout(): Stdout {
  let lastTriesLeft = Number.POSITIVE_INFINITY
  const writer = new sonicBoom.SonicBoom({
    ...{ fd: 1, sync: false, maxLength: waitingBytesMax },
    retryEAGAIN: () => {
      lastTriesLeft -= 1
      return lastTriesLeft > 0
    },
  })
  let isGone = false
  // Whatever it is, there is no other place to say it; with the next line it is tried again, but for a reader that is gone.
  writer.on('error', (error: NodeJS.ErrnoException) => {
    isGone ||= error.code === 'EPIPE'
  })
  process.on('exit', () => {
    if (isGone) return
    lastTriesLeft = lastTriesMax
    try {
      writer.flushSync() // O1
    } catch {
      // O2
    }
  })
  return {
    write: (line) => {
      if (!isGone) writer.write(line)
    },
  }
}
