import { readFileSync } from 'node:fs'

/** CPU that a process has used so far, in ms (user and system), from /proc; 0 for one that is gone. Ticks are 10 ms on Linux. */
export function cpuMsOf(pid: number | null): number {
  if (pid === null) return 0
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10
  } catch {
    return 0
  }
}
