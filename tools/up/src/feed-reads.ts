/** Sends a recording's reads to the `reads` topic at their time. Knows Kafka through one port, and the wall clock. */
import type { RecordedRead } from '@scanhook/replay/recording'
import { type Pace, paceRead } from './pace-reads.ts'

export interface OutgoingRead {
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface FeedPorts {
  /** Resolves when acknowledged. */
  readonly appendAll: (reads: readonly OutgoingRead[]) => Promise<void>
  readonly nowMs: () => number
  readonly wait: (delayMs: number) => Promise<void>
  readonly progress: (progress: FeedProgress) => void
  readonly isStopped: () => boolean
}

export interface FeedProgress {
  readonly sentCount: number
  /** Virtual time of the last read sent; 0 where no virtual time was used. */
  readonly virtualNowMs: number
}

export interface Feed {
  readonly orgId: number
  /** Makes the ids of this run's reads unlike those of any other: a replay is not a redelivery. */
  readonly runId: string
  readonly pace: Pace
  readonly reads: AsyncIterable<RecordedRead> | Iterable<RecordedRead>
}

/** Reads that are due within this time go in one request: far below what a person or a rule notices. */
const togetherMs = 10
/** A request stays well below a megabyte. */
const togetherMax = 2_000

/** Resolves when the recording has ended or the feed was stopped. */
export async function feedReads(ports: FeedPorts, feed: Feed): Promise<FeedProgress> {
  let sentCount = 0
  let virtualNowMs = 0
  let waiting: OutgoingRead[] = []

  async function send(): Promise<void> {
    if (waiting.length === 0) return
    await ports.appendAll(waiting)
    sentCount += waiting.length
    waiting = []
    ports.progress({ sentCount, virtualNowMs })
  }

  let index = 0
  for await (const read of feed.reads) {
    if (ports.isStopped()) break
    const paced = paceRead(feed.pace, read.atMs)
    if (paced === null) continue
    const earlyMs = paced.sendAtMs - ports.nowMs()
    if (earlyMs > togetherMs || waiting.length >= togetherMax) {
      await send()
      if (earlyMs > togetherMs) await ports.wait(earlyMs)
    }
    virtualNowMs = paced.receivedAtMs ?? 0
    waiting.push(
      outgoingRead(feed, read, { id: `${feed.runId}-${index++}`, receivedAtMs: paced.receivedAtMs }),
    )
  }
  await send()
  return { sentCount, virtualNowMs }
}

interface Marks {
  readonly id: string
  readonly receivedAtMs: number | null
}

/** Our JSON form of a read. One tag's reads share a key, so they stay in order. */
function outgoingRead(feed: Feed, read: RecordedRead, { id, receivedAtMs }: Marks): OutgoingRead {
  const json = {
    org_id: feed.orgId,
    id,
    device: read.device,
    antenna_port: read.antennaPort,
    tag: read.tag,
    ...(read.rssiDbm === null ? {} : { rssi_dbm: read.rssiDbm }),
  }
  return {
    key: `${feed.orgId}:${read.tag.value}`,
    value: Buffer.from(JSON.stringify(json)),
    headers: receivedAtMs === null ? {} : { 'scanhook-received-at': `${receivedAtMs}` },
  }
}
