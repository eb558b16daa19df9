/**
 * One stack: starts its four pieces side by side, checks them, stops them. Owns the order of things and what is kept
 * on record; knows nothing of what a piece is.
 *
 * Invariants
 *   S1. A process is on record before its health is asked, so that whatever happens next, `down` finds it.
 *   S2. Only processes on record are ended, and only when pid, start tick and boot id still match.
 *   S3. A piece whose address came from the environment is neither started nor stopped.
 *   S4. Ports and passwords are drawn once and kept; a port that somebody else took meanwhile is drawn anew, aloud.
 *   S5. One command at a time works on a data folder.
 *   S6. A piece that ends during its start because somebody else was faster at its port is started again at another one. Who works
 *       is our own process: somebody else's, at the same port, is none.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { provideBinaries, requireProgram, type Say } from './binaries.ts'
import { kafkaPiece } from './kafka-piece.ts'
import { withLock } from './lock.ts'
import { javaFile, type Piece, type PieceSetup } from './piece.ts'
import type { Places } from './places.ts'
import { claimPorts } from './port-claims.ts'
import { isFree } from './ports.ts'
import { postgresPiece } from './postgres-piece.ts'
import { isAlive } from './process-identity.ts'
import { logTail, startDetached, stopProcess } from './processes.ts'
import { redisPiece } from './redis-piece.ts'
import { registryPiece } from './registry-piece.ts'
import { isReachable, ownFolder, unprivilegedUser } from './run-as.ts'
import {
  addressOf,
  type PieceState,
  readState,
  type StackState,
  variableOf,
  writeEnv,
  writeState,
} from './state.ts'

type Env = Readonly<Record<string, string | undefined>>

const pieces: readonly Piece[] = [kafkaPiece, registryPiece, postgresPiece, redisPiece]

/** Ten times what the slowest piece (the registry) needs on two busy cores. */
const startTimeoutMs = 90_000

export interface PieceStatus {
  readonly piece: Piece
  readonly state: PieceState | undefined
  /** Why it doesn't work; null when it does. */
  readonly problem: string | null
}

/**
 * Everything is up and checked when this resolves. Pieces that run already are only checked. Throws with every piece
 * that failed and why; those that came up stay up.
 */
export async function startStack(places: Places, env: Env, say: Say): Promise<StackState> {
  return await withLock(places.stackDir, say, async () => {
    const state = planStack(readState(places.stackDir), places, env)
    const toStart = pieces.filter((piece) => needsStart(state[piece.name]))
    if (toStart.length > 0) {
      if (toStart.some((piece) => piece.needsJava)) await requireJava()
      await provideBinaries(places, say)
      await settlePorts(state, toStart, places, say)
    }
    writeState(places.stackDir, state)
    const results = await Promise.allSettled(pieces.map((piece) => bringUp(piece, state, places, say)))
    writeState(places.stackDir, state)
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [messageOf(result.reason)] : [],
    )
    if (failures.length > 0) throw new Error(failures.join('\n'))
    writeEnv(places.stackDir, state)
    return state
  })
}

/** Fills in what this stack has to remember of each piece: the given address, data folder and password of its own. */
function planStack(before: StackState, places: Places, env: Env): StackState {
  const state: StackState = {}
  for (const piece of pieces) {
    const own = before[piece.name] ?? newPieceState(piece, places)
    const inEnv = env[variableOf[piece.name]] ?? ''
    // A shell that took over our own addresses (eval "$(bin/stack env)") gives us nothing new.
    const given = inEnv === '' || inEnv === own.ownAddress ? null : inEnv
    if (given !== null && own.process !== null && isAlive(own.process)) {
      throw new Error(
        `${variableOf[piece.name]} is given (${withoutPassword(given)}) but ${piece.title} of this stack is running at ${withoutPassword(own.ownAddress)}: unset the variable, or run 'bin/stack down' first`,
      )
    }
    state[piece.name] = { ...own, given }
  }
  return state
}

