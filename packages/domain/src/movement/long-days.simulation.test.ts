/**
 * Whole days of reads, made with the gaps and the noise that were measured on real readers (docs/reference/events.md),
 * from seeds: a tag that never left must never be said to have left, and the order of arrival must not matter.
 */
import { driveAsset, inShort } from '@scanhook/testkit/drive-asset'
import { location, place, scan } from '@scanhook/testkit/scan-builders'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orgId, scanDeviceId } from '../ids.ts'
import type { Place, Scan, ScanTag } from '../scan.ts'

const t0 = 1_777_336_418_021
const hourMs = 3_600_000
const hall = location(1, 'Hall')
const zones = [2, 3, 4, 5].map((id) => location(id, `Zone ${id}`, hall))
/** Three readers a zone. */
const readers: readonly Place[] = zones.flatMap((zone, index) =>
  [0, 1, 2].map((nth) => place({ path: [zone, hall], point: 100 + index * 3 + nth })),
)

/** Deterministic, uniform in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Measured on 61 UHF tags over 198 s and 12 BLE tags over 20 min: p99, p99.9 and the longest gap, ms. */
const gapsOf = {
  uhf: { p99: 2_500, p999: 9_900, max: 64_000 },
  ble: { p99: 5_500, p999: 12_600, max: 41_000 },
} as const

function nextGapMs(random: () => number, kind: keyof typeof gapsOf): number {
  const { p99, p999, max } = gapsOf[kind]
  const rank = random()
  if (rank > 0.999) return p999 + random() * (max - p999)
  if (rank > 0.99) return p99 + random() * (p999 - p99)
  return 50 + random() ** 3 * p99
}

/** About normal, mean 0, standard deviation 1. */
const noise = (random: () => number): number =>
  Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6)

/** 24 hours: the reader of the zone hears it at −60 dBm, the next zone's at −68, both with 3 dB of noise. */
function parkFor24Hours(seed: number, kind: keyof typeof gapsOf, farShare: number): readonly string[] {
  const random = seeded(seed)
  const asset = driveAsset()
  const told: string[] = []
  const [near, far] = [readers[0], readers[3]]
  if (near === undefined || far === undefined) throw new Error('there are readers')
  let tickMs = t0
  let heardMs = t0
  for (let atMs = t0; atMs < t0 + 24 * hourMs; atMs += Math.round(nextGapMs(random, kind))) {
    for (; tickMs < atMs; tickMs += 1_000) {
      told.push(...asset.apply({ kind: 'tick', atMs: tickMs }).map(inShort))
      if (tickMs - heardMs < 10_000) continue
      heardMs = tickMs
      const devices = [near, far].map(({ device }) => ({
        orgId: orgId(7),
        deviceId: device.id,
        lastHeardMs: tickMs,
        aliveSinceMs: t0,
      }))
      told.push(...asset.apply({ kind: 'liveness', atMs: tickMs, devices }).map(inShort))
    }
    const isFar = random() < farShare
    const level = isFar ? -6800 : -6000
    const rssiCdbm = Math.round(level + noise(random) * 300)
    told.push(...asset.apply(scan({ place: isFar ? far : near, atMs, rssiCdbm })).map(inShort))
  }
  return told
}

test.each(['uhf', 'ble'] as const)(
  'a parked %s tag with real gaps is not said to have left in 24 h',
  (kind) => {
    for (let seed = 1; seed <= 4; seed++) {
      const told = parkFor24Hours(seed, kind, 0)
      expect(told.filter((line) => line.startsWith('exited'))).toEqual([])
      expect(told.filter((line) => line.startsWith('moved'))).toEqual(['moved null → Zone 2'])
      expect(told.length).toBeGreaterThan(24 * 50)
    }
  },
)

test.each(['uhf', 'ble'] as const)(
  'nor a %s tag that only the next zone hears three of ten times',
  (kind) => {
    for (let seed = 1; seed <= 4; seed++) {
      const told = parkFor24Hours(seed, kind, 0.3)
      // It may look as if it had gone next door and come back; it never looks gone.
      expect(told.filter((line) => line.startsWith('exited Hall'))).toEqual([])
      const moves = told.filter((line) => line.startsWith('moved'))
      // Without fading it is said to move 100 and 560 times a day (docs/adr/0010).
      expect(moves.length).toBeLessThan(kind === 'uhf' ? 40 : 120)
    }
  },
)

