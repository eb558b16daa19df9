/** One command at a time on a data folder, also when the one before died in the middle. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

/** Runs `work` while nobody else does on `folder` (created when missing). Waits for a living holder, however long. */
export async function withLock<T>(
  folder: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const file = join(folder, 'lock')
  let hasSaid = false
  while (!tryLock(file)) {
    if (!hasSaid) say('waiting for another bin/stack on this folder …')
    hasSaid = true
    await wait(100)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** A hard link appears whole or not at all, so nobody ever reads a lock without its holder. */
function tryLock(file: string): boolean {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(identify(process.pid)))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (!isHeld(file)) rmSync(file, { force: true })
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

function isHeld(file: string): boolean {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity | null
    return holder !== null && isAlive(holder)
  } catch {
    // Released between the attempt and this look: the next attempt decides.
    return true
  }
}
