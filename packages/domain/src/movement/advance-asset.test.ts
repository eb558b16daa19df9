/** The decision table of docs/reference/events.md, row by row. */
import { type DrivenAsset, driveAsset, inShort } from '@scanhook/testkit/drive-asset'
import { location, type PlaceOptions, place, scan } from '@scanhook/testkit/scan-builders'
import { describe, expect, test } from 'vitest'
import type { LocationRef } from '../asset.ts'
import type { DomainEvent } from '../event.ts'
import { assetId, locationId, orgId, scanDeviceId } from '../ids.ts'
import type { MovementSettings } from '../movement-settings.ts'
import type { Fix, Scan, Withdrawn } from '../scan.ts'
import { advanceAsset, wakeOf } from './advance-asset.ts'
import type { Identify } from './identify.ts'

const t0 = 1_777_336_418_021
const warehouse = location(1, 'Warehouse')
const bay3 = location(3, 'Bay 3', warehouse)
const bay4 = location(4, 'Bay 4', warehouse)
const bay5 = location(5, 'Bay 5', warehouse)
const dock = location(9, 'Dock')
const inBay3 = [bay3, warehouse]
const inBay4 = [bay4, warehouse]
const inBay5 = [bay5, warehouse]
const inDock = [dock]

interface Read extends Omit<PlaceOptions, 'path'> {
  readonly rssi?: number | null
  readonly reads?: number
  /** When it was received, if later than it was made. */
  readonly receivedMs?: number
  readonly fix?: Fix
  readonly tag?: string
}

/** One reader for each location unless a test names another. */
const pointOf = (path: readonly LocationRef[]): number => 100 + (path[0]?.id ?? 0)

function scanAt(path: readonly LocationRef[], atMs: number, read: Read = {}): Scan {
  const { rssi = -6000, reads = 1, receivedMs, fix = null, tag, ...options } = read
  return scan({
    place: place({ point: pointOf(path), ...options, path }),
    atMs,
    receivedAtMs: receivedMs ?? atMs,
    rssiCdbm: rssi,
    reads,
    fix,
    ...(tag === undefined ? {} : { tag: { tagType: 'rfid' as const, value: tag } }),
  })
}

class Asset {
  readonly driven: DrivenAsset = driveAsset()
  last: readonly DomainEvent[] = []
  readonly #settings: Partial<MovementSettings>

  constructor(settings: Partial<MovementSettings> = {}) {
    this.#settings = settings
  }

  seen(path: readonly LocationRef[], atMs: number, read: Read = {}): string[] {
    const settings = { ...this.#settings, ...read.settings }
    return this.#note(this.driven.apply(scanAt(path, atMs, { ...read, settings })))
  }

  tick(atMs: number): string[] {
    return this.#note(this.driven.apply({ kind: 'tick', atMs }))
  }

  heard(device: number, atMs: number, aliveSinceMs: number, lastHeardMs: number = atMs): string[] {
    const heard = { orgId: orgId(7), deviceId: scanDeviceId(device), lastHeardMs, aliveSinceMs }
    return this.#note(this.driven.apply({ kind: 'liveness', atMs, devices: [heard] }))
  }

  withdrawn(withdrawn: Withdrawn, atMs: number): string[] {
    return this.#note(this.driven.apply({ kind: 'withdrawal', orgId: orgId(7), atMs, withdrawn }))
  }

  data(index: number): Record<string, unknown> {
    return JSON.parse(this.last[index]?.dataJson ?? 'null')
  }

  get due(): number | null {
    const { state, clockMs } = this.driven
    return state === null ? null : wakeOf(state, clockMs).dueAtMs
  }

  get candidate(): number | null {
    return this.driven.state?.candidate?.facts.place.path[0]?.id ?? null
  }

  #note(events: readonly DomainEvent[]): string[] {
    this.last = events
    return events.map(inShort)
  }
}

/** An asset that is in Bay 3 since t0; four seconds have passed and its reader went on hearing it. */
function inBay3Since(settings: Partial<MovementSettings> = {}): Asset {
  const asset = new Asset(settings)
  asset.seen(inBay3, t0)
  asset.seen(inBay3, t0 + 3_000)
  asset.seen(inBay3, t0 + 4_000)
  return asset
}

const toBay4 = ['exited Bay 3', 'entered Bay 4', 'moved Bay 3 → Bay 4']

describe('row 2: the scan point has no location', () => {
  test('it is a sighting without a location, and nothing else follows', () => {
    const asset = new Asset()
    expect(asset.seen([], t0)).toEqual(['scanned null'])
    expect(asset.data(0)).toMatchObject({ location: null, reason: 'first_seen', visit_id: null })
    expect(asset.due).toBeNull()
    expect(asset.tick(t0 + 600_000)).toEqual([])
  })
  test('it does not disturb a candidate', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { rssi: -5000 })
    asset.seen([], t0 + 5_500)
    expect(asset.seen(inBay4, t0 + 6_500, { rssi: -5000 })).toEqual(toBay4)
    expect(asset.data(0)['scan']).toMatchObject({ reads: 2 })
  })
})

