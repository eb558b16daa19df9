/** Jobs that send again, in words: what they do, how far they are, what can be done with them. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Job = Model<'Job'>

export interface JobWords {
  readonly tone: Tone
  readonly word: string
  readonly isOver: boolean
}

const words: Readonly<Record<Job['state'], JobWords>> = {
  waiting: { tone: 'warn', word: 'Waiting', isOver: false },
  running: { tone: 'warn', word: 'Running', isOver: false },
  paused: { tone: 'plain', word: 'Paused', isOver: false },
  done: { tone: 'good', word: 'Done', isOver: true },
  cancelled: { tone: 'plain', word: 'Cancelled', isOver: true },
  failed: { tone: 'bad', word: 'Failed', isOver: true },
}

export function describeJob({ state }: Pick<Job, 'state'>): JobWords {
  return words[state]
}

const kinds: Readonly<Record<Job['kind'], string>> = {
  recover: 'Dead deliveries again',
  replay: 'Events that were missed',
  all: 'Dead deliveries and missed events',
  dead_topic: 'Dead deliveries from their topic',
  resend: 'Chosen deliveries again',
}

export function sayKind({ kind }: Pick<Job, 'kind'>): string {
  return kinds[kind]
}

/** "34 %, 120 sent, 3 left out: not wanted (3)". */
export function sayProgress({ progress }: Pick<Job, 'progress'>): string {
  const { percent, enqueued, skipped } = progress
  const leftOut = Object.entries(skipped).filter(([, count]) => count > 0)
  const count = leftOut.reduce((sum, [, each]) => sum + each, 0)
  const why = leftOut.map(([reason, each]) => `${reason.replaceAll('_', ' ')} (${each.toLocaleString('en')})`)
  return [
    percent === null ? 'How far is not known' : `${Math.floor(percent)} %`,
    `${enqueued.toLocaleString('en')} sent`,
    ...(count === 0 ? [] : [`${count.toLocaleString('en')} left out: ${why.join(', ')}`]),
  ].join(', ')
}

/** How far back a job looks, as somebody chooses it. */
export const spans = [
  ['1', 'the last hour'],
  ['24', 'the last 24 hours'],
  ['168', 'the last 7 days'],
  ['720', 'the last 30 days, which is all that is kept'],
] as const

/** RFC 3339; a day for what is no span. */
export function sinceOf(hours: string, nowMs: number): string {
  const known = spans.find(([value]) => value === hours)?.[0] ?? '24'
  return new Date(nowMs - Number(known) * 3_600_000).toISOString()
}
