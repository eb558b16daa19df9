/**
 * Promises broken on purpose: what somebody might have written instead. Each is one edit in a copy of the sources; the real
 * ones are never touched. `find` must be in the file exactly once, so that a breakage that no longer fits says so.
 */
export interface Breakage {
  /** What somebody might have thought. */
  readonly words: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Cells that must notice. */
  readonly cells: readonly string[]
}

export const breakages: Readonly<Record<string, Breakage>> = {}
