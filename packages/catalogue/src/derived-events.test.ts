/** What the rules of movement really derive, held against the catalogue. */
import type { AssetState } from '@scanhook/domain/asset-state'
import type { DomainEvent } from '@scanhook/domain/event'
import { eventId, orgId, scanDeviceId } from '@scanhook/domain/ids'
import { type AssetInput, advanceAsset } from '@scanhook/domain/movement/advance-asset'
import type { Identify } from '@scanhook/domain/movement/identify'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import { describe, expect, test } from 'vitest'
import { checkEvent } from './check-event.ts'

function uuid(...parts: readonly unknown[]): string {
  const digits = Buffer.from(parts.join('')).toString('hex').padEnd(32, '0').slice(-32)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`
}
const identify: Identify = {
  assetEventId: (...parts: unknown[]) => eventId(uuid(...parts)),
  transitionId: uuid,
  visitId: uuid,
}

const t0 = 1_777_336_418_021
const warehouse = location(1, 'Warehouse')
const bay3 = [location(3, 'Bay 3', warehouse), warehouse]
const bay4 = [location(4, 'Bay 4', warehouse), warehouse]

type Record = AssetInput['record']
const at = (path: typeof bay3, laterMs: number, rssiCdbm: number | null = null): Record =>
  scan({ atMs: t0 + laterMs, rssiCdbm, place: place({ path, point: path[0]?.id ?? 9, device: 77 }) })

/** Seen nowhere, into a bay, on to the next, lost, back again by hand, a read too late, and the tag taken away. */
const life: readonly Record[] = [
  at([], 0),
  at(bay3, 1_000, -5_612),
  at(bay3, 3_000, -5_600),
  { kind: 'tick', atMs: t0 + 5_000 },
  at(bay4, 20_000, -5_000),
  at(bay4, 22_000, -5_000),
  { kind: 'tick', atMs: t0 + 24_000 },
  {
    kind: 'heard',
    device: {
      orgId: orgId(7),
      deviceId: scanDeviceId(77),
      lastHeardMs: t0 + 400_000,
      aliveSinceMs: t0,
    },
  },
  scan({ atMs: t0 + 500_000, place: place({ path: bay4, point: 5, kind: 'manual' }) }),
  at(bay3, 100_000),
  {
    kind: 'withdrawal',
    orgId: orgId(7),
    atMs: t0 + 600_000,
    withdrawn: { kind: 'tag', assetId: scan().asset.id, value: scan().tag.value },
  },
]

function derive(records: readonly Record[]): readonly DomainEvent[] {
  let state: AssetState | null = null
  let clockMs = 0
  return records.flatMap((record, offset) => {
    if (record.kind === 'scan') clockMs = Math.max(clockMs, record.receivedAtMs)
    if (record.kind === 'tick') clockMs = Math.max(clockMs, record.atMs)
    if (record.kind === 'heard') clockMs = Math.max(clockMs, record.device.lastHeardMs)
    const next = advanceAsset(state, { record, offset, clockMs }, identify)
    state = next.state
    return next.events
  })
}

describe('a life of one asset', () => {
  const events = derive(life)
  test('has all four types, every way to leave, and a late sighting', () => {
    expect(new Set(events.map((event) => event.type)).size).toBe(4)
    const data = events.map(({ type, dataJson }) => [type, JSON.parse(dataJson)] as const)
    const exits = data.filter(([type]) => type === 'location.exited').map(([, { reason }]) => reason)
    expect(new Set(exits)).toEqual(new Set(['seen_elsewhere', 'absence', 'reassigned']))
    expect(data.filter(([, { late }]) => late === true)).toHaveLength(1)
  })
  test.each(events.map((event) => [event.sequence, event.type, event] as const))(
    'event %i, %s, is what the catalogue says, keys and order included',
    (_sequence, _type, event) => {
      expect(checkEvent(event)).toEqual([])
    },
  )
})
