/**
 * Ports that somebody of this machine has chosen and may not listen at yet: between the choice and the listening lie seconds, in
 * which a port looks free to everybody else. Kept in a file that all checkouts of a user share.
 *
 * Invariants
 *   C1. Of those who choose at the same moment each gets ports of its own: one chooses after the other, and what was chosen is
 *       nobody else's while its chooser lives.
 *   C2. Who is gone holds nothing: what it started listens by now, or will not.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Say } from './binaries.ts'
import { withLock } from './lock.ts'
import { drawPort, isFree } from './ports.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

interface Claim {
  readonly port: number
  /** Whoever chooses again for the same purpose takes over its own. */
  readonly purpose: string
  readonly by: ProcessIdentity
}

export interface PortsWanted {
  /** Of a folder: what is chosen anew for it may be what it has already. */
  readonly purpose: string
  /** The ones to keep where they are free and nobody else’s; undefined: whichever is drawn. */
  readonly ports: readonly (number | undefined)[]
  /** Not to be drawn. */
  readonly avoided: Iterable<number>
}

/** As many as are wanted, in their order. They are ours until this process ends. */
export async function claimPorts(folder: string, wanted: PortsWanted, say: Say): Promise<readonly number[]> {
  return await withLock(folder, say, async () => {
    const file = join(folder, 'claims.json')
    const others = readClaims(file).filter(({ purpose, by }) => purpose !== wanted.purpose && isAlive(by)) // C2
    const claimed = new Set(others.map(({ port }) => port))
    const taken = new Set([...claimed, ...wanted.avoided])
    const chosen: number[] = []
    for (const port of wanted.ports) {
      const isKept = port !== undefined && !claimed.has(port) && (await isFree(port))
      chosen.push(isKept ? port : await drawPort(taken))
    }
    const by = identify(process.pid)
    if (by !== null) {
      const own = chosen.map((port): Claim => ({ port, purpose: wanted.purpose, by }))
      writeClaims(file, [...others, ...own])
    }
    return chosen
  })
}

/** None where the file is none of ours or not there: then only what listens is taken. */
function readClaims(file: string): readonly Claim[] {
  try {
    const claims: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(claims) ? (claims as readonly Claim[]) : []
  } catch {
    return []
  }
}

function writeClaims(file: string, claims: readonly Claim[]): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(claims))
  renameSync(draft, file)
}
