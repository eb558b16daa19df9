/** One service as a process of its own: started as an operator starts it, killed as an operator's worst night kills it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

export const root: string = resolve(import.meta.dirname, '../..')

export interface ServiceProcess {
  readonly name: string
  readonly healthUrl: string
  readonly pid: () => number | null
  /** Starts it, or starts it again on the same ports. Resolves when `/readyz` says 200. */
  readonly start: (options?: { readonly isReadinessAwaited?: boolean }) => Promise<void>
  readonly kill: () => Promise<void>
  /** SIGTERM; resolves with exit code and how long it took. */
  readonly terminate: () => Promise<{ readonly code: number | null; readonly tookMs: number }>
  readonly isReady: () => Promise<boolean>
  /** Everything it wrote to stdout and stderr, over all its lives. */
  readonly output: () => string
}

export interface ServiceProcessOptions {
  /** A copy of the sources to run instead of this checkout. */
  readonly from?: string | undefined
}

/** What a Node process of a test inherits, and nothing else. */
export const ofNode: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
}

const isReady = async (healthUrl: string): Promise<boolean> => {
  try {
    return (await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200
  } catch {
    return false
  }
}

export async function serviceProcess(
  name: string,
  env: Readonly<Record<string, string>>,
  logFolder: string,
  options: ServiceProcessOptions = {},
): Promise<ServiceProcess> {
  const from = options.from ?? root
  const healthPort = await freePort()
  const healthUrl = `http://127.0.0.1:${healthPort}`
  const log = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a' })
  let child: ChildProcess | null = null
  let output = ''
  let exited: Promise<number | null> = Promise.resolve(null)

  const take = (chunk: Buffer): void => {
    // The last MiB is enough to explain a failure, and bounds the memory of a long run.
    output = (output + chunk.toString('utf8')).slice(-1_048_576)
    log.write(chunk)
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child?.kill(signal)
    const code = await exited
    child = null
    return code
  }
  return {
    name,
    healthUrl,
    pid: () => child?.pid ?? null,
    output: () => output,
    isReady: () => isReady(healthUrl),
    start: async ({ isReadinessAwaited = true } = {}) => {
      const started = spawn(process.execPath, [join(from, 'services', name, 'src/main.ts')], {
        cwd: from,
        env: { ...ofNode, ...env, HEALTH_PORT: String(healthPort) },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      started.stdout.on('data', take)
      started.stderr.on('data', take)
      let hasExited = false
      exited = new Promise((settle) => {
        started.on('exit', (code) => {
          hasExited = true
          settle(code)
        })
      })
      if (!isReadinessAwaited) return
      await waitUntil(`${name} is ready`, async () => {
        if (hasExited) throw new Error(`${name} ended while starting:\n${output.slice(-4_000)}`)
        return isReady(healthUrl)
      })
    },
    kill: async () => {
      await end('SIGKILL')
    },
    terminate: async () => {
      const startedAt = performance.now()
      const code = await end('SIGTERM')
      return { code, tookMs: performance.now() - startedAt }
    },
  }
}
