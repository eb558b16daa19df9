/** The receiver of the benches (sink.ts) as a process of its own, and what it can be asked and told. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type SinkAnswer = 'ok' | 'fail' | 'hang'

export interface GroupCounts {
  /** Different deliveries answered with 200; of a batch each event counts. */
  readonly count: number
  /** Whatever came of them. */
  readonly requests: number
  readonly repeats: number
  /** Answered with 503. */
  readonly refused: number
}

/** Column by column, in the order in which they came. `atMs` is epoch time. */
export interface Arrivals {
  readonly ids: readonly string[]
  readonly paths: readonly string[]
  readonly atMs: readonly number[]
}

export interface Sink {
  readonly port: number
  readonly urlOf: (path: string) => string
  readonly counts: (group: string) => Promise<GroupCounts>
  readonly arrivals: (group: string, from?: number) => Promise<Arrivals>
  readonly answer: (path: string, as: SinkAnswer) => Promise<void>
  readonly forget: (group: string) => Promise<void>
  readonly close: () => void
}

export async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sink.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { port }: { port: number } = JSON.parse(line.toString('utf8'))
  const urlOf = (path: string): string => `http://127.0.0.1:${port}${path}`
  const ask = async <T>(what: string, query: Readonly<Record<string, string>>): Promise<T> =>
    (await (await fetch(urlOf(`/${what}?${new URLSearchParams(query)}`))).json()) as T
  return {
    port,
    urlOf,
    counts: (group) => ask('count', { group }),
    arrivals: (group, from = 0) => ask('arrivals', { group, from: String(from) }),
    answer: async (path, as) => {
      await ask('answer', { path, as })
    },
    forget: async (group) => {
      await ask('forget', { group })
    },
    close: () => child.kill('SIGKILL'),
  }
}
