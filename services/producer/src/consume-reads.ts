/** Upstream reads: how they are taken from records, and how what was taken becomes scans. */
import type { Heartbeat, Parsed, ScanRead } from '@scanhook/domain/read'
import { judgeTime } from '@scanhook/domain/reading/judge-time'
import { decodeDocument } from '@scanhook/reader-formats/decode-document'
import { type AcceptReadsPorts, acceptReads } from './accept-reads.ts'
import type { Arrival } from './arrival.ts'
import { checkRead } from './check-read.ts'
import type { Taken } from './consume-upstream.ts'
import type { Found } from './found.ts'
import { type Resolution, type ResolvePorts, resolveReads } from './resolve-reads.ts'
import type { Frame } from './take-record.ts'

export interface ArrivalPorts {
  readonly nowMs: () => number
  /** Told when a reader's time was impossible and the read went on without it. */
  readonly clockIgnored: (why: 'reader_clock_behind' | 'reader_clock_ahead') => void
  /** Told of a reader that says that it is there; again when its record is read again. */
  readonly heartbeat: (heartbeat: Heartbeat, receivedAtMs: number) => void
}

/** The reads in a JSON document of the frame's format, from a record or a request. */
export function readsFromJson(ports: ArrivalPorts, json: unknown, frame: Frame): Found<Arrival> {
  const { reads, heartbeats, problems } = decodeDocument(frame.format, json, frame)
  for (const heartbeat of heartbeats) ports.heartbeat(heartbeat, frame.receivedAtMs)
  const isOne = reads.length === 1
  const items = reads.map((read, index) =>
    arrived(ports, read, isOne ? frame : { ...frame, coordinate: `${frame.coordinate}:${index}` }),
  )
  return { items, problems, heartbeats: heartbeats.length }
}

/** A read that came as Avro. */
export function readFromAvro(ports: ArrivalPorts, read: ScanRead, frame: Frame): Parsed<Arrival> {
  const checked = checkRead(read, frame)
  return checked.ok ? { ok: true, value: arrived(ports, checked.value, frame) } : checked
}

function arrived(ports: ArrivalPorts, read: ScanRead, frame: Frame): Arrival {
  const { receivedAtMs, coordinate, headers } = frame
  // The frame's own time was judged before (a trusted one may be ahead of us), so only the reader's is in doubt here.
  const judgedAtMs = Math.max(ports.nowMs(), receivedAtMs)
  const times = judgeTime({ receivedAtMs, readAtMs: read.readAtMs }, judgedAtMs)
  const readAtMs = times.kind === 'accepted' ? times.readAtMs : null
  const ignored = times.kind === 'accepted' ? times.ignored : null
  if (ignored !== null) ports.clockIgnored(ignored)
  const clockAtMs = ignored === 'reader_clock_ahead' ? null : read.readAtMs
  return { read, receivedAtMs, readAtMs, clockAtMs, coordinate, headers }
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