describe('row 3: below the floor', () => {
  const floor = { rssiFloorCdbm: -7000 }
  test('a weaker read is not heard; an unknown signal and one at the floor are', () => {
    const asset = new Asset(floor)
    expect(asset.seen(inBay3, t0, { rssi: -7001 })).toEqual([])
    expect(asset.driven.state).toBeNull()
    expect(asset.seen(inBay3, t0 + 1, { rssi: -7000 })).toEqual(['scanned Bay 3'])
    expect(asset.seen(inDock, t0 + 2, { rssi: null })).toEqual(['scanned Dock'])
    const { state } = asset.driven
    expect(asset.seen(inDock, t0 + 3, { rssi: -9000 })).toEqual([])
    expect(asset.driven.state).toBe(state)
  })
})

describe('row 4, M7: late scans', () => {
  test('from before the last transition: reported as late, and nothing else changes', () => {
    const asset = inBay3Since()
    asset.seen(inDock, t0 + 10_000, { kind: 'manual' })
    const before = asset.driven.state
    expect(asset.seen(inBay4, t0 + 9_499, { receivedMs: t0 + 11_000, kind: 'manual' })).toEqual([
      'scanned Bay 4 late',
    ])
    expect(asset.data(0)).toMatchObject({ late: true, visit_id: null, reason: null })
    const { late, sequence, previousEventId, offset, ...rest } = asset.driven.state ?? {}
    expect({ ...before, late, sequence, previousEventId, offset }).toEqual({
      ...rest,
      late,
      sequence,
      previousEventId,
      offset,
    })
  })
  test('half a second out of order is order enough', () => {
    const asset = inBay3Since()
    asset.seen(inDock, t0 + 10_000, { kind: 'manual' })
    expect(asset.seen(inBay4, t0 + 9_500, { receivedMs: t0 + 10_001 })).toEqual(['scanned Bay 4'])
  })
  test('a passive read older than all that still counts is late, also without a transition since', () => {
    const asset = inBay3Since()
    for (let second = 5; second < 60; second++) asset.seen(inBay3, t0 + second * 1_000)
    const read = { receivedMs: t0 + 60_000, rssi: -3000 }
    expect(asset.seen(inBay4, t0 + 20_000, read)).toEqual(['scanned Bay 4 late'])
    expect(asset.candidate).toBeNull()
    expect(asset.driven.state?.lastSeenMs).toBe(t0 + 59_000)
  })
  test('a batch uploaded hours later is reported once a minute of its own time and location', () => {
    const asset = inBay3Since()
    asset.seen(inDock, t0 + 7_200_000, { kind: 'manual' })
    const told = Array.from({ length: 180 }, (_, second) =>
      asset.seen(inBay4, t0 + 60_000 + second * 1_000, { receivedMs: t0 + 7_200_000 }),
    )
    expect(told.flat()).toEqual(['scanned Bay 4 late', 'scanned Bay 4 late', 'scanned Bay 4 late'])
  })
  test('a late upload of an asset that was not seen since is news: it counts from when it was made', () => {
    const asset = inBay3Since()
    const read = { receivedMs: t0 + 7_200_000, kind: 'manual' as const }
    expect(asset.seen(inDock, t0 + 3_600_000, read)).toEqual([
      'scanned Dock',
      'exited Bay 3',
      'exited Warehouse',
      'entered Dock',
      'moved Bay 3 → Dock',
    ])
    expect(asset.last[4]?.occurredAtMs).toBe(t0 + 3_600_000)
  })
})

describe('row 5: first ever', () => {
  test('is scanned at once; entered and moved when the wait is over, by a tick alone', () => {
    const asset = new Asset()
    expect(asset.seen(inBay3, t0)).toEqual(['scanned Bay 3'])
    expect(asset.due).toBe(t0 + 3_000)
    expect(asset.tick(t0 + 2_999)).toEqual([])
    expect(asset.tick(t0 + 3_000)).toEqual(['entered Warehouse', 'entered Bay 3', 'moved null → Bay 3'])
    expect(asset.data(2)).toMatchObject({ reason: 'first_seen', from_location: null })
    expect(asset.last.map((event) => [event.occurredAtMs, event.receivedAtMs])).toEqual(
      Array.from({ length: 3 }, () => [t0, t0 + 3_000]),
    )
  })
  test('the best of the whole wait wins, not whoever answered first; its time runs from the first read', () => {
    const asset = new Asset()
    asset.seen(inDock, t0, { rssi: -6500 })
    asset.seen(inBay3, t0 + 100, { rssi: -7000 })
    asset.seen(inBay4, t0 + 200, { rssi: -5000 })
    asset.seen(inDock, t0 + 300, { rssi: -6500 })
    expect(asset.tick(t0 + 3_000)).toEqual(['entered Warehouse', 'entered Bay 4', 'moved null → Bay 4'])
    expect(asset.data(0)['scan']).toMatchObject({ rssi_dbm: -50, reads: 1 })
    expect(asset.last[0]?.occurredAtMs).toBe(t0)
  })
  test('an unknown signal is below every known one', () => {
    const asset = new Asset()
    asset.seen(inDock, t0, { rssi: null, reads: 9 })
    asset.seen(inBay3, t0 + 100, { rssi: -9500 })
    expect(asset.tick(t0 + 3_000)).toContain('moved null → Bay 3')
  })
})