function newPieceState(piece: Piece, places: Places): PieceState {
  return {
    given: null,
    ownAddress: '',
    ports: [],
    // 18 bytes: as many as no guess over loopback will ever try, and hexadecimal needs no escape in an address.
    password: piece.hasPassword ? randomBytes(18).toString('hex') : '',
    dataDir: dataDirOf(piece, places),
    process: null,
  }
}

function dataDirOf(piece: Piece, places: Places): string {
  const inside = join(places.stackDir, piece.name)
  return piece.refusesRoot && unprivilegedUser() !== undefined && !isReachable(inside)
    ? join(places.outsideDir, piece.name)
    : inside
}

function needsStart(state: PieceState | undefined): boolean {
  return state !== undefined && state.given === null && (state.process === null || !isAlive(state.process))
}

async function settlePorts(
  state: StackState,
  toStart: readonly Piece[],
  places: Places,
  say: Say,
): Promise<void> {
  for (const piece of toStart) {
    const known = state[piece.name]
    if (known === undefined) continue
    const wanted = {
      purpose: `${piece.name} of ${places.stackDir}`,
      ports: Array.from({ length: piece.portCount }, (_, index) => known.ports[index]),
      avoided: pieces.flatMap(({ name }) => state[name]?.ports ?? []),
    }
    const ports = await claimPorts(join(places.cacheDir, 'ports'), wanted, say)
    for (const [index, port] of known.ports.entries())
      if (ports[index] !== port)
        say(`${piece.title}: port ${port} is taken by somebody else, now at ${ports[index]}`)
    state[piece.name] = { ...known, ports, ownAddress: piece.address({ ports, password: known.password }) }
  }
}

/** Twice in a row somebody else is faster: that is no coincidence any more. */
const startsMax = 3

async function bringUp(piece: Piece, state: StackState, places: Places, say: Say): Promise<void> {
  for (let starts = 1; ; starts += 1) {
    try {
      await bringUpOnce(piece, state, { places, say })
      return
    } catch (error) {
      if (starts === startsMax || !(await hasLostPort(state[piece.name]))) throw error
      await settlePorts(state, [piece], places, say) // S6
    }
  }
}

/** It does not run, and somebody else is where it was to be. */
async function hasLostPort(known: PieceState | undefined): Promise<boolean> {
  if (known === undefined || known.process === null || isAlive(known.process)) return false
  const areFree = await Promise.all(known.ports.map(isFree))
  return areFree.includes(false)
}

async function bringUpOnce(
  piece: Piece,
  state: StackState,
  { places, say }: { readonly places: Places; readonly say: Say },
): Promise<void> {
  const known = state[piece.name]
  if (known === undefined) return
  const startedAtMs = performance.now()
  if (known.given !== null) {
    await checkGiven(piece, known.given)
    say(`${piece.title}: given, ${withoutPassword(known.given)}`)
    return
  }
  const wasRunning = !needsStart(known)
  const logFile = join(places.stackDir, `${piece.name}.log`)
  let process = known.process
  if (!wasRunning || process === null) {
    const setup = setupOf(piece, known, places)
    if (known.dataDir.startsWith(`${places.outsideDir}/`)) ownFolder(places.outsideDir, undefined, 0o755)
    ownFolder(known.dataDir, setup.user)
    await piece.prepare(setup)
    process = await startDetached(piece.command(setup), logFile)
    state[piece.name] = { ...known, process }
    writeState(places.stackDir, state)
  }
  const deadlineAtMs = startedAtMs + startTimeoutMs
  for (;;) {
    const problem = await problemOf(piece, known.ownAddress)
    const isOurs = isAlive(process)
    if (problem === null && isOurs) break
    if (!isOurs)
      throw new Error(`${piece.title} ended during its start. The end of ${logFile}:\n${logTail(logFile)}`)
    if (performance.now() > deadlineAtMs)
      throw new Error(
        `${piece.title} doesn't work after ${startTimeoutMs / 1000} s: ${problem} (log: ${logFile})`,
      )
    await wait(50)
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  say(
    `${piece.title}: ${wasRunning ? 'was running' : `started in ${seconds} s`}, ${withoutPassword(known.ownAddress)}`,
  )
}

function setupOf(piece: Piece, known: PieceState, places: Places): PieceSetup {
  return {
    binariesDir: places.binariesDir,
    dataDir: known.dataDir,
    ports: known.ports,
    password: known.password,
    user: piece.refusesRoot ? unprivilegedUser() : undefined,
  }
}

async function problemOf(piece: Piece, address: string): Promise<string | null> {
  try {
    await piece.check(address)
    return null
  } catch (error) {
    return messageOf(error)
  }
}

/** Only whether somebody listens: what is given may want TLS or a login that the services know and we don't. */
async function checkGiven(piece: Piece, address: string): Promise<void> {
  const url = address.includes('://') ? new URL(address) : new URL(`kafka://${address.split(',')[0]}`)
  const usual: Readonly<Record<string, number>> = {
    'http:': 80,
    'https:': 443,
    'postgres:': 5432,
    'postgresql:': 5432,
    'redis:': 6379,
    'rediss:': 6379,
    'kafka:': 9092,
  }
  const port = url.port === '' ? (usual[url.protocol] ?? 0) : Number(url.port)
  const socket = connect({ host: url.hostname, port, timeout: 5_000 })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('timeout', () => reject(new Error('no answer')))
      socket.once('error', reject)
    })
  } catch (error) {
    throw new Error(
      `${variableOf[piece.name]} is given, but nobody answers at ${withoutPassword(address)} (${messageOf(error)}): start it, or unset the variable and bin/stack starts one`,
    )
  } finally {
    socket.destroy()
  }
}

