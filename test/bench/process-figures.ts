/** What /proc says of processes: who listens on a port, CPU and memory of a process with all its children. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

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

/** Of the process and everything below it, e.g. PostgreSQL's backends. Shared memory counts once for each that touched it. */
export function figuresOfTree(root: number): ProcessFigures {
  const all = pids().flatMap((pid) => statOf(pid) ?? [])
  const family = new Set([root])
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
