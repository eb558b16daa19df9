/** How far a job is, and when it should be through. Pure. */
import type { StoredJob } from '@scanhook/postgres/jobs'

export interface ProgressView {
  /** 0 to 100, one digit; 100 only when it is done. */
  readonly percent: number
  /** Null while nobody can know: before it begins, while it is paused, and when it has ended. */
  readonly expectedEndAtMs: number | null
}

type Job = Pick<StoredJob, 'state' | 'scanned' | 'enqueued' | 'total' | 'perSecond'>

/** What is looked at and not sent costs hardly anything: some 10,000 a second. */
const scanMs = 0.1

export function progressOf({ state, scanned, enqueued, total, perSecond }: Job, nowMs: number): ProgressView {
  if (state === 'done') return { percent: 100, expectedEndAtMs: null }
  if (total === null) return { percent: 0, expectedEndAtMs: null }
  const share = total === 0 ? 0 : scanned / total
  const percent = Math.min(99.9, Math.floor(share * 1_000) / 10)
  if (state !== 'running' && state !== 'waiting') return { percent, expectedEndAtMs: null }
  // Of the rest as many are sent as of what has been looked at; at first all.
  const sentShare = scanned === 0 ? 1 : enqueued / scanned
  const rest = Math.max(0, total - scanned)
  return { percent, expectedEndAtMs: Math.round(nowMs + rest * (scanMs + (sentShare * 1_000) / perSecond)) }
}
