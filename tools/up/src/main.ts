/** The command `bin/up`: words in, words out. The work is in bring-up.ts and take-down.ts. */
import { resolve } from 'node:path'
import { bringUp, firstVerifiedDelivery, type Running, stepCount, type UpOrder } from './bring-up.ts'
import { parseArguments, usage } from './parse-arguments.ts'
import { runFolder } from './run-folder.ts'
import { type Steps, stepsOn } from './steps.ts'
import { takeDown } from './take-down.ts'
import { watch } from './watch.ts'

const folder = runFolder()
const steps = stepsOn(process.stdout, stepCount)
const { env } = process
/** When the person pressed Enter, as bin/up noted it. */
const startedAtMs = Number(env['SCANHOOK_UP_STARTED_MS'] ?? Date.now())

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args)
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problem}\n\n${usage}\n`)
    return 2
  }
  const { wanted } = parsed
  if (wanted.kind === 'help') {
    steps.say(usage)
    return 0
  }
  if (wanted.kind === 'down') {
    await takeDown(folder, { app: true, feed: true, stack: true }, { env, say: steps.say })
    return 0
  }
  return up({ ...wanted, replayFile: wanted.replayFile === null ? null : fileOf(wanted.replayFile) })
}

/** Relative to where the person stands, not to the checkout. */
function fileOf(path: string): string {
  return resolve(env['SCANHOOK_UP_FROM'] ?? process.cwd(), path)
}

async function up(order: UpOrder): Promise<number> {
  const own = { stack: false, app: false, feed: false }
  const interrupted = new AbortController()
  let isInterrupted = false
  // SIGHUP: the terminal was closed, and nothing that was started for it shall stay.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  function interrupt(): void {
    if (isInterrupted) process.exit(130)
    isInterrupted = true
    steps.say('ending …')
    interrupted.abort()
  }

  async function endOwn(): Promise<void> {
    steps.settle()
    await takeDown(folder, own, { env, say: steps.say })
    if (own.feed && !own.app)
      steps.say('the services were running before and go on (bin/up --down ends them)')
  }

  try {
    const started = (what: keyof typeof own): void => {
      own[what] = true
    }
    const bringing = bringUp(order, { folder, steps: untilAborted(interrupted.signal), env, started })
    const running = await orInterrupted(bringing, interrupted.signal)
    if (running !== null) await orInterrupted(firstVerifiedDelivery(running, folder), interrupted.signal)
    if (running !== null && !isInterrupted) {
      tellFirst(running)
      if (order.isDetached) return 0
      await watch(running, { folder, steps, signal: interrupted.signal })
    } else {
      // What a step has under way may still start a process; wait for it, so that nothing is left behind.
      await bringing.catch(() => undefined)
    }
  } catch (error) {
    steps.settle()
    process.stderr.write(`bin/up: ${error instanceof Error ? error.message : String(error)}\n`)
    await endOwn()
    return 1
  }
  await endOwn()
  return 0
}

/** A step that has begun goes on to its end, so that what it starts is on record; no further one begins. */
function untilAborted(signal: AbortSignal): Steps {
  return {
    ...steps,
    step: async (title, work) => {
      signal.throwIfAborted()
      return steps.step(title, work)
    },
  }
}

function tellFirst({ urls, consoleLink }: Running): void {
  steps.say(`first verified delivery after ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s`)
  steps.say(`  console    ${consoleLink}   (signs in once, within an hour)`)
  steps.say(`  inspector  ${urls.inspector}`)
  steps.say(`  API        ${urls.api}/api/v1`)
  steps.say(`  API docs   ${urls.api}/docs`)
  steps.say(`  metrics    ${urls.health}/metrics`)
  steps.say(`  addresses and key: ${folder.fileOf('up.env')}   logs: ${folder.path}/*.log`)
}

/** Null when the person pressed Ctrl-C first. */
async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const interruption = new Promise<null>((settle) => {
    if (signal.aborted) settle(null)
    else signal.addEventListener('abort', () => settle(null), { once: true })
  })
  return Promise.race([work, interruption])
}

process.exitCode = await main(process.argv.slice(2))
// A connection of fetch may stay open for some seconds; nobody waits for it.
process.exit()
