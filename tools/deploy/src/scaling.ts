/**
 * How many partitions, replicas and disks a load needs, out of what was measured (docs/benchmarks.md). Pure arithmetic; its table is
 * the one in docs/scaling.md, which `node tools/deploy/src/scaling-main.ts` writes and a test holds against it.
 */

export interface Load {
  readonly readsPerSecond: number
  /** Of so many reads one event comes. */
  readonly readsPerEvent: number
  readonly assets: number
  readonly deliveriesPerSecond: number
}

/** The load that docs/scaling.md is about. */
export const bigLoad: Load = {
  readsPerSecond: 250_000,
  readsPerEvent: 50,
  assets: 10_000_000,
  deliveriesPerSecond: 5_000,
}

/** CPU for each record in µs; the larger of the figures where docs/benchmarks.md has several on a quiet machine. */
export const measured = {
  producerPerRead: 16.2,
  trackerPerRead: 9.8,
  brokerPerRead: 5.5,
  routerPerDelivery: 25,
  dispatcherPerDelivery: 119,
  retryPerDelivery: 3,
  recorderPerDelivery: 48,
  /** Bytes; packed states, index and timers. */
  statePerAsset: 177,
  /** Resident memory of a tracker with 1 M assets (897 MiB), less their states. */
  trackerBaseMiB: 728,
  /** 1 M assets in 15.3 s. */
  restoredPerSecond: 65_000,
  /** 18 million reads left some 3 GB of claims. */
  claimBytes: 167,
} as const

/** A service's work is on one thread, and at 60 % of it a rebalance or a busy second is still made up for. */
const busyShare = 0.6
/** As many zones; with one of them gone the others carry all of the load. */
const zones = 3

/** Replicas of one service: enough for the load in two of three zones, and the same number in each. */
export function replicasFor(perSecond: number, microsEach: number): number {
  const needed = Math.max(1, Math.ceil(coresFor(perSecond, microsEach) / busyShare))
  const perZone = Math.ceil(needed / (zones - 1))
  return perZone * zones
}

export function coresFor(perSecond: number, microsEach: number): number {
  return (perSecond * microsEach) / 1_000_000
}

/**
 * A multiple of twelve, so that 2, 3, 4, 6 and 12 members share evenly, and at least four for each replica: room to double twice
 * without touching the topic, because adding partitions to a keyed topic is work.
 */
export function partitionsFor(replicas: number): number {
  return Math.ceil((replicas * 4) / 12) * 12
}

/** On all brokers, in TB (10¹²). */
export function diskTb(
  perSecond: number,
  bytesEach: number,
  { hours, copies }: { readonly hours: number; readonly copies: number },
): number {
  return (perSecond * bytesEach * hours * 3_600 * copies) / 1e12
}

interface ServiceRow {
  readonly service: string
  readonly perSecond: number
  readonly micros: number
  readonly of: string
}

function rowsOf(load: Load): readonly ServiceRow[] {
  const { readsPerSecond, deliveriesPerSecond } = load
  return [
    { service: 'producer', perSecond: readsPerSecond, micros: measured.producerPerRead, of: 'reads' },
    { service: 'tracker', perSecond: readsPerSecond, micros: measured.trackerPerRead, of: 'scans' },
    {
      service: 'router',
      perSecond: deliveriesPerSecond,
      micros: measured.routerPerDelivery,
      of: 'deliveries',
    },
    {
      service: 'dispatcher',
      perSecond: deliveriesPerSecond,
      micros: measured.dispatcherPerDelivery,
      of: 'deliveries',
    },
    { service: 'retry', perSecond: deliveriesPerSecond, micros: measured.retryPerDelivery, of: 'deliveries' },
    {
      service: 'recorder',
      perSecond: deliveriesPerSecond,
      micros: measured.recorderPerDelivery,
      of: 'deliveries',
    },
  ]
}

/**
 * Record sizes are assumptions (with headers, before compression): measure your own with `kafka-log-dirs.sh`. Hours: what docs/reference/topics.md
 * keeps, but for `reads` and `scans`, of which a day is enough to be away for.
 */
const topics = [
  { topic: 'reads', source: 'reads', bytes: 300, hours: 24 },
  { topic: 'scans', source: 'reads', bytes: 400, hours: 24 },
  { topic: 'events', source: 'events', bytes: 900, hours: 30 * 24 },
  { topic: 'deliveries', source: 'deliveries', bytes: 1_000, hours: 14 * 24 },
  { topic: 'attempts', source: 'deliveries', bytes: 2_000, hours: 7 * 24 },
] as const

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

export function renderScaling(load: Load): string {
  const rows = rowsOf(load)
  const trackers = replicasFor(load.readsPerSecond, measured.trackerPerRead)
  const working = (trackers / zones) * (zones - 1)
  const assetsEach = load.assets / working
  const rates = {
    reads: load.readsPerSecond,
    events: load.readsPerSecond / load.readsPerEvent,
    deliveries: load.deliveriesPerSecond,
  }
  return [
    '| service | load × CPU each = cores | replicas (3 zones, one may fail) | partitions of its topic |',
    '|---|---|---|---|',
    ...rows.map(({ service, perSecond, micros, of }) => {
      const replicas = replicasFor(perSecond, micros)
      const cores = number(coresFor(perSecond, micros), 2)
      return `| ${service} | ${number(perSecond)} ${of}/s × ${micros} µs = ${cores} | ${replicas} | ${partitionsFor(replicas)} |`
    }),
    '',
    '| of the trackers, with one zone gone | |',
    '|---|---|',
    `| assets each | ${number(load.assets)} ÷ ${working} = ${number(assetsEach)} |`,
    `| memory each | ${measured.trackerBaseMiB} MiB + ${number(assetsEach)} × ${measured.statePerAsset} B = ${number(measured.trackerBaseMiB + (assetsEach * measured.statePerAsset) / 2 ** 20)} MiB |`,
    `| restore of one | ${number(assetsEach)} ÷ ${number(measured.restoredPerSecond)}/s = ${number(assetsEach / measured.restoredPerSecond)} s |`,
    '',
    '| topic | load × size × kept × 3 copies | disk of all brokers |',
    '|---|---|---|',
    ...topics.map(({ topic, source, bytes, hours }) => {
      const perSecond = rates[source]
      return `| \`${topic}\` | ${number(perSecond)}/s × ${number(bytes)} B × ${hours} h × 3 | ${number(diskTb(perSecond, bytes, { hours, copies: 3 }), 1)} TB |`
    }),
    '',
    `Brokers: ${number(load.readsPerSecond)} reads/s × ${measured.brokerPerRead} µs = ${number(coresFor(load.readsPerSecond, measured.brokerPerRead), 2)} cores with one copy; about three times as much with three. ` +
      `Redis: ${number(load.readsPerSecond)} claims/s × 3,600 s × ${measured.claimBytes} B = ${number((load.readsPerSecond * 3_600 * measured.claimBytes) / 1e9)} GB for each hour of \`CLAIM_KEPT_HOURS\`.`,
  ].join('\n')
}

const begin = '<!-- scaling -->'
const end = '<!-- /scaling -->'

/** The page with its tables as they are computed now. Throws where the marks are missing. */
export function withTables(page: string, tables: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n${tables}\n${page.slice(to)}`
}
