/**
 * The feeding process of `bin/up`: one JSON argument (`FeedOrder`), reads into Kafka until the recording ends or
 * SIGTERM comes. A process of its own, so that `--detach` leaves it behind.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { openKafka } from '@scanhook/kafka/open'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { topicNames } from '@scanhook/schemas/topics'
import type { FeedOrder } from './feed-order.ts'
import { feedReads } from './feed-reads.ts'
import { type FeedStatus, readFeedStatus, writeFeedStatus } from './feed-status.ts'
import { openRecording, openSimulation } from './open-recording.ts'

const order = JSON.parse(process.argv[2] ?? '{}') as FeedOrder
const log = openLog({ name: 'feed', level: 'info' })
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

const before = readFeedStatus(order.statusFile)
let status: FeedStatus = before

// Written now and then only: a status per request would cost more than the requests.
const statusEveryMs = 250
let writtenAtMs = 0

function tell(change: Partial<FeedStatus>, isNow: boolean): void {
  status = { ...status, ...change }
  if (!isNow && performance.now() - writtenAtMs < statusEveryMs) return
  writtenAtMs = performance.now()
  writeFeedStatus(order.statusFile, status)
}

async function feed(): Promise<void> {
  const isSimulation = order.replayFile === null
  const recording = isSimulation ? openSimulation(order.speed) : await openRecording(order.replayFile)
  const kafka = openKafka({ KAFKA_BROKERS: order.brokers }, { log, metrics: openMetrics() })
  const producer = await kafka.openProducer()
  const topic = topicNames(order.topicPrefix).reads
  const startedAtMs = Date.now()
  const progress = await feedReads(
    {
      appendAll: (reads) => producer.appendAll(reads.map((read) => ({ topic, ...read }))),
      nowMs: Date.now,
      wait: (delayMs) => wait(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined),
      progress: ({ sentCount, virtualNowMs }) =>
        tell({ sentCount, virtualNowMs: Math.max(virtualNowMs, before.virtualNowMs) }, false),
      isStopped: () => stopping.signal.aborted,
    },
    {
      orgId: order.orgId,
      runId: randomBytes(4).toString('hex'),
      pace: {
        // The simulation is made faster by more reads, not by compressed time.
        speed: isSimulation ? 1 : order.speed,
        startedAtMs,
        virtualStartMs: Math.max(startedAtMs, before.virtualNowMs),
        offsetMs: order.offsetS * 1_000,
      },
      reads: recording.reads,
    },
  )
  await producer.close()
  tell({ sentCount: progress.sentCount, isDone: true }, true)
  log.info({ reads: progress.sentCount }, 'feed.ended')
}

await feed().catch((error: unknown) => {
  tell({ problem: error instanceof Error ? error.message : 'unknown' }, true)
  log.error({ err: error }, 'feed.failed')
  process.exitCode = 1
})
