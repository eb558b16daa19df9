/**
 * Watches a running cell from behind the proxies: what the groups have committed every 200 ms while the broker answers, and
 * every second what the processes hold and what they say about themselves.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import type { OffsetSample, ProcessSample } from './evidence.ts'

export interface Watched {
  readonly name: string
  readonly pid: () => number | null
  readonly healthUrl: string
}

export interface Observer {
  readonly offsets: () => readonly OffsetSample[]
  readonly processes: () => readonly ProcessSample[]
  /** The lag now, in words, by group and topic; empty when there is none. Waits until the broker answers. */
  readonly lagging: () => Promise<readonly string[]>
  readonly stop: () => Promise<void>
}

/** §4.3 I7. */
const offsetsEveryMs = 200
const processesEveryMs = 1_000
/** Ticks of four partitions, one a second each, that the tracker commits with its next states: some 15 s of them. */
const trackerLagMax = 60

const watchedMetrics = [
  'scanhook_inflight_requests',
  'scanhook_dispatcher_unsettled',
  'scanhook_dispatcher_waiting',
  'scanhook_kafka_consumer_lag_records',
  'scanhook_kafka_consumer_lag_seconds',
  'scanhook_breakers',
] as const

/** Which group reads what; the producer's own topics are those of the configuration's default. */
export function groupsOf(topics: TopicNames): readonly { readonly group: string; readonly topic: string }[] {
  return [
    { group: 'producer', topic: topics.reads },
    { group: 'producer', topic: topics.businessEvents },
    { group: 'tracker', topic: topics.scans },
    { group: 'router', topic: topics.events },
    { group: 'dispatcher', topic: topics.deliveries },
    ...Object.values(topics.retry).map((topic) => ({ group: 'retry', topic })),
    { group: 'recorder', topic: topics.events },
    { group: 'recorder', topic: topics.attempts },
    { group: 'recorder', topic: topics.assetSeen },
    { group: 'notifier', topic: topics.endpointEvents },
  ]
}

/** Sums of the watched metrics over their labels, out of the text that Prometheus reads. */
export function parseMetrics(text: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const name of watchedMetrics) {
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.eE+-]+)$`, 'gm'))]
    if (values.length > 0) sums[name] = values.reduce((sum, [, value]) => sum + Number(value), 0)
  }
  return sums
}

function processOf(pid: number): Pick<ProcessSample, 'rssBytes' | 'fds' | 'sockets'> | null {
  try {
    const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        return ''
      }
    })
    const sockets = links.filter((link) => link.startsWith('socket:')).length
    return { rssBytes: rssKb * 1_024, fds: links.length, sockets }
  } catch {
    // It died between two looks, which in some cells is the point.
    return null
  }
}

async function sampleProcess({ name, pid, healthUrl }: Watched): Promise<ProcessSample | null> {
  const id = pid()
  const held = id === null ? null : processOf(id)
  if (held === null) return null
  const metrics = await fetch(`${healthUrl}/metrics`, { signal: AbortSignal.timeout(500) })
    .then((response) => response.text())
    .then(parseMetrics)
    .catch(() => ({}))
  return { atMs: Date.now(), service: name, ...held, metrics }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms))
  })

/** Starts watching; `brokers` is the way behind the proxies. */
export async function startObserver(options: {
  readonly brokers: string
  readonly prefix: string
  readonly watched: readonly Watched[]
}): Promise<Observer> {
  const { brokers, prefix, watched } = options
  const pairs = groupsOf(topicNames(prefix))
  const admin = await openTestKafka({ KAFKA_BROKERS: brokers }, 'chaos-observer').openAdmin()
  const offsets: OffsetSample[] = []
  const processes: ProcessSample[] = []
  let isOn = true

  const look = async (from: KafkaAdmin, pair: { group: string; topic: string }): Promise<OffsetSample> => {
    const committed = await from.committedOffsets(`${prefix}${pair.group}`, pair.topic)
    // Taken when the answer is here: a successor that was written until then was there in time.
    const atMs = Date.now()
    return { ...pair, atMs, committed, ends: await from.endOffsets(pair.topic) }
  }
  const watchOffsets = async (): Promise<void> => {
    while (isOn) {
      const nextAtMs = performance.now() + offsetsEveryMs
      for (const pair of pairs) {
        if (!isOn) return
        // The client itself gives up in a long outage; nobody can look then, and the next look finds what came of it.
        const sample = await look(admin, pair).catch(() => null)
        if (sample !== null) offsets.push(sample)
      }
      await pause(nextAtMs - performance.now())
    }
  }
  const watchProcesses = async (): Promise<void> => {
    while (isOn) {
      const nextAtMs = performance.now() + processesEveryMs
      const found = await Promise.all(watched.map(sampleProcess))
      processes.push(...found.flatMap((sample) => (sample === null ? [] : [sample])))
      await pause(nextAtMs - performance.now())
    }
  }
  const watching = Promise.all([watchOffsets(), watchProcesses()])
  // Told at `stop`.
  watching.catch(() => undefined)
  return {
    offsets: () => offsets,
    processes: () => processes,
    lagging: async () => {
      const samples = await Promise.all(pairs.map((pair) => look(admin, pair).catch(() => null)))
      if (samples.includes(null)) return ['nobody could look']
      return samples.flatMap((sample) => {
        if (sample === null) return []
        const { group, topic, committed, ends } = sample
        const lag = ends.reduce((sum, end, partition) => sum + end - (committed[partition] ?? 0), 0)
        return lag > (group === 'tracker' ? trackerLagMax : 0)
          ? [`${group} has ${lag} records of ${topic}`]
          : []
      })
    },
    stop: async () => {
      isOn = false
      await watching
      await admin.close()
    },
  }
}