describe('rows 6 and 8: heard where it is, or elsewhere but not clearly', () => {
  test('a place that is louder by less than the margin is no candidate', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 4_100, { rssi: -5701 })
    expect(asset.candidate).toBeNull()
    for (let step = 1; step < 20; step++) {
      asset.seen(inBay3, t0 + 4_000 + step * 500)
      asset.seen(inBay4, t0 + 4_100 + step * 500, { rssi: -5701 })
    }
    expect(asset.driven.state?.path[0]?.name).toBe('Bay 3')
    asset.seen(inBay4, t0 + 15_000, { rssi: -5699 })
    expect(asset.candidate).toBe(4)
  })
  test('a candidate stays one while it is louder by half of the margin, and no longer', () => {
    const asset = inBay3Since({ smoothingMs: 0 })
    asset.seen(inBay4, t0 + 4_100, { rssi: -5700 })
    asset.seen(inBay3, t0 + 4_200, { rssi: -5850 })
    expect(asset.candidate).toBe(4)
    asset.seen(inBay3, t0 + 4_300, { rssi: -5849 })
    expect(asset.candidate).toBeNull()
  })
  test('the best reader of a place speaks for it', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 4_100, { rssi: -8500, point: 41 })
    asset.seen(inBay4, t0 + 4_200, { rssi: -5000, point: 42 })
    asset.seen(inBay4, t0 + 4_300, { rssi: -8500, point: 41 })
    expect(asset.candidate).toBe(4)
  })
  test('one loud read among many does not carry: the level is smoothed', () => {
    const asset = inBay3Since()
    for (let step = 0; step < 10; step++) {
      asset.seen(inBay3, t0 + 4_050 + step * 100)
      asset.seen(inBay4, t0 + 4_100 + step * 100, { rssi: -8000 })
    }
    asset.seen(inBay4, t0 + 5_150, { rssi: -5000 })
    expect(asset.candidate).toBeNull()
  })
})

describe('rows 9 and 10: elsewhere, clearly', () => {
  test('needs the time and the reads; levels in common are neither left nor entered', () => {
    const asset = inBay3Since()
    expect(asset.seen(inBay4, t0 + 5_000, { rssi: -5000 })).toEqual(['scanned Bay 4'])
    expect(asset.seen(inBay4, t0 + 6_499, { rssi: -5000 })).toEqual([])
    expect(asset.seen(inBay4, t0 + 6_500, { rssi: -5000 })).toEqual(toBay4)
    expect(asset.last.map((event) => event.occurredAtMs)).toEqual([t0 + 5_000, t0 + 5_000, t0 + 5_000])
    expect(asset.data(2)).toMatchObject({ reason: 'seen_elsewhere', scan: { reads: 2 } })
  })
  test('two reads and then silence: a tick confirms', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { rssi: -5000 })
    asset.seen(inBay4, t0 + 5_100, { rssi: -5000 })
    expect(asset.due).toBe(t0 + 6_500)
    expect(asset.tick(t0 + 6_500)).toEqual(toBay4)
  })
  test('a place whose reader no longer hears it fades, 2 dB a second', () => {
    const asset = inBay3Since()
    // −60 dBm at 4 s, fresh until 9 s; a place at −70 leads by 3 dB when 13 dB have faded.
    expect(asset.seen(inBay4, t0 + 9_000, { rssi: -7000 })).toEqual(['scanned Bay 4'])
    asset.seen(inBay4, t0 + 15_490, { rssi: -7000 })
    expect(asset.candidate).toBeNull()
    asset.seen(inBay4, t0 + 15_500, { rssi: -7000 })
    expect(asset.candidate).toBe(4)
    expect(asset.seen(inBay4, t0 + 17_000, { rssi: -7000 })).toEqual(toBay4)
  })
  test('the louder of two other places is the candidate, and its time begins anew', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { rssi: -5500 })
    asset.seen(inDock, t0 + 5_500, { rssi: -4000 })
    expect(asset.candidate).toBe(9)
    expect(asset.seen(inDock, t0 + 6_999, { rssi: -4000 })).toEqual([])
    expect(asset.seen(inDock, t0 + 7_000, { rssi: -4000 })).toContain('moved Bay 3 → Dock')
  })
  test('reads of a third place do not count for the candidate', () => {
    const asset = inBay3Since({ confirmReads: 3 })
    asset.seen(inBay4, t0 + 5_000, { rssi: -5000 })
    for (let step = 1; step < 10; step++) asset.seen(inDock, t0 + 5_000 + step * 200, { rssi: -9000 })
    expect(asset.driven.state?.path[0]?.name).toBe('Bay 3')
    expect(asset.driven.state?.candidate?.facts.reads).toBe(1)
  })
  test('a report that stands for several reads counts as several', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { reads: 7, rssi: -5600 })
    expect(asset.tick(t0 + 6_500)).toEqual(toBay4)
    expect(asset.data(2)['scan']).toMatchObject({ reads: 7, rssi_dbm: -56 })
  })
  test('into the place above: the bay is left, nothing is entered; and back', () => {
    const asset = inBay3Since()
    const loud = { rssi: -4000 }
    asset.seen([warehouse], t0 + 5_000, loud)
    expect(asset.seen([warehouse], t0 + 6_500, loud)).toEqual(['exited Bay 3', 'moved Bay 3 → Warehouse'])
    asset.seen(inBay4, t0 + 14_000, loud)
    expect(asset.seen(inBay4, t0 + 15_500, loud)).toEqual(['entered Bay 4', 'moved Warehouse → Bay 4'])
  })
  test('hierarchyEvents leaf: the place itself only', () => {
    const asset = inBay3Since({ hierarchyEvents: 'leaf' })
    asset.seen(inDock, t0 + 5_000, { rssi: -4000 })
    expect(asset.seen(inDock, t0 + 6_500, { rssi: -4000 })).toEqual([
      'exited Bay 3',
      'entered Dock',
      'moved Bay 3 → Dock',
    ])
  })
})

