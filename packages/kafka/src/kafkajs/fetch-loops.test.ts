import { silentLog } from '@scanhook/observability/log'
import { expect, test, vi } from 'vitest'
import type { UndecodableBatch } from '../contract.ts'
import { batchHeaderBytes, type EncodableRecord, recordSizeMax, writeRecordBatch } from '../record-batch.ts'
import type { FetchPart, FetchResult } from './exchanges.ts'
import { type Fetched, FetchLoops, type FetchSource, type FetchTarget } from './fetch-loops.ts'

const one: EncodableRecord = { key: null, value: Buffer.from('v'), headers: [], timestampMs: 1 }

function batchAt(offset: number): Buffer {
  const bytes = Buffer.alloc(batchHeaderBytes + recordSizeMax(one))
  const end = writeRecordBatch(bytes, 0, [one])
  bytes.writeBigInt64BE(BigInt(offset), 0)
  return bytes.subarray(0, end)
}

function answer(part: FetchPart, change: Partial<FetchResult> = {}): FetchResult {
  const { topic, partition } = part
  return {
    topic,
    partition,
    errorCode: 0,
    highWatermark: 9,
    readableEnd: 9,
    aborted: [],
    bytes: Buffer.alloc(0),
    ...change,
  }
}

class Target implements FetchTarget {
  readonly topic = 't'
  readonly partition: number
  readonly accepted: Fetched[] = []
  wanted: number | null = 0
  moved: number[] = []
  asked = 0

  constructor(partition = 0) {
    this.partition = partition
  }

  wantedOffset(): number | null {
    return this.wanted
  }

  accept(fetched: Fetched): void {
    this.accepted.push(fetched)
    this.wanted = fetched.nextOffset
  }

  moveTo(offset: number): void {
    this.moved.push(offset)
    this.wanted = offset
  }

  noteAsked(): void {
    this.asked += 1
  }
}

interface Run {
  readonly loops: FetchLoops
  readonly fatal: string[]
}

function run(
  targets: readonly FetchTarget[],
  source: Partial<FetchSource>,
  onUndecodable?: (batch: UndecodableBatch) => Promise<void>,
): Run {
  const fatal: string[] = []
  const loops = new FetchLoops({
    source: {
      leaderOf: () => 1,
      refresh: async () => undefined,
      fetch: () => new Promise(() => undefined),
      earliest: async () => 0,
      ...source,
    },
    targets,
    maxBytes: 1_000,
    partitionMaxBytes: 1_000,
    maxWaitMs: 1,
    log: silentLog,
    random: () => 0,
    onUndecodable,
    onFatal: (reason) => fatal.push(reason),
  })
  loops.start()
  return { loops, fatal }
}

const never = new Promise<never>(() => undefined)

