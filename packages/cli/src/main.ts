/** `scanhook`: the process around one command. */
import { randomUUID } from 'node:crypto'
import { addAbortSignal } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { commandTable } from './command-table.ts'
import { CliError, exitCodes } from './exit-codes.ts'
import { isTerminal, openTerminal } from './listening/terminal.ts'
import { openUrl } from './open-url.ts'
import { run } from './run.ts'
import { useProxy } from './use-proxy.ts'

const interrupted = new AbortController()
// The first asks to end and to leave nothing behind, the second ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  })
// `scanhook deliveries tail | head`: whoever read has gone.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  interrupted.abort()
})

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of addAbortSignal(interrupted.signal, process.stdin)) chunks.push(chunk as Buffer)
  } catch (error) {
    // Whoever is asked for a secret and presses Ctrl-C waits for nothing more.
    if (interrupted.signal.aborted) throw new CliError(exitCodes.interrupted, 'interrupted')
    throw error
  }
  return Buffer.concat(chunks)
}

const say = (text: string): void => void process.stderr.write(text)
await useProxy(process.env, say)
process.exitCode = await run(process.argv.slice(2), commandTable, {
  out: (text) => void process.stdout.write(text),
  say,
  env: process.env,
  folder: process.env['SCANHOOK_FROM'] ?? process.cwd(),
  readStdin,
  interrupted: interrupted.signal,
  nowMs: Date.now,
  newUuid: randomUUID,
  openTerminal: isTerminal(process.env) ? (on) => openTerminal(process.env, on) : null,
  openUrl,
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
  pause: (delayMs) => wait(delayMs, undefined, { signal: interrupted.signal }).catch(() => undefined),
})