/** Ends every process of this stack and keeps its data. With `wipe` the data goes too, and the next start begins anew. */
export async function stopStack(
  places: Places,
  options: { readonly wipe: boolean },
  say: Say,
): Promise<void> {
  await withLock(places.stackDir, say, async () => {
    const state = readState(places.stackDir)
    await Promise.all(
      pieces.map(async (piece) => {
        const known = state[piece.name]
        if (known === undefined || known.process === null) return
        const ending = await stopProcess(known.process, piece.stopSignal, piece.stopTimeoutMs)
        state[piece.name] = { ...known, process: null }
        say(
          `${piece.title}: ${ending === 'killed' ? `killed, it didn't stop within ${piece.stopTimeoutMs / 1000} s` : ending}`,
        )
      }),
    )
    rmSync(join(places.stackDir, 'env'), { force: true })
    writeState(places.stackDir, state)
    if (!options.wipe) return
    for (const piece of pieces) {
      const known = state[piece.name]
      if (known !== undefined) rmSync(known.dataDir, { recursive: true, force: true })
      rmSync(join(places.stackDir, `${piece.name}.log`), { force: true })
    }
    rmSync(places.outsideDir, { recursive: true, force: true })
    rmSync(join(places.stackDir, 'state.json'), { force: true })
    say('data removed')
  })
}

/** Asks every piece; changes nothing. */
export async function checkStack(places: Places): Promise<PieceStatus[]> {
  const state = readState(places.stackDir)
  return await Promise.all(
    pieces.map(async (piece) => {
      const known = state[piece.name]
      if (known === undefined || addressOf(known) === '')
        return { piece, state: known, problem: 'not started' }
      if (known.given !== null)
        return {
          piece,
          state: known,
          problem: await checkGiven(piece, known.given).then(() => null, messageOf),
        }
      if (needsStart(known)) return { piece, state: known, problem: 'not running' }
      return { piece, state: known, problem: await problemOf(piece, known.ownAddress) }
    }),
  )
}

async function requireJava(): Promise<void> {
  const howToGet =
    'Java 17 or newer is missing: install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; else https://adoptium.net) or set JAVA_HOME'
  const version = await requireProgram(javaFile(), ['-version'], howToGet)
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? '0')
  if (major < 17) throw new Error(`${howToGet}; found version ${major}`)
}

/** For people and logs. */
export function withoutPassword(address: string): string {
  return address.replace(/:[^:@/]*@/, ':…@')
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