test('F1: an answer to an offset that is not wanted any more is dropped', async () => {
  const target = new Target()
  const asked: number[] = []
  const { loops } = run([target], {
    fetch: async (_node, [part]) => {
      if (part === undefined) return never
      asked.push(part.offset)
      if (asked.length > 2) return never
      if (asked.length === 1) target.wanted = 5 // Rewound while the fetch was under way.
      return [answer(part, { bytes: batchAt(part.offset) })]
    },
  })
  await vi.waitFor(() => expect(asked).toEqual([0, 5, 6]))
  expect(target.accepted.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([5])
  loops.stop()
})

test('F2: nothing is delivered after stop', async () => {
  const target = new Target()
  const fetching = Promise.withResolvers<readonly FetchResult[]>()
  const { loops } = run([target], { fetch: () => fetching.promise })
  loops.stop()
  fetching.resolve([answer({ topic: 't', partition: 0, offset: 0, maxBytes: 1 }, { bytes: batchAt(0) })])
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(target.accepted).toEqual([])
})

test('F3: failures are tried again with fresh leaders, and count as having asked', async () => {
  const target = new Target()
  let leader = -1
  let calls = 0
  const { loops, fatal } = run([target], {
    leaderOf: () => leader,
    refresh: async () => {
      leader += 1
    },
    fetch: async (node, [part]) => {
      calls += 1
      if (calls === 1) throw new Error('connection lost')
      if (calls === 2 && part !== undefined) return [answer(part, { errorCode: 6 })] // NOT_LEADER_FOR_PARTITION
      return node < 2 || part === undefined || calls > 3 ? never : [answer(part, { bytes: batchAt(0) })]
    },
  })
  await vi.waitFor(() => expect(target.accepted).toHaveLength(1))
  expect(leader).toBe(2)
  expect(target.asked).toBeGreaterThanOrEqual(3)
  expect(fatal).toEqual([])
  loops.stop()
})

test('F3: bytes that can not be read are fatal, once, instead of being fetched for ever', async () => {
  const target = new Target()
  const bytes = batchAt(0)
  bytes[16] = 0
  let calls = 0
  const { fatal } = run([target], {
    fetch: async (_node, [part]) => {
      calls += 1
      return part === undefined ? never : [answer(part, { bytes })]
    },
  })
  await vi.waitFor(() => expect(fatal).toHaveLength(1))
  expect(calls).toBe(1)
  expect(target.accepted).toEqual([])
})

test('an answer without any bytes below the end means that nothing is left there; an answer that is full does not', async () => {
  const [first, second] = [new Target(0), new Target(1)]
  let calls = 0
  const { loops } = run([first, second], {
    fetch: async (_node, parts) => {
      calls += 1
      if (calls > 2) return never
      // First the other partition took all the room, then there is really nothing.
      return parts.map((part) =>
        answer(part, calls === 1 && part.partition === 0 ? { bytes: batchAt(0) } : {}),
      )
    },
  })
  await vi.waitFor(() => expect(calls).toBe(3))
  expect(second.accepted.map(({ nextOffset }) => nextOffset)).toEqual([0, 9])
  expect(first.accepted.map(({ nextOffset }) => nextOffset)).toEqual([1, 9])
  loops.stop()
})

test('an offset that is gone goes on at the earliest that is left', async () => {
  const target = new Target()
  const { loops } = run([target], {
    earliest: async () => 42,
    fetch: async (_node, [part]) =>
      part === undefined || part.offset === 42 ? never : [answer(part, { errorCode: 1 })],
  })
  await vi.waitFor(() => expect(target.moved).toEqual([42]))
  loops.stop()
})

test('a partition that wants nothing is left out, and asked for again when woken', async () => {
  const [busy, idle] = [new Target(0), new Target(1)]
  idle.wanted = null
  busy.wanted = null
  const asked: number[][] = []
  const { loops } = run([busy, idle], {
    fetch: async (_node, parts) => {
      asked.push(parts.map(({ partition }) => partition))
      return never
    },
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(asked).toEqual([])
  busy.wanted = 0
  loops.wake()
  await vi.waitFor(() => expect(asked).toEqual([[0]]))
  loops.stop()
})

test.each([
  ['it refused, to a leader whose loop is asleep', true, true],
  ['it refused, to a leader that had none', true, false],
  ['somebody else looked it up, to a leader whose loop is asleep', false, true],
  ['somebody else looked it up, to a leader that had none', false, false],
])('F5: a partition that moves because %s, is asked for there', async (_, isRefused, hadLoop) => {
  const [moving, sleeping] = [new Target(0), new Target(1)]
  sleeping.wanted = null
  let leader = 1
  const asked: string[] = []
  const firstAnswer = Promise.withResolvers<void>()
  const { loops } = run(hadLoop ? [moving, sleeping] : [moving], {
    leaderOf: ({ partition }) => (partition === 1 ? 2 : leader),
    refresh: async () => {
      leader = 2
    },
    fetch: async (node, [part]) => {
      asked.push(`${node}: ${part?.partition}`)
      if (node === 2 || part === undefined) return never
      await firstAnswer.promise
      // NOT_LEADER_OR_FOLLOWER, or nothing new.
      return [answer(part, { errorCode: isRefused ? 6 : 0, readableEnd: 0 })]
    },
  })
  await vi.waitFor(() => expect(asked).toEqual(['1: 0']))
  if (!isRefused) leader = 2
  firstAnswer.resolve()
  await vi.waitFor(() => expect(asked.at(-1)).toBe('2: 0'))
  loops.stop()
})

/** A gzip batch that isn't one: what is before the records is whole. */
function damagedAt(offset: number): Buffer {
  const bytes = Buffer.from(batchAt(offset))
  bytes.writeInt16BE(1, 21)
  return bytes
}

test('F4: a batch that can not be read is handed over, and reading goes on behind it', async () => {
  const target = new Target()
  const asked: number[] = []
  const told: UndecodableBatch[] = []
  const handedOver = Promise.withResolvers<void>()
  const { loops, fatal } = run(
    [target],
    {
      fetch: async (_node, [part]) => {
        if (part === undefined || part.offset > 2) return never
        asked.push(part.offset)
        const batches = [batchAt(0), damagedAt(1), batchAt(2)].slice(part.offset)
        return [answer(part, { bytes: Buffer.concat(batches) })]
      },
    },
    (batch) => {
      told.push(batch)
      return handedOver.promise
    },
  )
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told).toMatchObject([{ topic: 't', partition: 0, baseOffset: 1, lastOffset: 1 }])
  expect(told[0]?.reason).toMatch('codec 1')
  expect(told[0]?.bytes.equals(damagedAt(1))).toBe(true)
  // What came before it is there already; what comes behind it waits until it is safe.
  expect(target.accepted.map(({ nextOffset }) => nextOffset)).toEqual([1])
  handedOver.resolve()
  await vi.waitFor(() => expect(target.wanted).toBe(3))
  expect(target.accepted.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([0, 2])
  expect(asked).toEqual([0, 1, 2])
  expect(fatal).toEqual([])
  loops.stop()
})

test('F4: a partition that is read again from before such a batch does not hand it over again', async () => {
  const target = new Target()
  let told = 0
  const { loops } = run(
    [target],
    {
      fetch: async (_node, [part]) =>
        part === undefined || part.offset > 0 ? never : [answer(part, { bytes: damagedAt(0) })],
    },
    async () => {
      told += 1
    },
  )
  await vi.waitFor(() => expect(target.wanted).toBe(1))
  target.wanted = 0
  loops.wake()
  await new Promise((resolve) => setTimeout(resolve, 20))
  target.wanted = 0
  loops.stop()
  expect(told).toBe(1)
})

test('F2, F4: what is handed over while the loops end moves nobody', async () => {
  const target = new Target()
  const handedOver = Promise.withResolvers<void>()
  let told = 0
  const { loops, fatal } = run(
    [target],
    {
      fetch: async (_node, [part]) => (part === undefined ? never : [answer(part, { bytes: damagedAt(0) })]),
    },
    () => {
      told += 1
      return handedOver.promise
    },
  )
  await vi.waitFor(() => expect(told).toBe(1))
  loops.stop()
  handedOver.reject(new Error('closed'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect([target.accepted, fatal]).toEqual([[], []])
})

test('F4: a header that names offsets which can not be is fatal all the same', async () => {
  const target = new Target()
  const bytes = damagedAt(0)
  bytes.writeInt32BE(1_000, 23)
  const { fatal } = run(
    [target],
    { fetch: async (_node, [part]) => (part === undefined ? never : [answer(part, { bytes })]) },
    () => expect.unreachable(),
  )
  await vi.waitFor(() => expect(fatal).toHaveLength(1))
})