describe('rows 6, 8 and 9 without a margin: of two that are level, the one that was heard later leads', () => {
  const level = { switchMarginCdbm: 0 }
  test('the place that was left does not call the asset back when all is silent', () => {
    const asset = inBay3Since(level)
    const moved = [5_000, 5_600, 6_200, 6_800, 7_400].flatMap((ms) => asset.seen(inBay4, t0 + ms))
    expect(moved).toEqual(['scanned Bay 4', ...toBay4])
    expect(asset.candidate).toBeNull()
    // Longer than `quiet confirm`, shorter than the silence after which it has left.
    expect(asset.tick(t0 + 20_000)).toEqual([])
  })
  test('two readers that answer by turns move it once at most', () => {
    const asset = inBay3Since(level)
    const both = [5_000, 6_000, 7_000, 8_000, 9_000, 10_000]
    const seen = both.flatMap((ms) => [...asset.seen(inBay4, t0 + ms), ...asset.seen(inBay3, t0 + ms + 500)])
    expect(seen.filter((event) => event.startsWith('moved')).length).toBeLessThanOrEqual(1)
  })
})

describe('row 11b: tags that are heard rarely', () => {
  test('a candidate with too few reads wins when nothing at all is heard for the quiet time', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 40_000)
    expect(asset.due).toBe(t0 + 50_000)
    expect(asset.tick(t0 + 49_999)).toEqual([])
    expect(asset.tick(t0 + 50_000)).toEqual(toBay4)
    expect(asset.last[0]?.occurredAtMs).toBe(t0 + 40_000)
  })
  test('anything that is heard begins the quiet time anew', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 40_000)
    asset.seen(inDock, t0 + 45_000, { rssi: -9900 })
    expect(asset.due).toBe(t0 + 55_000)
  })
})

describe('row 12: an operator or a door says where it is', () => {
  test.each(['manual', 'portal'] as const)('a %s read moves the asset at once', (kind) => {
    const asset = inBay3Since()
    expect(asset.seen(inDock, t0 + 5_000, { kind })).toEqual([
      'scanned Dock',
      'exited Bay 3',
      'exited Warehouse',
      'entered Dock',
      'moved Bay 3 → Dock',
    ])
    expect(asset.data(4)['reason']).toBe(kind)
    expect(asset.driven.isUrgent).toBe(true)
  })
  test.each(['manual', 'portal'] as const)('a %s read on first sighting, too', (kind) => {
    const asset = new Asset()
    expect(asset.seen(inDock, t0, { kind })).toEqual(['scanned Dock', 'entered Dock', 'moved null → Dock'])
  })
  test('passive reads do not move it while it is held, and do afterwards', () => {
    const asset = new Asset()
    asset.seen(inDock, t0, { kind: 'manual' })
    for (let second = 1; second < 60; second++)
      expect(asset.seen(inBay4, t0 + second * 1_000, { rssi: -3000 })).not.toContain('moved Dock → Bay 4')
    asset.seen(inBay4, t0 + 60_000, { rssi: -3000 })
    expect(asset.candidate).toBe(4)
    expect(asset.seen(inBay4, t0 + 61_500, { rssi: -3000 })).toContain('moved Dock → Bay 4')
  })
  test('another operator may, at once', () => {
    const asset = new Asset()
    asset.seen(inDock, t0, { kind: 'manual' })
    expect(asset.seen(inBay4, t0 + 1_000, { kind: 'manual' })).toContain('moved Dock → Bay 4')
  })
  test('where it is already: nothing new, every doubt settled, and held', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { rssi: -4000 })
    expect(asset.seen(inBay3, t0 + 5_100, { kind: 'manual' })).toEqual([])
    expect(asset.candidate).toBeNull()
    expect(asset.seen(inBay4, t0 + 8_000, { rssi: -4000 })).toEqual([])
  })
  test('the antennas of one door do not throw it to and fro', () => {
    const asset = inBay3Since()
    const outside = { kind: 'portal' as const, device: 500, point: 501, rssi: -5000 }
    const inside = { kind: 'portal' as const, device: 500, point: 502, antennaPort: 2 }
    const moves = Array.from({ length: 400 }, (_, step) => {
      const atMs = t0 + 5_000 + step * 100
      const fading = Math.max(-6800, -5000 - step * 60)
      return [
        ...asset.seen(inDock, atMs, { ...outside, rssi: fading }),
        ...asset.seen(inBay4, atMs + 50, { ...inside, rssi: -6800 - fading - 5000 }),
      ]
    })
    expect(moves.flat().filter((line) => line.startsWith('moved'))).toEqual([
      'moved Bay 3 → Dock',
      'moved Dock → Bay 4',
    ])
  })
})

