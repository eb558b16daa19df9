/** Where things lie: the checkout, its data folder, the cache of unpacked binaries. Knows no piece. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Places {
  /** The data folder: addresses, logs, data. `.stack` in the checkout unless SCANHOOK_STACK_DIR says otherwise. */
  readonly stackDir: string
  readonly pomFile: string
  /** Whatever is downloaded once for all checkouts of this user; each thing in a folder named after what it is made from. */
  readonly cacheDir: string
  /** Unpacked binaries of exactly this pom, shared by all checkouts of this user. */
  readonly binariesDir: string
  /** Where PostgreSQL's data goes when its user can't reach `stackDir`. Differs per data folder. */
  readonly outsideDir: string
}

type Env = Readonly<Record<string, string | undefined>>

/** All folders as absolute paths. Reads the pom (its digest names the binaries), creates nothing. */
export function findPlaces(env: Env): Places {
  const checkout = resolve(import.meta.dirname, '../../..')
  const stackDir = resolve(nonEmpty(env['SCANHOOK_STACK_DIR']) ?? join(checkout, '.stack'))
  const pomFile = join(checkout, 'tools/stack/pom.xml')
  return {
    stackDir,
    pomFile,
    cacheDir: cacheDir(env),
    binariesDir: join(cacheDir(env), digest(readFileSync(pomFile))),
    outsideDir: `/var/tmp/scanhook-stack-${digest(stackDir)}`,
  }
}

/** Root's home is closed to the user PostgreSQL runs as, therefore the machine's cache folder for root. */
function cacheDir(env: Env): string {
  const given = nonEmpty(env['SCANHOOK_STACK_CACHE'])
  if (given !== undefined) return resolve(given)
  if (process.getuid?.() === 0) return '/var/cache/scanhook-stack'
  return join(nonEmpty(env['XDG_CACHE_HOME']) ?? join(homedir(), '.cache'), 'scanhook-stack')
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}
