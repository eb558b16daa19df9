/**
 * How long a tracker that begins anew takes until it has the states of all its assets, through Kafka: writes them to
 * `asset-state` as a tracker would, starts one, and waits for `/readyz` and its count of assets. The time of a start without states, measured
 * before, says how much of it is restoring.
 */
import { orgId } from '@scanhook/domain/ids'
import { choosePartition } from '@scanhook/kafka/choose-partition'
import { assetKey } from '@scanhook/schemas/keys'
import { waitUntil } from '../harness/wait-until.ts'
import { startServices } from '../harness/world.ts'
import { type BenchWorld, benchCodecs } from './bench-world.ts'
import { deriveState } from './derive-state.ts'
import { figuresOfTree } from './process-figures.ts'
import { readMetric } from './read-metric.ts'

export interface RestoreFigures {
  readonly assets: number
  readonly partitions: number
  /** From the start of the process until it is ready and has all of them. */
  readonly restoredSeconds: number
  /** From the start of the process until it is ready, when there is none. */
  readonly emptyReadySeconds: number
  /** On the topic, key included. */
  readonly bytesPerState: number
  /** What the tracker's own gauge says of packed states, index and timers. */
  readonly packedBytesPerAsset: number
  readonly residentMiB: number
}

/** Their timers must not go off while other things are measured. */
const heardAheadMs = 4 * 3_600_000
const recordsPerAppend = 2_000

/** The tracker is not running yet; it runs when this resolves, with all those assets in its memory. */
export async function measureRestore(scene: BenchWorld, assets: number): Promise<RestoreFigures> {
  const { world, admin } = scene
  const emptyReadySeconds = await startTracker(scene)
  await world.services.tracker.terminate()
  const bytes = await writeStates(scene, assets)
  const beganAtMs = performance.now()
  await startTracker(scene)
  // Ready is said when the first partitions are there.
  await waitUntil(
    'all assets are known',
    async () => (await readMetric(world.services.tracker, 'scanhook_assets_tracked')) >= assets,
  )
  const restoredSeconds = (performance.now() - beganAtMs) / 1_000
  return {
    assets,
    partitions: await admin.partitionCount(`${world.prefix}asset-state`),
    restoredSeconds,
    emptyReadySeconds,
    bytesPerState: bytes / assets,
    packedBytesPerAsset: (await readMetric(world.services.tracker, 'scanhook_asset_state_bytes')) / assets,
    residentMiB: figuresOfTree(world.services.tracker.pid() ?? 0).rssBytes / 2 ** 20,
  }
}

async function startTracker({ world }: BenchWorld): Promise<number> {
  const beganAtMs = performance.now()
  await startServices(world, ['tracker'])
  return (performance.now() - beganAtMs) / 1_000
}

async function writeStates({ world, producer, admin }: BenchWorld, assets: number): Promise<number> {
  const topic = `${world.prefix}asset-state`
  const partitions = await admin.partitionCount(topic)
  const { assetState } = await benchCodecs(world)
  const seenAtMs = Date.now() + heardAheadMs
  let bytes = 0
  for (let start = 0; start < assets; start += recordsPerAppend) {
    const records = Array.from({ length: Math.min(recordsPerAppend, assets - start) }, (_, offset) => {
      const state = deriveState(orgId(world.orgId), start + offset, seenAtMs)
      const key = Buffer.from(assetKey(state.orgId, state.asset.id))
      const value = assetState.encode(state)
      bytes += key.length + value.length
      return { topic, key, value, partition: choosePartition(key, partitions) }
    })
    await producer.appendAll(records)
  }
  return bytes
}