describe('rows 13 and 14: silence', () => {
  const reader = pointOf(inBay3)
  const timeoutMs = 300_000
  const lastMs = t0 + 4_000
  const gone = ['exited Bay 3', 'exited Warehouse']

  test('A1: the timeout alone moves nothing; the reader heard after it does', () => {
    const asset = inBay3Since()
    expect(asset.due).toBe(lastMs + timeoutMs)
    expect(asset.tick(lastMs + timeoutMs)).toEqual([])
    expect(asset.due).toBeNull()
    expect(asset.heard(reader, lastMs + timeoutMs + 5_000, t0)).toEqual(gone)
    expect(asset.data(0)).toMatchObject({ reason: 'absence', visit_id: 'v3/2', dwell_seconds: 4 })
    expect(asset.last[0]).toMatchObject({ occurredAtMs: lastMs, receivedAtMs: lastMs + timeoutMs + 5_000 })
    expect(asset.driven.state).toMatchObject({ isPresent: false, path: [bay3, warehouse], visits: [] })
  })
  test('A1: a reader that was last heard before the timeout says nothing about what came after', () => {
    const asset = inBay3Since()
    expect(asset.heard(reader, lastMs + timeoutMs + 5_000, t0, lastMs + timeoutMs - 1)).toEqual([])
    expect(asset.heard(reader, lastMs + timeoutMs + 15_000, t0, lastMs + timeoutMs)).toEqual(gone)
  })
  test('A1: another reader’s word does not count', () => {
    const asset = inBay3Since()
    expect(asset.heard(reader + 1, lastMs + timeoutMs + 5_000, t0)).toEqual([])
  })
  test('A2: a reader that comes back has one more timeout; an asset that is heard in it never left', () => {
    const asset = inBay3Since()
    const backMs = lastMs + 3_600_000
    asset.tick(backMs)
    expect(asset.heard(reader, backMs + 10_000, backMs)).toEqual([])
    expect(asset.heard(reader, backMs + timeoutMs - 1, backMs)).toEqual([])
    expect(asset.seen(inBay3, backMs + timeoutMs - 1)).toEqual(['scanned Bay 3'])
    expect(asset.heard(reader, backMs + timeoutMs + 10_000, backMs)).toEqual([])
    expect(asset.driven.state?.isPresent).toBe(true)
  })
  test('A2: and one that is not, leaves then', () => {
    const asset = inBay3Since()
    const backMs = lastMs + 3_600_000
    asset.heard(reader, backMs + 10_000, backMs)
    expect(asset.heard(reader, backMs + timeoutMs, backMs)).toEqual(gone)
    expect(asset.last[0]?.occurredAtMs).toBe(lastMs)
  })
  test('deviceOfflineMs off: the timeout alone is enough', () => {
    const asset = inBay3Since({ deviceOfflineMs: null })
    expect(asset.tick(lastMs + timeoutMs - 1)).toEqual([])
    expect(asset.tick(lastMs + timeoutMs)).toEqual(gone)
  })
  test.each(['manual', 'portal'] as const)('under a %s scan point silence means nothing', (kind) => {
    const asset = new Asset()
    asset.seen(inDock, t0, { kind })
    expect(asset.due).toBeNull()
    expect(asset.tick(t0 + 86_400_000)).toEqual([])
    expect(asset.heard(pointOf(inDock), t0 + 86_400_001, t0)).toEqual([])
  })
  test('exitTimeoutMs off: a zone’s silence means nothing, too', () => {
    const asset = inBay3Since({ exitTimeoutMs: null })
    expect(asset.due).toBeNull()
  })
  test('a read anywhere, however weak, is no silence', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, lastMs + 200_000, { rssi: -9900 })
    expect(asset.due).not.toBe(lastMs + timeoutMs)
  })
})

