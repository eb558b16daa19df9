/**
 * Takes jobs by lease and runs several side by side, for as long as the process runs.
 *
 * Invariants
 *   C1. At most `slotsMax` jobs run here at a time; whose turn it is, is the store's word (jobs R4).
 *   C2. A job that fails because PostgreSQL, Kafka or the registry is away is tried again; one that fails by itself ends so.
 *   C3. `stop` takes no further job and resolves when those that run have let go.
 */
import type { ClaimedJob, Jobs } from '@scanhook/postgres/jobs'
import { isRetriable } from '@scanhook/runtime/is-retriable'
import type { OpenReader } from './job-page.ts'
import { type RunEnd, type RunOptions, type RunPorts, runJob } from './run-job.ts'

export interface RunnerPorts extends RunPorts {
  readonly claim: Jobs['claim']
  readonly release: Jobs['release']
  readonly open: OpenReader
  readonly onBegin: (job: ClaimedJob) => void
  readonly onEnd: (job: ClaimedJob, end: RunEnd) => void
  /** Without a job: none could be taken. */
  readonly onFailure: (error: unknown, job: ClaimedJob | null) => void
}

export interface RunnerOptions extends Omit<RunOptions, 'signal'> {
  readonly slotsMax: number
}

export interface JobRunner {
  /** Takes what there is to take. Never rejects. */
  wake(): Promise<void>
  stop(): Promise<void>
}

export function jobRunner(ports: RunnerPorts, options: RunnerOptions): JobRunner {
  const { slotsMax, leaseMs } = options
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  const { signal } = stopping
  let filling: Promise<void> | null = null

  async function fill(): Promise<void> {
    try {
      while (!signal.aborted && running.size < slotsMax) {
        const job = await ports.claim(leaseMs)
        if (job === null) return
        const work = run(job).then((isSmooth) => {
          running.delete(work)
          if (isSmooth) void wake() // else with the next round
        })
        running.add(work)
      }
    } catch (error) {
      ports.onFailure(error, null)
    }
  }

  /** False when it failed. Never rejects. */
  async function run(job: ClaimedJob): Promise<boolean> {
    ports.onBegin(job)
    let end: RunEnd = { kind: 'turn' }
    let isSmooth = true
    try {
      const reader = ports.open(job)
      try {
        end = await runJob(ports, reader, job, { ...options, signal })
      } finally {
        reader.close()
      }
    } catch (error) {
      isSmooth = false
      if (!isRetriable(error) && !signal.aborted) end = { kind: 'failed', error: sentenceOf(error) } // C2
      ports.onFailure(error, job)
    }
    try {
      if (end.kind !== 'lost' && !(await ports.release(job, end))) end = { kind: 'lost' }
    } catch (error) {
      ports.onFailure(error, job) // its lease runs out
      isSmooth = false
    }
    ports.onEnd(job, end)
    return isSmooth
  }

  function wake(): Promise<void> {
    filling ??= fill().finally(() => {
      filling = null
    })
    return filling
  }

  return {
    wake,
    stop: async () => {
      stopping.abort()
      await filling
      await Promise.all(running)
    },
  }
}

/** For the customer: no message of ours may quote what it should not. */
function sentenceOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
  return `it could not go on (${code})`
}
