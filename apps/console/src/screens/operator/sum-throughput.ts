/** Throughput in words: a second's number, and what an hour looked like. Pure. */
import type { Model } from '../../api/api.ts'

export type Stream = Model<'Throughput'>['streams'][number]

/** "0", "0.03", "4.2", "1,204": as many digits as say something. */
export function sayRate(perSecond: number): string {
  if (perSecond === 0) return '0'
  if (perSecond < 0.01) return 'less than 0.01'
  if (perSecond < 1) return perSecond.toFixed(2)
  return perSecond < 100 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')
}

/** What the line of bars says. */
export function sayHour({ buckets }: Pick<Stream, 'buckets'>): string {
  const records = buckets.reduce((sum, each) => sum + each.records, 0)
  const peak = buckets.reduce((max, each) => Math.max(max, each.per_second), 0)
  return records === 0
    ? 'nothing within the last hour'
    : `${records.toLocaleString('en')} within the last hour, at most ${sayRate(peak)} a second`
}

/** Of people: what each stream is, and what else its topic carries. */
export const streamWords: Readonly<Record<Stream['stream'], readonly [name: string, note: string]>> = {
  reads: ['Reads', 'from upstream, on our own topic; topics of senders are not counted'],
  scans: ['Scans', 'with ticks, and which readers are heard'],
  events: ['Events', 'derived and taken in'],
  deliveries: ['Deliveries', 'with those that come back from the tiers'],
  attempts: ['Attempts', 'requests, and deliveries that were put aside'],
}
