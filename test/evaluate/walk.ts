/** One recording as both ways of deriving need it: its reads, in time order from 0, and where its beacons truly were. Pure. */

import type { MovementSettings } from '@scanhook/domain/movement-settings'
import type { Parsed } from '@scanhook/domain/read'
import { type BleGateway, type BleRow, parseBleRows } from '@scanhook/replay/parse-ble-walk'
import { type TrueSample, type TrueStay, trueStays, zoneAtPosition } from './true-stays.ts'

export interface WalkRead {
  readonly atMs: number
  readonly beacon: string
  /** Alias of the gateway; its MAC address where the devices file does not name it, so that nobody knows it. */
  readonly device: string
  readonly rssiDbm: number
}

export interface Walk {
  readonly recording: string
  readonly reads: readonly WalkRead[]
  /** By beacon. */
  readonly truth: ReadonlyMap<string, readonly TrueStay[]>
  readonly endsAtMs: number
}

export interface WalkOptions {
  readonly recording: string
  readonly gateways: readonly BleGateway[]
  /** 2: as if it had been walked twice as fast. */
  readonly speed: number
}

/** Fails, naming the line, on a line that is no read or does not say where the beacon was. */
export function parseWalk(text: string, { recording, gateways, speed }: WalkOptions): Parsed<Walk> {
  const parsed = parseBleRows(text)
  if (!parsed.ok) return parsed
  const lost = parsed.value.find(({ position }) => position === null)
  if (lost !== undefined) return withoutPosition(lost)
  const rows = parsed.value.toSorted((one, other) => one.atS - other.atS)
  const startS = rows[0]?.atS ?? 0
  const aliases = new Map(gateways.map(({ mac, alias }) => [mac, alias]))
  const atMsOf = ({ atS }: BleRow): number => Math.round(((atS - startS) * 1_000) / speed)
  const samples = new Map<string, TrueSample[]>()
  for (const row of rows) {
    const zone = zoneAtPosition(row.position ?? { x: Number.NaN, y: Number.NaN })
    const own = samples.get(row.beaconMac) ?? []
    samples.set(row.beaconMac, own)
    own.push({ atMs: atMsOf(row), zone })
  }
  const reads = rows.map((row) => ({
    atMs: atMsOf(row),
    beacon: row.beaconMac,
    device: aliases.get(row.gatewayMac) ?? row.gatewayMac,
    rssiDbm: row.rssiDbm,
  }))
  const truth = new Map(Array.from(samples, ([beacon, own]) => [beacon, trueStays(own)]))
  return { ok: true, value: { recording, reads, truth, endsAtMs: reads.at(-1)?.atMs ?? 0 } }
}

function withoutPosition({ line }: BleRow): Parsed<never> {
  const message = 'the position x,y is missing, so nobody knows what is right'
  return { ok: false, problems: [{ field: `line ${line}`, code: 'required', message }] }
}

/** What happens, in order: reads, and the seconds that pass between them. */
export type Happening =
  | { readonly kind: 'read'; readonly atMs: number; readonly read: WalkRead }
  | { readonly kind: 'second'; readonly atMs: number }

/**
 * The clock is looked at once a second, as the tracker's own ticks do it, and goes on for `tailMs` after the last read, so
 * that what was about to be confirmed is. Both ways of deriving take this one order.
 */
export function* happenings(walk: Walk, tailMs: number): Generator<Happening> {
  const secondMs = 1_000
  let nextMs = secondMs
  for (const read of walk.reads) {
    for (; nextMs <= read.atMs; nextMs += secondMs) yield { kind: 'second', atMs: nextMs }
    yield { kind: 'read', atMs: read.atMs, read }
  }
  for (; nextMs <= walk.endsAtMs + tailMs + secondMs; nextMs += secondMs)
    yield { kind: 'second', atMs: nextMs }
}

/** Longer than any wait for a confirmation, far shorter than any silence that counts. */
export function tailMsOf(settings: MovementSettings): number {
  const { confirmMs, firstConfirmMs, quietConfirmMs } = settings
  return Math.max(confirmMs, firstConfirmMs, quietConfirmMs) + 2_000
}
