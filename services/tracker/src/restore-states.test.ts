import type { AssetState } from '@scanhook/domain/asset-state'
import { assetId, orgId } from '@scanhook/domain/ids'
import type { KafkaRecord } from '@scanhook/kafka/record'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { restoreStates } from './restore-states.ts'

function stateAt(offset: number): AssetState {
  return {
    orgId: orgId(1),
    asset: { id: assetId(1), externalKey: 'A', name: 'A' },
    path: [],
    visits: [],
    isPresent: false,
    lastSeenMs: 0,
    lastTransitionMs: null,
    candidate: null,
    sightings: [],
    sequence: 0,
    previousEventId: null,
    lastScanJson: '',
    offset,
  }
}

interface Written {
  readonly partition: number
  readonly key: string
  /** Null is a tombstone. */
  readonly offset: number | null
}

function recordsOf(log: readonly Written[]): KafkaRecord[] {
  return log.map(({ partition, key, offset }, position) => ({
    topic: 'asset-state',
    partition,
    offset: position,
    timestampMs: 0,
    key: Buffer.from(key),
    value: offset === null ? null : Buffer.from(`${offset}`),
    headers: {},
  }))
}

type Decode = (bytes: Buffer) => AssetState | Promise<AssetState>
const atOnce: Decode = (bytes) => stateAt(Number(bytes.toString()))

async function restored(log: readonly Written[], decodeState: Decode = atOnce) {
  const readToEnd = async (_partitions: readonly number[], apply: (record: KafkaRecord) => void) =>
    recordsOf(log).forEach(apply)
  return restoreStates({ readToEnd, decodeState }, [0, 1])
}

const logs = fc.array(
  fc.record({
    partition: fc.constantFrom(0, 1),
    key: fc.constantFrom('a', 'b', 'c'),
    offset: fc.option(fc.nat(30), { freq: 8 }),
  }),
  { maxLength: 40 },
)

function modelOf(
  log: readonly Written[],
  partition: number,
): { offsets: Map<string, number>; stale: Set<string> } {
  const offsets = new Map<string, number>()
  const stale = new Set<string>()
  for (const { partition: own, key, offset } of log) {
    if (own !== partition) continue
    stale.delete(key)
    if (offset === null) offsets.delete(key)
    else if ((offsets.get(key) ?? -1) > offset) stale.add(key)
    else offsets.set(key, offset)
  }
  return { offsets, stale }
}

test('R1, R2: the state that contains the most counts, and a key whose newest record is older is reported', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.boolean(), async (log, isLater) => {
      // A decoder that has to look a schema up first must lead to the same.
      const decode: Decode = isLater ? async (bytes) => atOnce(bytes) : atOnce
      const found = await restored(log, decode)
      for (const partition of [0, 1]) {
        const { offsets, stale } = modelOf(log, partition)
        const { states, overwritten } = found.get(partition) ?? { states: new Map(), overwritten: new Set() }
        expect(new Map(Array.from(states, ([key, state]) => [key, state.offset]))).toEqual(offsets)
        expect(overwritten).toEqual(stale)
      }
    }),
  )
})

test('a state that can not be decoded is not passed over', async () => {
  const log = [
    { partition: 0, key: 'a', offset: 1 },
    { partition: 0, key: 'b', offset: 2 },
  ]
  const thrown: Decode = (bytes) => {
    if (bytes.toString() === '2') throw new Error('unreadable')
    return atOnce(bytes)
  }
  await expect(restored(log, thrown)).rejects.toThrow('unreadable')
  const rejected: Decode = (bytes) =>
    bytes.toString() === '1' ? Promise.reject(new Error('unreadable')) : atOnce(bytes)
  await expect(restored(log, rejected)).rejects.toThrow('unreadable')
})
