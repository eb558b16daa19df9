/** Upstream reads: how they are taken from records, and how what was taken becomes scans. */
import type { Parsed, ScanRead } from '@scanhook/domain/read'
import { judgeTime } from '@scanhook/domain/reading/judge-time'
import { parseRead } from '@scanhook/domain/reading/parse-read'
import { type AcceptReadsPorts, acceptReads } from './accept-reads.ts'
import type { Arrival } from './arrival.ts'
import { checkRead } from './check-read.ts'
import type { Taken } from './consume-upstream.ts'
import { type Resolution, type ResolvePorts, resolveReads } from './resolve-reads.ts'
import type { Frame } from './take-record.ts'

export interface ArrivalPorts {
  readonly nowMs: () => number
  /** Told when a reader's time was impossible and the read went on without it. */
  readonly clockIgnored: (why: 'reader_clock_behind' | 'reader_clock_ahead') => void
}

/** A read in the JSON form, from a record or a request. */
export function readFromJson(ports: ArrivalPorts, json: unknown, frame: Frame): Parsed<Arrival> {
  return arrived(ports, parseRead(json, { orgId: frame.orgId, fieldPrefix: frame.fieldPrefix }), frame)
}

/** A read that came as Avro. */
export function readFromAvro(ports: ArrivalPorts, read: ScanRead, frame: Frame): Parsed<Arrival> {
  return arrived(ports, checkRead(read, frame.orgId), frame)
}

function arrived(ports: ArrivalPorts, parsed: Parsed<ScanRead>, frame: Frame): Parsed<Arrival> {
  if (!parsed.ok) return parsed
  const read = parsed.value
  const { receivedAtMs, coordinate, headers } = frame
  // The frame's own time was judged before (a trusted one may be ahead of us), so only the reader's is in doubt here.
  const judgedAtMs = Math.max(ports.nowMs(), receivedAtMs)
  const times = judgeTime({ receivedAtMs, readAtMs: read.readAtMs }, judgedAtMs)
  const readAtMs = times.kind === 'accepted' ? times.readAtMs : null
  if (times.kind === 'accepted' && times.ignored !== null) ports.clockIgnored(times.ignored)
  return { ok: true, value: { read, receivedAtMs, readAtMs, coordinate, headers } }
}

/** What `upstreamHandler` calls: up to the first record with a read that can't be resolved now. */
export function readsAcceptor(
  ports: ResolvePorts & AcceptReadsPorts,
): (taken: readonly Taken<Arrival>[]) => Promise<number> {
  return async (taken) => {
    const resolutions = await resolveReads(
      ports,
      taken.flatMap(({ items }) => items),
    )
    const { recordCount, itemCount } = resolvable(taken, resolutions)
    const poison = taken.slice(0, recordCount).flatMap((one) => (one.poison === null ? [] : [one.poison]))
    await acceptReads(ports, resolutions.slice(0, itemCount), poison)
    return recordCount
  }
}

function resolvable(
  taken: readonly Taken<Arrival>[],
  resolutions: readonly Resolution[],
): { readonly recordCount: number; readonly itemCount: number } {
  const firstOpen = resolutions.findIndex(({ kind }) => kind === 'unavailable')
  if (firstOpen === -1) return { recordCount: taken.length, itemCount: resolutions.length }
  let recordCount = 0
  let itemCount = 0
  for (const { items } of taken) {
    if (itemCount + items.length > firstOpen) break
    recordCount += 1
    itemCount += items.length
  }
  return { recordCount, itemCount }
}
