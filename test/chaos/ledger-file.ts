/**
 * A file of JSON lines of which no acknowledged line is lost: lines that come close together share one fsync, and each
 * caller learns when its own is on disk.
 */
import { closeSync, fsync, openSync, readFileSync, writeSync } from 'node:fs'

export interface LedgerFile<T> {
  /** Resolves when the line is on disk. */
  readonly append: (line: T) => Promise<void>
  readonly close: () => Promise<void>
}

/** Long enough to share a disk's flush among the requests of a burst, short against any latency that is measured. */
const gatherMs = 4

export function openLedgerFile<T>(file: string): LedgerFile<T> {
  const descriptor = openSync(file, 'a')
  let waiting: { readonly text: string; readonly settle: () => void }[] = []
  let flushing: Promise<void> | null = null

  const flush = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, gatherMs)
    })
    while (waiting.length > 0) {
      const taken = waiting
      waiting = []
      writeSync(descriptor, taken.map(({ text }) => text).join(''))
      await new Promise<void>((resolve, fail) => {
        fsync(descriptor, (error) => (error === null ? resolve() : fail(error)))
      })
      for (const { settle } of taken) settle()
    }
    flushing = null
  }
  return {
    append: (line) =>
      new Promise<void>((settle) => {
        waiting.push({ text: `${JSON.stringify(line)}\n`, settle })
        flushing ??= flush()
      }),
    close: async () => {
      while (flushing !== null) await flushing
      closeSync(descriptor)
    },
  }
}

/** A torn last line, of a process that was killed while writing, was never acknowledged and does not count. */
export function readLedgerFile<T>(file: string): readonly T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index, lines) => {
      if (line === '') return []
      try {
        return [JSON.parse(line) as T]
      } catch (error) {
        if (index === lines.length - 1) return []
        throw error
      }
    })
}
