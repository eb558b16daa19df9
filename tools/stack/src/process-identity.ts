/**
 * A process we started, and the certainty that it is still that one. Linux only: reads /proc.
 *
 * Invariants
 *   P1. A number alone never identifies a process: pid, its start tick and the boot id must all match, because pids
 *       are reused and outlive nothing.
 *   P2. A zombie counts as ended: it holds no port and no file.
 */
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks between boot and the start of the process. */
  readonly startTick: string
  readonly bootId: string
}

/** Null when no such process exists (any more). */
export function identify(pid: number): ProcessIdentity | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The second field is the command in parentheses and may itself contain blanks and parentheses: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  const startTick = fields[19]
  if (state === undefined || startTick === undefined || state === 'Z' || state === 'X') return null
  return { pid, startTick, bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() }
}

/** Whether this very process, not only one of the same number, is alive. */
export function isAlive(known: ProcessIdentity): boolean {
  const now = identify(known.pid)
  return now !== null && now.startTick === known.startTick && now.bootId === known.bootId
}
