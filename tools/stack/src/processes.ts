/** Starts processes that outlive us and ends exactly those. Owns no knowledge of what the processes are. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Another user to run as; only root can ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/** One log of this size is plenty to see why a start failed; the one before is kept beside it. */
const logMaxBytes = 20 * 1024 * 1024

/**
 * Starts `command` in a session of its own, so that neither the end of the shell nor its Ctrl-C reaches it; its output
 * is appended to `logFile`. Throws when the program can't be executed.
 */
export async function startDetached(command: Command, logFile: string): Promise<ProcessIdentity> {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > logMaxBytes)
    renameSync(logFile, `${logFile}.1`)
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(command.file, [...command.args], {
      cwd: command.cwd,
      env: { ...inheritedEnv(), ...command.env },
      detached: true,
      stdio: ['ignore', log, log],
      ...command.user,
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    const identity = child.pid === undefined ? null : identify(child.pid)
    if (identity === null) throw new Error(`${command.file} ended at once; its output is in ${logFile}`)
    return identity
  } finally {
    closeSync(log)
  }
}

/** Only what a server needs: no settings or secrets of the shell that happens to start it. */
function inheritedEnv(): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'TMPDIR',
    'JAVA_HOME',
    'JAVA_TOOL_OPTIONS',
    'MAVEN_OPTS',
    'MAVEN_ARGS',
  ]
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

/**
 * Asks the process to end and waits; after `timeoutMs` it is killed. Resolves with how it ended; a process that is
 * gone already, or whose number belongs to another by now, is left alone ('was not running').
 */
export async function stopProcess(
  known: ProcessIdentity,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<'stopped' | 'killed' | 'was not running'> {
  if (!isAlive(known)) return 'was not running'
  process.kill(known.pid, signal)
  if (await hasEnded(known, timeoutMs)) return 'stopped'
  if (isAlive(known)) process.kill(known.pid, 'SIGKILL')
  await hasEnded(known, 5_000)
  return 'killed'
}

async function hasEnded(known: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const giveUpAtMs = performance.now() + timeoutMs
  while (performance.now() < giveUpAtMs) {
    if (!isAlive(known)) return true
    await wait(25)
  }
  return !isAlive(known)
}

/** Runs a program to its end. Throws with the last lines of its output when it fails. */
export async function run(command: Command): Promise<string> {
  const child = spawn(command.file, [...command.args], {
    cwd: command.cwd,
    env: { ...inheritedEnv(), ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...command.user,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${command.file} failed (exit code ${code}):\n${lastLines(output, 20)}`)
  return output
}

/** The end of a log, for a failure message. */
export function logTail(logFile: string): string {
  try {
    return lastLines(readFileSync(logFile, 'utf8'), 15)
  } catch {
    return '(no output)'
  }
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
