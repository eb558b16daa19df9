/**
 * One job from its claim until it is let go of: page by page, at its pace.
 *
 * Invariants
 *   G1. A page's position is stored after Kafka has acknowledged it: whoever goes on elsewhere repeats one page at most.
 *   G2. Over any time t at most `perSecond × t` and one page are sent, whatever turns and claims lie in between.
 *   G3. After a pause, a cancellation, a stop or the loss of the lease no further page is read; a page under way is finished.
 *   G4. It lets go after `turnMs` (a slow one after two deliveries' time), so that those that wait come to their turn.
 */
import {
  newBucket,
  type TokenBucket,
  takeTokens,
  waitForTokenMs,
} from '@scanhook/domain/delivering/token-bucket'
import type { Delivery } from '@scanhook/domain/delivery'
import type {
  ClaimedJob,
  Course,
  JobEnd,
  JobProgress,
  Jobs,
  Skipped,
  SkipReason,
} from '@scanhook/postgres/jobs'
import type { Clock } from '@scanhook/runtime/clock'
import type { JobPage, JobReader, Stuck } from './job-page.ts'

export interface RunPorts {
  readonly advance: Jobs['advance']
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
  readonly clock: Pick<Clock, 'nowMs' | 'after'>
  readonly onPage: (job: ClaimedJob, page: JobPage) => void
}

export interface RunOptions {
  readonly leaseMs: number
  readonly turnMs: number
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal
}

/** `lost`: somebody else has it. */
export type RunEnd = JobEnd | { readonly kind: 'lost' }

/** A quarter of a second's worth comes at once: receivers see a flow. 200 are a few hundred KB, some MB at worst. */
export function pageLimitOf(perSecond: number): number {
  return Math.min(200, Math.max(1, Math.ceil(perSecond / 4)))
}

/** A person who pauses is not kept waiting longer; the lease is renewed as often while a slow job rests. */
const lookMs = 1_000

export function runJob(
  ports: RunPorts,
  reader: JobReader,
  job: ClaimedJob,
  options: RunOptions,
): Promise<RunEnd> {
  return new JobRun(ports, reader, job, options).run()
}

class JobRun {
  readonly #ports: RunPorts
  readonly #reader: JobReader
  readonly #job: ClaimedJob
  readonly #options: RunOptions
  #progress: JobProgress
  #course: Course
  #bucket: TokenBucket

  constructor(ports: RunPorts, reader: JobReader, job: ClaimedJob, options: RunOptions) {
    this.#ports = ports
    this.#reader = reader
    this.#job = job
    this.#options = options
    this.#progress = job
    this.#course = job
    this.#bucket = emptyBucket(job.perSecond, ports.clock.nowMs())
  }

  async run(): Promise<RunEnd> {
    const { clock } = this.#ports
    // A slow one at least sends something in its turn.
    const untilMs = clock.nowMs() + Math.max(this.#options.turnMs, 2_000 / this.#job.perSecond)
    let end = await this.#plan()
    while (end === null && !this.#options.signal.aborted && clock.nowMs() < untilMs) {
      const waitMs = waitForTokenMs(this.#bucket, clock.nowMs())
      end = waitMs > 0 ? await this.#rest(waitMs) : await this.#page()
    }
    return end ?? { kind: 'turn' } // G4
  }

  async #plan(): Promise<RunEnd | null> {
    if (this.#progress.position !== null) return null
    this.#progress = { ...this.#progress, ...(await this.#reader.plan()) }
    return this.#store()
  }

  async #rest(waitMs: number): Promise<RunEnd | null> {
    await rest(this.#ports.clock, Math.min(waitMs, lookMs), this.#options.signal)
    return waitMs >= lookMs ? this.#store() : null
  }

  async #page(): Promise<RunEnd | null> {
    const { position } = this.#progress
    if (position === null) throw new Error('a job without a position')
    const page = await this.#reader.read(position, pageLimitOf(this.#course.perSecond))
    if (page.kind === 'stuck') return endOf(page)
    if (page.deliveries.length > 0) {
      const { signal } = this.#options
      await unlessStopped(this.#ports.send(page.deliveries), signal)
      // Perhaps sent, certainly not known: whoever goes on repeats it.
      if (signal.aborted) return { kind: 'turn' }
      takeTokens(this.#bucket, page.deliveries.length, this.#ports.clock.nowMs())
    }
    this.#progress = progressAfter(this.#progress, page)
    const end = await this.#store() // G1
    if (end?.kind === 'lost') return end
    this.#ports.onPage(this.#job, page)
    return page.isLast ? { kind: 'done' } : end
  }

  /** Null while it may go on. */
  async #store(): Promise<RunEnd | null> {
    const told = await this.#ports.advance(this.#job, this.#progress, this.#options.leaseMs)
    if (told === null) return { kind: 'lost' }
    if (told.perSecond !== this.#course.perSecond)
      this.#bucket = emptyBucket(told.perSecond, this.#ports.clock.nowMs())
    this.#course = told
    return told.state === 'running' ? null : { kind: 'turn' } // G3: what a person said stands; it is only let go of
  }
}

function emptyBucket(perSecond: number, nowMs: number): TokenBucket {
  const bucket = newBucket(perSecond, nowMs)
  takeTokens(bucket, bucket.tokens, nowMs) // G2: a claim brings no burst
  return bucket
}

function progressAfter(
  before: JobProgress,
  { position, scanned, deliveries, skipped, isLast }: JobPage,
): JobProgress {
  const all = before.scanned + scanned
  return {
    position,
    scanned: all,
    enqueued: before.enqueued + deliveries.length,
    skipped: addSkipped(before.skipped, skipped),
    // What was estimated, or grew or shrank meanwhile, is known at the end.
    total: isLast ? all : Math.max(before.total ?? 0, all),
    isTotalEstimated: before.isTotalEstimated && !isLast,
  }
}

function addSkipped(one: Skipped, other: Skipped): Skipped {
  const sum: Partial<Record<SkipReason, number>> = { ...one }
  for (const [reason, count] of Object.entries(other) as [SkipReason, number][])
    sum[reason] = (sum[reason] ?? 0) + count
  return sum
}

function endOf({ endpoint }: Stuck): JobEnd {
  if (endpoint === 'deleted') return { kind: 'failed', error: 'the webhook was deleted' }
  return { kind: 'paused', error: `the webhook is ${endpoint}; enable it, then resume the job` }
}

/** Resolves after `delayMs`, or when the process is to end. */
function rest(clock: Pick<Clock, 'after'>, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.after(delayMs, finish)
    signal.addEventListener('abort', finish, { once: true })
  })
}

/** A Kafka that is away must not keep a process that is to end. */
async function unlessStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = (): void => resolve()
  signal.addEventListener('abort', stop, { once: true })
  work.catch(() => undefined) // its end may come when nobody waits any more
  await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop))
}
