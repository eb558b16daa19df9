/** Whom a program that refuses root runs as, and which folders that user can reach. */
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface User {
  readonly uid: number
  readonly gid: number
}

/** Undefined when we aren't root: then everything runs as ourselves. */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  // initdb wants a name for its user, so the number must be in the user database; `nobody` always is.
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined)
    throw new Error(
      'PostgreSQL refuses to run as root and there is no user nobody: run bin/stack as an ordinary user',
    )
  return { uid: Number(uid), gid: Number(gid) }
}

/** Whether any user can pass through every folder above `folder` (a home of root with mode 700 ends the way). */
export function isReachable(folder: string): boolean {
  for (let above = dirname(folder); ; above = dirname(above)) {
    const mode = statSync(above, { throwIfNoEntry: false })?.mode
    if (mode !== undefined && (mode & 0o001) === 0) return false
    if (above === dirname(above)) return true
  }
}

/**
 * Makes `folder` with the given mode, owned by `user` (undefined: ourselves). Throws when it exists and belongs to
 * somebody else: in /var/tmp anybody could have put it there first.
 */
export function ownFolder(folder: string, user: User | undefined, mode = 0o700): void {
  mkdirSync(folder, { recursive: true, mode })
  const owner = statSync(folder).uid
  if (owner !== process.getuid?.() && owner !== user?.uid) {
    throw new Error(`${folder} belongs to another user (uid ${owner})`)
  }
  if (user !== undefined && owner !== user.uid) chownSync(folder, user.uid, user.gid)
}
