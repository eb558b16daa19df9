/** What /proc says of processes: who listens on a port, CPU and memory of a process with all its children. Linux only. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
  readonly rssBytes: number
}

/** Ticks are 10 ms and pages 4 KiB on every Linux that this runs on. */
const tickMs = 10
const pageBytes = 4_096

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** Null for one that is gone. */
function statOf(pid: number): Stat | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return {
      pid,
      parent: Number(fields[1]),
      // Own time and that of children that have ended, so that the sum over a family never falls.
      cpuMs: (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) * tickMs,
      rssBytes: Number(fields[21]) * pageBytes,
    }
  } catch {
    return null
  }
}

export interface ProcessFigures {
  readonly cpuMs: number
  readonly rssBytes: number
}

/** Of the processes and everything below them, e.g. PostgreSQL's backends. Shared memory counts once for each that touched it. */
export function figuresOfTree(...roots: readonly number[]): ProcessFigures {
  const all = pids().flatMap((pid) => statOf(pid) ?? [])
  const family = new Set(roots)
  // Parents are older than their children but not always smaller in number, so go round until nobody is new.
  for (let before = 0; before !== family.size; ) {
    before = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  const members = all.filter(({ pid }) => family.has(pid))
  return {
    cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    rssBytes: members.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
  }
}

/** Of all cores since the machine started: all work, whoever did it, and all time. */
export function machineCpuMs(): { readonly busyMs: number; readonly allMs: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
  // user nice system idle iowait irq softirq steal; the guests' time after them is in user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
  const allTicks = ticks.reduce((sum, each) => sum + each, 0)
  const idleTicks = (ticks[3] ?? 0) + (ticks[4] ?? 0)
  return { busyMs: (allTicks - idleTicks) * tickMs, allMs: allTicks * tickMs }
}

/** From now on `peakRssBytes` is that of the time to come. */
export function forgetPeakRss(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The most that one process (without children) has held in memory; NaN for one that is gone. */
export function peakRssBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024
  } catch {
    return Number.NaN
  }
}

/** The process that listens on a TCP port of this machine; null when it is not here, or not ours to look at. */
export function pidListeningOn(port: number): number | null {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)),
  )
  if (sockets.size === 0) return null
  return pids().find((pid) => openSockets(pid).some((inode) => sockets.has(inode))) ?? null
}

const listening = '0A'

function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  try {
    return readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hex}`) === true && state === listening)
      .flatMap((fields) => fields[9] ?? [])
  } catch {
    return []
  }
}

function openSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}
