/**
 * What a stack remembers between commands: `state.json` for us, `env` for shells. Both are written whole (rename), and
 * only the owner can read them: they hold the passwords of PostgreSQL and Redis.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './process-identity.ts'

export const pieceNames = ['kafka', 'registry', 'postgres', 'redis'] as const
export type PieceName = (typeof pieceNames)[number]

export interface PieceState {
  /** The address that came from outside: we start nothing and stop nothing. Null when the piece is our own. */
  readonly given: string | null
  /** Our own address, kept (with all below) while another one is given; empty before the first start. */
  readonly ownAddress: string
  readonly ports: readonly number[]
  /** Generated once; empty where the piece knows no password. */
  readonly password: string
  readonly dataDir: string
  readonly process: ProcessIdentity | null
}

export type StackState = { [name in PieceName]?: PieceState }

export const variableOf: Readonly<Record<PieceName, string>> = {
  kafka: 'KAFKA_BROKERS',
  registry: 'REGISTRY_URL',
  postgres: 'POSTGRES_URL',
  redis: 'REDIS_URL',
}

/** Where the piece is, as it stands in its environment variable; empty before the first start. */
export function addressOf(piece: PieceState): string {
  return piece.given ?? piece.ownAddress
}

/** Empty when this stack was never started. Throws on a file that isn't ours. */
export function readState(stackDir: string): StackState {
  let text: string
  try {
    text = readFileSync(join(stackDir, 'state.json'), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null)
    throw new Error(`${join(stackDir, 'state.json')} is damaged; remove the folder to begin anew`)
  return parsed as StackState
}

/** Synchronous on purpose: a process just started must be on record before anything else can happen. */
export function writeState(stackDir: string, state: StackState): void {
  mkdirSync(stackDir, { recursive: true })
  writeWhole(join(stackDir, 'state.json'), `${JSON.stringify(state, null, 2)}\n`)
}

/** The lines of `.stack/env`, `NAME=value`; values contain no blanks or quotes. */
export function envLines(state: StackState): string[] {
  return pieceNames.flatMap((name) => {
    const piece = state[name]
    return piece === undefined ? [] : [`${variableOf[name]}=${addressOf(piece)}`]
  })
}

export function writeEnv(stackDir: string, state: StackState): void {
  writeWhole(join(stackDir, 'env'), `${envLines(state).join('\n')}\n`)
}

function writeWhole(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(draft, content, { mode: 0o600 })
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}
