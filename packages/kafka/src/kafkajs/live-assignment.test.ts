import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test, vi } from 'vitest'
import type { ConsumerOptions } from '../contract.ts'
import { batchHeaderBytes, type EncodableRecord, recordSizeMax, writeRecordBatch } from '../record-batch.ts'
import type { ClientContext } from './client-context.ts'
import type { FetchResult } from './exchanges.ts'
import type { Commit } from './group-membership.ts'
import { LiveAssignment } from './live-assignment.ts'

const record: EncodableRecord = { key: null, value: Buffer.from('v'), headers: [], timestampMs: 1 }

function oneRecord(): FetchResult {
  const bytes = Buffer.alloc(batchHeaderBytes + recordSizeMax(record))
  const end = writeRecordBatch(bytes, 0, [record])
  return {
    topic: 't',
    partition: 0,
    errorCode: 0,
    highWatermark: 1,
    readableEnd: 1,
    aborted: [],
    bytes: bytes.subarray(0, end),
  }
}

const context: ClientContext = {
  connection: {
    brokers: [],
    clientId: 'test',
    security: 'plaintext',
    username: '',
    password: '',
    log: silentLog,
    requestTimeoutMs: 1_000,
  },
  log: silentLog,
  metrics: openMetrics(),
  sessionTimeoutMs: 10_000,
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  random: () => 0,
}

/** An assignment of one partition whose only record is done. */
async function openAssignment(
  commitMetadata: NonNullable<ConsumerOptions['commitMetadata']>,
  commit: (commits: readonly Commit[]) => Promise<void>,
): Promise<LiveAssignment> {
  let fetches = 0
  const assignment = new LiveAssignment({
    partitions: [{ topic: 't', partition: 0 }],
    generationId: 1,
    consumer: {
      groupId: 'g',
      topics: ['t'],
      handle: async ({ doneThrough }) => doneThrough(0),
      commitMetadata,
      onFatal: () => expect.unreachable(),
    },
    context,
    session: {
      layoutOf: () => ({ errorCode: 0, leaders: [1] }),
      refresh: async () => undefined,
      // Safe: the only exchange is a fetch, and its answer is a list of results.
      withNode: (async () => (fetches++ === 0 ? [oneRecord()] : new Promise(() => undefined))) as <
        T,
      >() => Promise<T>,
    },
    membership: {
      committed: async (partitions) =>
        partitions.map((partition) => ({ ...partition, offset: 0, metadata: 'clock=1' })),
      commit,
    },
    lastHandlers: new Map(),
    onFatal: () => expect.unreachable(),
  })
  await assignment.open()
  await vi.waitFor(() => expect(assignment.lanes[0]?.committable()).toBe(1))
  return assignment
}

test('G6: a commit that was queued when the assignment ended, or comes after it, commits nothing', async () => {
  const first = Promise.withResolvers<void>()
  const commits: string[] = []
  let isOwned = true
  const assignment = await openAssignment(
    () => (isOwned ? 'clock=7' : ''),
    (list) => {
      commits.push(...list.map(({ metadata }) => metadata))
      return first.promise
    },
  )
  const underWay = assignment.commit()
  const queued = assignment.commit()
  await vi.waitFor(() => expect(commits).toEqual(['clock=7']))
  assignment.close()
  isOwned = false
  first.reject(new Error('the answer was lost'))
  await expect(underWay).rejects.toThrow('lost')
  await queued
  await assignment.commit()
  expect(commits).toEqual(['clock=7'])
})

test('G7: a partition whose owner has nothing to say of it is not committed', async () => {
  const commits: string[] = []
  let metadata: string | null = null
  const assignment = await openAssignment(
    () => metadata,
    async (list) => void commits.push(...list.map((commit) => commit.metadata)),
  )
  await assignment.commit()
  expect(commits).toEqual([])
  metadata = 'clock=8'
  await assignment.commit()
  expect(commits).toEqual(['clock=8'])
  assignment.close()
})