describe('rows 7 and 11: coming back', () => {
  function absent(): Asset {
    const asset = inBay3Since({ deviceOfflineMs: null })
    asset.tick(t0 + 400_000)
    return asset
  }
  test('row 7, to where it was: entered once more, in a new visit, and not moved', () => {
    const asset = absent()
    expect(asset.seen(inBay3, t0 + 900_000)).toEqual(['scanned Bay 3'])
    expect(asset.data(0)).toMatchObject({ reason: 'returned', visit_id: null })
    expect(asset.tick(t0 + 901_499)).toEqual([])
    expect(asset.tick(t0 + 901_500)).toEqual(['entered Warehouse', 'entered Bay 3'])
    expect(asset.data(1)).toMatchObject({ reason: 'returned', visit_id: 'v3/8' })
  })
  test('row 11, elsewhere: what was left by silence is not left again', () => {
    const asset = absent()
    asset.seen(inBay4, t0 + 900_000)
    expect(asset.tick(t0 + 901_500)).toEqual(['entered Warehouse', 'entered Bay 4', 'moved Bay 3 → Bay 4'])
    expect(asset.data(2)['reason']).toBe('seen_elsewhere')
  })
})

describe('row 15: withdrawn', () => {
  test('an asset that was deleted leaves; a second time changes nothing', () => {
    const asset = inBay3Since()
    const deleted = { kind: 'asset', assetId: assetId(42) } as const
    expect(asset.withdrawn(deleted, t0 + 60_000)).toEqual(['exited Bay 3', 'exited Warehouse'])
    expect(asset.data(0)).toMatchObject({ reason: 'reassigned', dwell_seconds: 60 })
    expect(asset.withdrawn(deleted, t0 + 60_000)).toEqual([])
  })
  test('a tag that was taken off: the asset leaves if it was last heard by it, and before', () => {
    const off = (value: string) => ({ kind: 'tag', assetId: assetId(42), value }) as const
    const asset = inBay3Since()
    asset.seen(inBay3, t0 + 10_000, { tag: 'OTHER' })
    expect(asset.withdrawn(off('E2801190A503006543E21224'), t0 + 20_000)).toEqual([])
    expect(asset.withdrawn(off('OTHER'), t0 + 9_999)).toEqual([])
    expect(asset.withdrawn(off('OTHER'), t0 + 20_000)).toEqual(['exited Bay 3', 'exited Warehouse'])
  })
  test('after it the asset is where it is heard next; the move is from where it was', () => {
    const asset = inBay3Since()
    asset.withdrawn({ kind: 'asset', assetId: assetId(42) }, t0 + 60_000)
    asset.seen(inDock, t0 + 70_000)
    expect(asset.tick(t0 + 71_500)).toEqual(['entered Dock', 'moved Bay 3 → Dock'])
  })
  test('a deleted location is nobody’s last known one', () => {
    const asset = inBay3Since()
    const deleted = { kind: 'location', locationId: locationId(1) } as const
    expect(asset.withdrawn(deleted, t0 + 60_000)).toEqual(['exited Bay 3', 'exited Warehouse'])
    expect(asset.driven.state).toMatchObject({ path: [], here: null })
    asset.seen(inDock, t0 + 70_000, { kind: 'manual' })
    expect(asset.data(2)).toMatchObject({ from_location: null, to_location: { name: 'Dock' } })
  })
})

