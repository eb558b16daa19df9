/**
 * What `bin/up` remembers between commands, in `.run` of the checkout: `up.json` for us, `up.env` for shells and
 * scripts. Both are readable by the owner only: they hold keys.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ProcessIdentity } from '@scanhook/stack/process-identity'

export interface RunState {
  /** Seals endpoint secrets in the database, so it must outlive the processes. */
  readonly secretKeys: string
  readonly ports: {
    readonly api: number
    readonly inspector: number
    readonly health: number
    /** Where senders reach who listens (`scanhook listen`). */
    readonly relay: number
  }
  /** The all-in-one process; null when none was started or it was ended. */
  readonly app: ProcessIdentity | null
  /** What the running process was given; another infrastructure needs another process. */
  readonly appAddresses: Readonly<Record<string, string>>
  readonly feed: ProcessIdentity | null
  /** The data folder of the infrastructure that a `bin/up` started, so that `--down` ends that; null when none did. */
  readonly startedStackDir: string | null
  readonly organization: { readonly id: number; readonly apiKey: string } | null
  readonly endpoint: { readonly id: number; readonly url: string; readonly secret: string } | null
}

export interface RunFolder {
  readonly path: string
  fileOf(name: string): string
  read(): RunState | null
  write(state: RunState): void
  writeEnv(env: Readonly<Record<string, string>>): void
  removeEnv(): void
}

export function runFolder(): RunFolder {
  const path = resolve(import.meta.dirname, '../../../.run')
  const stateFile = join(path, 'up.json')
  const envFile = join(path, 'up.env')
  return {
    path,
    fileOf: (name) => join(path, name),
    read: () => readState(stateFile),
    write: (state) => writeWhole(stateFile, `${JSON.stringify(state, null, 2)}\n`),
    writeEnv: (env) =>
      writeWhole(
        envFile,
        Object.entries(env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      ),
    removeEnv: () => rmSync(envFile, { force: true }),
  }
}

function readState(file: string): RunState | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunState
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Error(`${file} is damaged; remove it to begin anew`, { cause: error })
  }
}

/** Whole or not at all: somebody may read while we write. */
function writeWhole(file: string, content: string): void {
  mkdirSync(resolve(file, '..'), { recursive: true })
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, content, { mode: 0o600 })
  renameSync(draft, file)
}
