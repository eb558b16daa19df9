/**
 * Asks Kafka how far every group is behind and what the retry tiers hold: one question after the other, so that an operator who
 * looks is nobody's load. Knows no client and no names of topics.
 */
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import {
  chooseHeads,
  type GroupLag,
  groupLag,
  type Named,
  type PartitionPlace,
  type TierBacklog,
  tierBacklog,
} from './pipeline.ts'

export interface PipelinePorts {
  readonly admin: Pick<KafkaAdmin, 'endOffsets' | 'offsetsFrom' | 'committedOffsets' | 'recordTimes'>
  readonly nowMs: () => number
}

export interface PipelinePlan {
  readonly groups: readonly Named[]
  readonly tiers: readonly (Named & { readonly tier: string; readonly waitMs: number })[]
}

export interface Pipeline {
  /** Epoch ms. */
  readonly measuredAtMs: number
  readonly groups: readonly GroupLag[]
  readonly tiers: readonly TierBacklog[]
}

/**
 * Of one topic. Each costs a request and an answer of one batch, 2 MiB at most and a few KiB as a rule; who has more partitions is
 * told of those where most waits.
 */
const headsMax = 32

/** Rejects as the admin does. */
export async function readPipeline(
  { admin, nowMs }: PipelinePorts,
  { groups, tiers }: PipelinePlan,
): Promise<Pipeline> {
  const lags: GroupLag[] = []
  for (const named of groups) {
    const places = await placesOf(admin, named)
    const times = await admin.recordTimes(named.topic, chooseHeads(places, headsMax))
    lags.push(groupLag(named, places, { times, nowMs: nowMs() }))
  }
  const backlogs: TierBacklog[] = []
  for (const { tier, waitMs, ...named } of tiers) {
    const places = await placesOf(admin, named)
    const times = await admin.recordTimes(named.topic, chooseHeads(places, headsMax))
    const atMs = nowMs()
    // The broker's own stamps: the tiers have LogAppendTime, so all before this offset has waited long enough.
    const dueBelow = await admin.offsetsFrom(named.topic, atMs - waitMs)
    backlogs.push(tierBacklog({ tier, waitMs }, places, { nowMs: atMs, times, dueBelow }))
  }
  return { measuredAtMs: nowMs(), groups: lags, tiers: backlogs }
}

async function placesOf(
  admin: PipelinePorts['admin'],
  { group, topic }: Named,
): Promise<readonly PartitionPlace[]> {
  // Ends last: what is committed was written before.
  const firsts = await admin.offsetsFrom(topic, 0)
  const committed = await admin.committedOffsets(group, topic)
  const ends = await admin.endOffsets(topic)
  return ends.map((end, partition) => ({
    ...{ end, first: firsts[partition] ?? 0, committed: committed[partition] ?? null },
  }))
}