describe('GPS', () => {
  const yard = location(20, 'Yard')
  const gate = location(21, 'Gate', yard)
  const fixAt = (north: number, near: readonly LocationRef[] = []): Fix => ({
    latitude: 48 + north / 111_195,
    longitude: 11,
    accuracyM: 10,
    nearIds: near.map(({ id }) => id),
  })
  const gps = { kind: 'gps' as const, point: 300 }
  function inYard(): Asset {
    const asset = new Asset()
    asset.seen([yard], t0, { ...gps, fix: fixAt(0, [yard]) })
    asset.seen([yard], t0 + 60_000, { ...gps, fix: fixAt(5, [yard]) })
    return asset
  }
  test('two fixes a minute apart put it into the fence', () => {
    expect(inYard().last.map(inShort)).toEqual(['entered Yard', 'moved null → Yard', 'scanned Yard'])
  })
  test('a fix outside but within its error of the edge keeps it inside', () => {
    const asset = inYard()
    asset.seen([], t0 + 120_000, { ...gps, fix: fixAt(300, [yard]) })
    asset.seen([], t0 + 240_000, { ...gps, fix: fixAt(310, [yard]) })
    expect(asset.driven.state?.isPresent).toBe(true)
  })
  test('certainly outside, twice: it leaves, and has not moved anywhere', () => {
    const asset = inYard()
    expect(asset.seen([], t0 + 120_000, { ...gps, fix: fixAt(900) })).toEqual(['scanned null'])
    expect(asset.seen([], t0 + 181_000, { ...gps, fix: fixAt(1_500) })).toEqual([
      'exited Yard',
      'scanned null',
    ])
    expect(asset.data(0)).toMatchObject({ reason: 'seen_elsewhere' })
    expect(asset.last[0]?.occurredAtMs).toBe(t0 + 120_000)
  })
  test('into a smaller fence within: entered, the outer one not left', () => {
    const asset = inYard()
    const fix = fixAt(10, [yard, gate])
    asset.seen([gate, yard], t0 + 120_000, { ...gps, fix: { ...fix, nearIds: [gate.id] } })
    expect(asset.seen([gate, yard], t0 + 180_000, { ...gps, fix: { ...fix, nearIds: [gate.id] } })).toEqual([
      'entered Gate',
      'moved Yard → Gate',
      'scanned Gate',
    ])
  })
  test('a fix that nobody can have reached is not heard', () => {
    const asset = inYard()
    expect(asset.seen([], t0 + 61_000, { ...gps, fix: fixAt(50_000) })).toEqual([])
    expect(asset.driven.state?.lastSeenMs).toBe(t0 + 60_000)
  })
  test('a reader’s bay stands against the fence of the site around it', () => {
    const asset = inBay3Since()
    asset.seen([warehouse], t0 + 60_000, { ...gps, fix: fixAt(0) })
    asset.seen([warehouse], t0 + 180_000, { ...gps, fix: fixAt(0) })
    expect(asset.driven.state?.path[0]?.name).toBe('Bay 3')
  })
  test('its silence is stale after an hour, and nobody is asked', () => {
    const asset = inYard()
    expect(asset.tick(t0 + 60_000 + 3_599_999)).toEqual([])
    expect(asset.tick(t0 + 60_000 + 3_600_000)).toEqual(['exited Yard'])
    expect(asset.data(0)['reason']).toBe('absence')
  })
})

describe('asset.scanned', () => {
  test('is suppressed per location for a minute, then carries the reads and the best signal since', () => {
    const asset = inBay3Since()
    expect(asset.seen(inBay3, t0 + 10_000, { rssi: -6000, reads: 2 })).toEqual([])
    expect(asset.seen(inBay3, t0 + 20_000, { rssi: -5500 })).toEqual([])
    expect(asset.seen(inBay3, t0 + 59_999, { rssi: null })).toEqual([])
    expect(asset.seen(inBay3, t0 + 60_000, { rssi: -7000 })).toEqual(['scanned Bay 3'])
    expect(asset.data(0)).toMatchObject({
      reason: null,
      visit_id: 'v3/2',
      late: false,
      scan: { reads: 7, rssi_dbm: -55 },
    })
    expect(asset.seen(inBay3, t0 + 119_999)).toEqual([])
  })
  test('one location does not use up another’s minute, nor does going to and fro', () => {
    const asset = inBay3Since()
    const news = Array.from({ length: 20 }, (_, index) =>
      asset.seen(index % 2 === 0 ? inBay4 : inBay3, t0 + 5_000 + index * 100),
    )
    expect(news.flat()).toEqual(['scanned Bay 4'])
  })
  test('scanSuppressMs 0: every scan is an event', () => {
    const asset = inBay3Since({ scanSuppressMs: 0 })
    expect(asset.seen(inBay3, t0 + 5_000)).toEqual(['scanned Bay 3'])
    expect(asset.seen(inBay3, t0 + 5_000)).toEqual(['scanned Bay 3'])
  })
  test('what is remembered is bounded', () => {
    const asset = new Asset()
    for (let id = 100; id < 120; id += 1) asset.seen([location(id, `L ${id}`)], t0 + id)
    expect(asset.driven.state?.sightings).toHaveLength(8)
    expect(asset.driven.state?.slots).toHaveLength(6)
  })
})

