/**
 * From a read to its event, while other reads flow at a moderate rate. A passage through a portal waits for nothing, so all
 * of its time counts; a move between zones must wait for its confirmation, so what counts is the time above it.
 */

import type { DomainEvent } from '@scanhook/domain/event'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { waitUntil } from '../harness/wait-until.ts'
import type { World } from '../harness/world.ts'
import { type BenchWorld, benchCodecs, moverDevices, portalDevices } from './bench-world.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { benchTag } from './load-spec.ts'
import { wallMs } from './wall-clock.ts'

export interface LatencyFigures {
  /** Reads that the probes sent. */
  readonly probeReads: number
  /** Portal: read handed to the broker → `asset.moved` read from the topic. */
  readonly portal: Latencies
  /** Zone: confirmation over (`occurred_at` + confirm time) → `asset.moved` read from the topic. */
  readonly zoneMoveAboveConfirmation: Latencies & { readonly confirmMs: number }
}

export interface LatencyOptions {
  readonly seconds: number
  readonly passers: number
  readonly movers: number
}

/** A mover is read this often; it changes its gateway every `legMs`, longer than any wait for a confirmation. */
const readEveryMs = 300
const legMs = 5_000
const { confirmMs } = defaultMovementSettings.zone

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

export async function measureLatency(scene: BenchWorld, options: LatencyOptions): Promise<LatencyFigures> {
  const moves = await watchMoves(scene)
  try {
    const { sentAtMs, probeReads } = await feed(scene, options)
    await waitUntil(
      'every passage is an event',
      () => [...sentAtMs.keys()].every((key) => moves.arrivals.has(key)),
      {
        deadlineMs: 30_000,
      },
    ).catch(() => undefined)
    const portal = Array.from(sentAtMs, ([key, atMs]) => (moves.arrivals.get(key) ?? Number.NaN) - atMs)
    return {
      probeReads,
      portal: latenciesOf(portal.filter(Number.isFinite)),
      zoneMoveAboveConfirmation: { ...latenciesOf(moves.aboveConfirmationMs), confirmMs },
    }
  } finally {
    await moves.stop()
  }
}

/** When each passer's move arrived, by its external key; and how long after its confirmation each mover's did. */
interface Moves {
  readonly arrivals: ReadonlyMap<string, number>
  readonly aboveConfirmationMs: readonly number[]
  readonly stop: () => Promise<void>
}

interface MoveData {
  readonly asset: { readonly external_key: string }
  readonly from_location: unknown
}

async function watchMoves({ world, kafka }: BenchWorld): Promise<Moves> {
  const { events } = await benchCodecs(world)
  const arrivals = new Map<string, number>()
  const aboveConfirmationMs: number[] = []
  const take = ({ type, dataJson, occurredAtMs }: DomainEvent, atMs: number): void => {
    if (type !== 'asset.moved') return
    const { asset, from_location } = JSON.parse(dataJson) as MoveData
    if (asset.external_key.startsWith('PASSER-')) arrivals.set(asset.external_key, atMs)
    // The first location is confirmed by other rules.
    if (asset.external_key.startsWith('MOVER-') && from_location !== null)
      aboveConfirmationMs.push(atMs - (occurredAtMs + confirmMs))
  }
  const consumer = kafka.openConsumer({
    groupId: `${world.prefix}bench-latency`,
    topics: [`${world.prefix}events`],
    async handle(batch) {
      const atMs = wallMs()
      for (const { value } of batch.records) take(await events.decode(value), atMs)
      batch.doneThrough(batch.records.at(-1)?.offset ?? 0)
    },
    onFatal(reason, error) {
      process.stderr.write(`the events can't be watched: ${reason} ${String(error)}\n`)
    },
  })
  await consumer.start()
  return { arrivals, aboveConfirmationMs, stop: () => consumer.stop() }
}

interface Probe {
  readonly tag: string
  readonly device: string
  readonly rssiDbm: number
}

interface Fed {
  /** When each passer's read was sent, by its external key. */
  readonly sentAtMs: ReadonlyMap<string, number>
  readonly probeReads: number
}

async function feed({ world, producer }: BenchWorld, options: LatencyOptions): Promise<Fed> {
  const sentAtMs = new Map<string, number>()
  const moversDue = moversOf(options)
  const passersDue = passersOf(options)
  const recordOf = recordMaker(world)
  const beganAtMs = performance.now()
  const pending: Promise<void>[] = []
  let probeReads = 0
  for (let elapsedMs = 0; elapsedMs < options.seconds * 1_000; elapsedMs = performance.now() - beganAtMs) {
    const passing = passersDue(elapsedMs)
    const records = [...moversDue(elapsedMs), ...passing].map(recordOf)
    for (const { tag } of passing) sentAtMs.set(`PASSER-${tag}`, wallMs())
    probeReads += records.length
    if (records.length > 0) pending.push(producer.appendAll(records))
    await sleep(5)
  }
  await Promise.all(pending)
  return { sentAtMs, probeReads }
}

/**
 * Both gateways hear a mover, the one where it is 30 dB louder. Movers begin one after the other, so that they do not
 * all move at once.
 */
function moversOf({ movers }: LatencyOptions): (elapsedMs: number) => readonly Probe[] {
  const readsDone = new Int32Array(movers)
  return (elapsedMs) =>
    Array.from(readsDone, (done, mover): readonly Probe[] => {
      const ownMs = elapsedMs - (mover * legMs) / movers
      if (ownMs < done * readEveryMs) return []
      readsDone[mover] = done + 1
      const here = Math.floor(ownMs / legMs) % moverDevices.length
      const tag = benchTag('mover', mover)
      return moverDevices.map((device, index) => ({ tag, device, rssiDbm: index === here ? -50 : -80 }))
    }).flat()
}

/** Evenly over the time. */
function passersOf({ passers, seconds }: LatencyOptions): (elapsedMs: number) => readonly Probe[] {
  let passed = 0
  return (elapsedMs) => {
    const due: Probe[] = []
    for (; passed < passers && (passed * seconds * 1_000) / passers <= elapsedMs; passed++) {
      const device = portalDevices[passed % portalDevices.length] ?? ''
      due.push({ tag: benchTag('passer', passed), device, rssiDbm: -50 })
    }
    return due
  }
}

function recordMaker({ prefix, orgId }: World): (probe: Probe) => OutgoingRecord {
  let count = 0
  return ({ tag, device, rssiDbm }) => {
    count += 1
    const value = {
      org_id: orgId,
      id: `probe-${count}`,
      device,
      antenna_port: 1,
      tag: { type: 'rfid', value: tag },
      rssi_dbm: rssiDbm,
    }
    return { topic: `${prefix}reads`, key: tag, value: Buffer.from(JSON.stringify(value)) }
  }
}