/** A walk through zones, a stay of 6 to 12 s in each; every reader speaks twice a second, the louder the nearer. */
function walkOf(seed: number, tags: readonly ScanTag[]): { readonly scans: Scan[]; readonly last: number } {
  const random = seeded(seed)
  const scans: Scan[] = []
  let atMs = t0
  let zone = 0
  for (let stay = 0; stay < 6; stay++) {
    zone = (zone + 1 + Math.floor(random() * (zones.length - 1))) % zones.length
    const rounds = 12 + Math.floor(random() * 12)
    for (let round = 0; round < rounds; round++, atMs += 500) {
      for (const [index, reader] of readers.entries()) {
        const away = Math.abs(Math.floor(index / 3) - zone)
        const rssiCdbm = Math.round(-5500 - away * 700 - (index % 3) * 250 + noise(random) * 350)
        const tag = tags[Math.floor(random() * tags.length)]
        if (tag === undefined || random() < 0.2) continue
        scans.push(scan({ place: reader, atMs: atMs + Math.floor(random() * 60), rssiCdbm, tag }))
      }
    }
  }
  return { scans, last: zone }
}

function finalZone(arrived: readonly { readonly scan: Scan; readonly atMs: number }[]): string | null {
  const asset = driveAsset()
  let endMs = t0
  for (const { scan: read, atMs } of arrived) {
    asset.apply({ ...read, receivedAtMs: atMs })
    endMs = Math.max(endMs, atMs)
  }
  for (let second = 1; second <= 15; second++) asset.apply({ kind: 'tick', atMs: endMs + second * 1_000 })
  return asset.state?.path[0]?.name ?? null
}

const tag: ScanTag = { tagType: 'ble', value: 'C3000001' }

function arrivals(seed: number, delaySeed: number) {
  const { scans, last } = walkOf(seed, [tag])
  const random = seeded(delaySeed)
  const byArrival = (delayMs: () => number) =>
    scans
      .map((read) => ({ scan: read, atMs: read.atMs + delayMs() }))
      .sort((one, other) => one.atMs - other.atMs)
  const delayed = finalZone(byArrival(() => Math.floor(random() * 500)))
  return { delayed, inOrder: finalZone(byArrival(() => 0)), truth: zones[last]?.name }
}

test('the same reads in any order of arrival within half a second give the same final location', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (seed, delaySeed) => {
      const { delayed, inOrder, truth } = arrivals(seed, delaySeed)
      expect(delayed).toBe(truth)
      expect(inOrder).toBe(truth)
    }),
    // Always the same hundred: of all walks one in five hundred ends too soon and too noisily to tell (see below).
    { numRuns: 100, seed: 1 },
  )
})

/**
 * Found by drawing other seeds: 12 of 6,000. The last stay is 6 to 9.5 s and its reads say as much for the zone next door,
 * so that half a second of delay decides. When the rules can tell, this test says so, and the walk goes up.
 */
test.each([142, 744, 1_219, 1_794, 2_442])('open: walk %i ends too soon to tell', (seed) => {
  const { delayed, inOrder, truth } = arrivals(seed, seed)
  expect([delayed, inOrder]).not.toEqual([truth, truth])
})

test('two tags on one asset are one asset', () => {
  const tags = [tag, { tagType: 'rfid', value: 'E280' }] as const
  for (let seed = 1; seed <= 20; seed++) {
    const { scans, last } = walkOf(seed, tags)
    const arrived = scans
      .map((read) => ({ scan: read, atMs: read.atMs }))
      .sort((one, other) => one.atMs - other.atMs)
    expect(finalZone(arrived)).toBe(zones[last]?.name)
  }
})

test('A1: ten thousand assets behind a reader that goes dark: none leaves, and nothing is told again when it returns', () => {
  const reader = readers[0]
  if (reader === undefined) throw new Error('there are readers')
  const outageMs = 8 * hourMs
  const told = { before: 0, during: 0, after: [] as string[] }
  for (let index = 0; index < 10_000; index++) {
    const asset = driveAsset()
    const lastMs = t0 + 10_000 + (index % 5_000)
    const heard = (atMs: number, aliveSinceMs: number) => ({
      kind: 'liveness' as const,
      atMs,
      devices: [
        { orgId: orgId(7), deviceId: scanDeviceId(reader.device.id), lastHeardMs: atMs, aliveSinceMs },
      ],
    })
    told.before += asset.apply(scan({ asset: index, place: reader, atMs: t0, rssiCdbm: -6000 })).length
    told.before += asset.apply(scan({ asset: index, place: reader, atMs: lastMs, rssiCdbm: -6000 })).length
    for (let atMs = lastMs; atMs < lastMs + outageMs; atMs += 600_000)
      told.during += asset.apply({ kind: 'tick', atMs }).length
    const backMs = lastMs + outageMs
    told.after.push(
      ...asset.apply(heard(backMs, backMs)).map(inShort),
      ...asset
        .apply(scan({ asset: index, place: reader, atMs: backMs + 30_000, rssiCdbm: -6100 }))
        .map(inShort),
      ...asset.apply(heard(backMs + 310_000, backMs)).map(inShort),
    )
  }
  expect(told.before).toBe(40_000)
  expect(told.during).toBe(0)
  // One sighting each, since a minute has passed: no exit, no entry, no move.
  expect(new Set(told.after)).toEqual(new Set(['scanned Zone 2']))
  expect(told.after).toHaveLength(10_000)
})
