/**
 * A warehouse that does not exist: sites with zones in a row, readers that hear their own zone well and the next one
 * badly, and assets that go round. The same options give the same reads, for ever.
 *
 * Signal model: own zone −55 ± 4 dBm, next zone −70 ± 5 dBm, as ceiling antennas are heard some metres apart; one
 * reader in `noiseRatio` is a neighbour. So the strongest reader is nearly always right and the last one often wrong,
 * which is what the movement rules are for.
 */

import type {
  RecordedAsset,
  RecordedLocation,
  RecordedRead,
  RecordedScanDevice,
  Recording,
} from './recording.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

export interface WarehouseOptions {
  readonly seed: number
  readonly sites: number
  /** ≥ 2 */
  readonly zonesPerSite: number
  readonly readersPerZone: number
  readonly assets: number
  readonly readsPerSecond: number
  /** Mean time that an asset stays in a zone. */
  readonly stayMs: number
  /** Share of reads that a reader of a neighbouring zone gives. */
  readonly noiseRatio: number
}

/** Small enough to follow on a terminal: about one move a second. */
export const demoWarehouse: WarehouseOptions = {
  seed: 1,
  sites: 2,
  zonesPerSite: 5,
  readersPerZone: 1,
  assets: 30,
  readsPerSecond: 60,
  stayMs: 30_000,
  noiseRatio: 0.15,
}

const zoneNames = ['Receiving', 'Storage', 'Picking', 'Packing', 'Shipping'] as const
const siteNames = ['North', 'South', 'East', 'West'] as const

/** `reads` is endless and can be iterated any number of times. */
export function simulateWarehouse(options: WarehouseOptions): Recording {
  return {
    header: {
      name: 'Simulated warehouse',
      description: `${options.assets} assets in ${options.sites * options.zonesPerSite} zones, seed ${options.seed}`,
      locations: locationsOf(options),
      scanDevices: scanDevicesOf(options),
      assets: Array.from({ length: options.assets }, (_, index) => assetOf(index)),
    },
    reads: { [Symbol.iterator]: () => readsOf(options) },
  }
}

interface Walker {
  readonly tag: RecordedRead['tag']
  zoneIndex: number
  leavesAtMs: number
}

function* readsOf(options: WarehouseOptions): Generator<RecordedRead, never, undefined> {
  const random = seededRandom(options.seed)
  const zoneCount = options.sites * options.zonesPerSite
  const walkers = Array.from({ length: options.assets }, (_, index): Walker => {
    const value = tagOf(index)
    return {
      tag: { type: 'rfid', value },
      zoneIndex: random.below(zoneCount),
      leavesAtMs: random.uniform() * options.stayMs,
    }
  })
  let atMs = 0
  for (;;) {
    const walker = walkers[random.below(walkers.length)]
    if (walker === undefined) throw new RangeError('a warehouse without assets has no reads')
    walk(walker, atMs, options, random)
    yield readOf(walker, Math.floor(atMs), options, random)
    atMs += random.exponential(1_000 / options.readsPerSecond)
  }
}

/** Round the site, zone after zone. */
function walk(walker: Walker, atMs: number, options: WarehouseOptions, random: SeededRandom): void {
  while (walker.leavesAtMs <= atMs) {
    walker.zoneIndex = neighbour(walker.zoneIndex, 1, options)
    walker.leavesAtMs += options.stayMs * (0.5 + random.uniform())
  }
}

function readOf(walker: Walker, atMs: number, options: WarehouseOptions, random: SeededRandom): RecordedRead {
  const isNoise = random.uniform() < options.noiseRatio
  const heardIn = isNoise
    ? neighbour(walker.zoneIndex, random.uniform() < 0.5 ? 1 : -1, options)
    : walker.zoneIndex
  const rssiDbm = isNoise ? random.normal(-70, 5) : random.normal(-55, 4)
  return {
    atMs,
    device: deviceKey(heardIn, random.below(options.readersPerZone)),
    antennaPort: 1,
    tag: walker.tag,
    rssiDbm: Math.round(rssiDbm * 10) / 10,
  }
}

/** Zones of one site form a ring; nobody walks from one site to another. */
function neighbour(zoneIndex: number, step: 1 | -1, { zonesPerSite }: WarehouseOptions): number {
  const site = Math.floor(zoneIndex / zonesPerSite)
  return site * zonesPerSite + ((zoneIndex - site * zonesPerSite + step + zonesPerSite) % zonesPerSite)
}

function siteName(site: number): string {
  return siteNames[site] ?? `${site + 1}`
}

function zoneName(zone: number): string {
  return zoneNames[zone] ?? `Aisle ${zone + 1 - zoneNames.length}`
}

function locationsOf({ sites, zonesPerSite }: WarehouseOptions): RecordedLocation[] {
  return Array.from({ length: sites }, (_, site): RecordedLocation[] => [
    { externalKey: siteKey(site), name: `Warehouse ${siteName(site)}`, parentExternalKey: null },
    ...Array.from({ length: zonesPerSite }, (_unused, zone) => ({
      externalKey: zoneKey(site, zone),
      name: zoneName(zone),
      parentExternalKey: siteKey(site),
    })),
  ]).flat()
}

function scanDevicesOf({ sites, zonesPerSite, readersPerZone }: WarehouseOptions): RecordedScanDevice[] {
  return Array.from({ length: sites * zonesPerSite }, (_, zoneIndex) =>
    Array.from({ length: readersPerZone }, (_unused, reader): RecordedScanDevice => {
      const key = deviceKey(zoneIndex, reader)
      return {
        externalKey: key,
        name: `Reader ${key.slice('reader-'.length)}`,
        type: 'csl_cs463',
        scanPoints: [
          {
            antennaPort: 1,
            locationExternalKey: zoneKey(Math.floor(zoneIndex / zonesPerSite), zoneIndex % zonesPerSite),
            kind: 'zone',
          },
        ],
      }
    }),
  ).flat()
}

function assetOf(index: number): RecordedAsset {
  const number = `${index + 1}`.padStart(3, '0')
  return {
    externalKey: `PALLET-${number}`,
    name: `Pallet ${number}`,
    tags: [{ tagType: 'rfid', value: tagOf(index) }],
  }
}

/** A 96-bit EPC under a header that no GS1 scheme uses, so it can't be taken for anybody's real tag. */
function tagOf(index: number): string {
  return `E5CA0001${index.toString(16).toUpperCase().padStart(16, '0')}`
}

function siteKey(site: number): string {
  return `WH-${site + 1}`
}

function zoneKey(site: number, zone: number): string {
  return `${siteKey(site)}-ZONE-${zone + 1}`
}

function deviceKey(zoneIndex: number, reader: number): string {
  return `reader-${zoneIndex + 1}-${reader + 1}`
}
