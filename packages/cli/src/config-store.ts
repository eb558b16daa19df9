/**
 * What `login` remembers, in a file that its owner alone can read.
 *
 * Invariants
 *   C1. The file has mode 0600 before a secret is in it, and is written whole or not at all.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError, exitCodes } from './exit-codes.ts'

export type Credential =
  | { readonly kind: 'api_key'; readonly key: string }
  | {
      readonly kind: 'client'
      readonly clientId: string
      readonly clientSecret: string
      /** The last one that was issued; null before the first. */
      readonly token: { readonly accessToken: string; readonly expiresAtMs: number } | null
    }
  /** Of a portal link: ends by itself and can't be renewed. */
  | { readonly kind: 'session'; readonly token: string; readonly expiresAtMs: number }

export interface SavedLogin {
  readonly url: string
  readonly credential: Credential
}

export interface ConfigStore {
  readonly file: string
  /** Null where nobody is signed in. Throws CliError for a file that is damaged. */
  read(): SavedLogin | null
  write(login: SavedLogin): void
  /** False: there was none. */
  remove(): boolean
}

export function configStore(env: Readonly<Record<string, string | undefined>>): ConfigStore {
  const home = env['XDG_CONFIG_HOME']
  const folder = join(home === undefined || home === '' ? join(homedir(), '.config') : home, 'scanhook')
  const file = join(folder, 'login.json')
  return {
    file,
    read: () => {
      const text = textOf(file)
      if (text === null) return null
      const login = parseLogin(text)
      if (login === null)
        throw new CliError(exitCodes.failed, `${file} is damaged; scanhook login writes it anew`)
      return login
    },
    write: (login) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const draft = `${file}.${process.pid}.tmp`
      // C1: a file that is there already would keep its mode.
      rmSync(draft, { force: true })
      writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
      chmodSync(draft, 0o600)
      renameSync(draft, file)
    },
    remove: () => {
      const isThere = textOf(file) !== null
      rmSync(file, { force: true })
      return isThere
    },
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new CliError(exitCodes.failed, `${file} can not be read`)
  }
}

function parseLogin(text: string): SavedLogin | null {
  try {
    const login = JSON.parse(text) as Partial<SavedLogin>
    const isWhole = typeof login.url === 'string' && typeof login.credential?.kind === 'string'
    return isWhole ? (login as SavedLogin) : null
  } catch {
    return null
  }
}