describe('what an event carries', () => {
  test('the paths of its location, and of a move where it came from; none of them in its data', () => {
    const asset = new Asset()
    asset.seen(inBay3, t0, { kind: 'portal' })
    asset.withdrawn({ kind: 'asset', assetId: assetId(42) }, t0 + 1)
    const left = asset.last
    asset.seen(inDock, t0 + 60_000, { kind: 'portal' })
    const [bay, house, nothing] = [['BAY-3', 'WAREHOUSE'], ['WAREHOUSE'], []]
    expect(left.map(({ type, locationPaths }) => [type, locationPaths])).toEqual([
      ['location.exited', { at: bay, from: nothing }],
      ['location.exited', { at: house, from: nothing }],
    ])
    expect(asset.last.map(({ type, locationPaths }) => [type, locationPaths])).toEqual([
      ['asset.scanned', { at: ['DOCK'], from: nothing }],
      ['location.entered', { at: ['DOCK'], from: nothing }],
      ['asset.moved', { at: ['DOCK'], from: bay }],
    ])
    for (const { dataJson } of asset.last) expect(dataJson).not.toMatch(/path/)
  })

  test('asset.moved: every declared field, in its order', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 5_000, { rssi: -5604 })
    asset.seen(inBay4, t0 + 6_499, { rssi: -5600 })
    asset.tick(t0 + 6_600)
    expect(asset.last[2]).toEqual({
      locationPaths: { at: ['BAY-4', 'WAREHOUSE'], from: ['BAY-3', 'WAREHOUSE'] },
      eventId: '7/42/asset.moved/4/8',
      orgId: 7,
      type: 'asset.moved',
      occurredAtMs: t0 + 5_000,
      receivedAtMs: t0 + 6_600,
      subject: 'asset:42',
      assetId: 42,
      sequence: 8,
      previousEventId: '7/42/location.entered/4/7',
      transitionId: 't6',
      dataJson: [
        '{"asset":{"id":42,"external_key":"ASSET-42","name":"Asset 42","sequence":8}',
        '"from_location":{"id":3,"external_key":"BAY-3","name":"Bay 3","parent_id":1,"parent_external_key":"WAREHOUSE"}',
        '"to_location":{"id":4,"external_key":"BAY-4","name":"Bay 4","parent_id":1,"parent_external_key":"WAREHOUSE"}',
        '"transition_id":"t6","visit_id":"v4/6","previous_event_id":"7/42/location.entered/4/7"',
        '"reason":"seen_elsewhere","derived_at":"2026-04-28T00:33:44.621Z"',
        '"scan":{"observed_at":null,"received_at":"2026-04-28T00:33:44.520Z","rssi_dbm":-56,"reads":2',
        '"tag":{"tag_type":"rfid","value":"E2801190A503006543E21224"}',
        '"scan_device":{"id":104,"external_key":"gw-104","name":"Gateway 104","type":"gl_s10"}',
        '"scan_point":{"id":104,"antenna_port":1}}}',
      ].join(','),
    })
  })
  test('location.exited: how long the visit was, and which; the warehouse has its own', () => {
    const asset = inBay3Since()
    asset.seen(inBay4, t0 + 60_000, { kind: 'manual' })
    expect(asset.data(1)).toMatchObject({ location: { name: 'Bay 3' }, visit_id: 'v3/2', dwell_seconds: 60 })
    asset.seen(inDock, t0 + 90_999, { kind: 'manual' })
    expect(asset.data(1)).toMatchObject({ location: { name: 'Bay 4' }, visit_id: 'v4/6', dwell_seconds: 30 })
    expect(asset.data(2)).toMatchObject({
      location: { name: 'Warehouse' },
      visit_id: 'v1/2',
      dwell_seconds: 90,
    })
  })
})

test('when to write the state at once: a new candidate, another one, none any more, a transition', () => {
  const asset = new Asset()
  const urgent = (act: () => void): boolean => {
    act()
    return asset.driven.isUrgent
  }
  expect(urgent(() => asset.seen(inBay3, t0))).toBe(true)
  expect(urgent(() => asset.seen(inBay3, t0 + 100))).toBe(false)
  expect(urgent(() => asset.tick(t0 + 3_000))).toBe(true)
  expect(urgent(() => asset.seen(inBay3, t0 + 3_100))).toBe(false)
  expect(urgent(() => asset.seen(inBay4, t0 + 3_200, { rssi: -5000 }))).toBe(true)
  expect(urgent(() => asset.seen(inBay5, t0 + 3_300, { rssi: -4000 }))).toBe(true)
  expect(urgent(() => asset.seen(inBay3, t0 + 3_400, { rssi: -3000, reads: 60 }))).toBe(true)
  expect(urgent(() => asset.seen(inBay3, t0 + 70_000))).toBe(false)
})

const identify: Identify = {
  assetEventId: () => {
    throw new Error('no event is expected')
  },
  transitionId: () => '',
  visitId: () => '',
}

test('M2: a record below the state’s offset is skipped', () => {
  const { state } = inBay3Since().driven
  const input = { record: scanAt(inDock, t0 + 9_000, { kind: 'manual' }), offset: 1, clockMs: t0 + 9_000 }
  const skipped = advanceAsset(state, input, identify)
  expect(skipped).toEqual({ state, events: [], isUrgent: false })
  expect(skipped.state).toBe(state)
})

test('M2: a scan whose own receive time fired the asset’s timer is not lost', () => {
  const asset = new Asset()
  asset.seen(inBay3, t0)
  expect(asset.seen(inBay4, t0 + 5_000)).toEqual([
    'entered Warehouse',
    'entered Bay 3',
    'moved null → Bay 3',
    'scanned Bay 4',
  ])
})

test('M6: a tick before its time changes nothing, not even the object', () => {
  const asset = new Asset()
  asset.seen(inBay3, t0)
  const { state } = asset.driven
  asset.tick(t0 + 2_999)
  expect(asset.driven.state).toBe(state)
})

test('a tick for an asset that nobody knows is a mistake of the caller', () => {
  const input = { record: { kind: 'tick', atMs: t0 } as const, offset: 0, clockMs: t0 }
  expect(() => advanceAsset(null, input, identify)).toThrow('no state')
})
