import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import type { UnknownTagCount } from '@scanhook/postgres/unknown-tags'
import { expect, test } from 'vitest'
import type { Arrival } from './arrival.ts'
import { unknownTags } from './unknown-tags.ts'

const nowMs = 1_795_444_931_794

function arrival(tagValue: string, change: Partial<ScanRead> = {}, receivedAtMs: number = nowMs): Arrival {
  const read: ScanRead = {
    orgId: orgId(7),
    readId: null,
    deviceKey: 'dock-3',
    antennaPort: null,
    tagType: 'rfid',
    tagValue,
    readAtMs: null,
    rssiCdbm: null,
    reads: 1,
    position: null,
    ...change,
  }
  return { read, receivedAtMs, readAtMs: null, clockAtMs: null, coordinate: '', headers: {} }
}

function world() {
  const written: (readonly UnknownTagCount[])[] = []
  const state = { fate: 'good' as 'good' | 'again' | 'never', dropped: 0 }
  const tags = unknownTags({
    write: async (counts) => {
      if (state.fate !== 'good') throw new Error(state.fate)
      written.push(counts)
    },
    dropped: (count) => {
      state.dropped += count
    },
    failed: () => (state.fate === 'never' ? 'never' : 'again'),
  })
  return { tags, written, state }
}

test('reads of one tag in all its spellings are one count, with what its last read said', async () => {
  const { tags, written } = world()
  tags.note(arrival('e2:80', { reads: 3, rssiCdbm: -6_000, antennaPort: 2 }, nowMs + 5))
  tags.note(arrival('00E280', { rssiCdbm: -5_000, deviceKey: 'dock-4' }, nowMs))
  tags.note(arrival('E280', { orgId: orgId(8) }))
  await tags.flush()
  expect(written).toMatchObject([
    [
      {
        orgId: 7,
        matchKey: 'E280',
        value: 'e2:80',
        reads: 4,
        firstSeenMs: nowMs,
        lastSeenMs: nowMs + 5,
        lastDeviceKey: 'dock-3',
        lastAntennaPort: 2,
        rssiMaxCdbm: -5_000,
      },
      { orgId: 8, matchKey: 'E280', reads: 1, lastAntennaPort: 1, rssiMaxCdbm: null },
    ],
  ])
  await tags.flush()
  expect(written).toHaveLength(1)
})

test('T1: when memory is full the least read go, counted', async () => {
  const { tags, written, state } = world()
  for (let n = 0; n <= 50_000; n += 1) tags.note(arrival(`F${n.toString(16)}`, { reads: n === 3 ? 1 : 2 }))
  expect(tags.size()).toBe(45_001)
  expect(state.dropped).toBe(5_000)
  await tags.flush()
  expect(written.flat().some(({ matchKey }) => matchKey === 'F3')).toBe(false)
  expect(written.every((part) => part.length <= 1_000)).toBe(true)
})

test('T2: while the store is away counts wait and add up; what it refuses for good is dropped', async () => {
  const { tags, written, state } = world()
  state.fate = 'again'
  tags.note(arrival('E280'))
  await tags.flush()
  tags.note(arrival('E280'))
  state.fate = 'good'
  await tags.flush()
  expect(written).toMatchObject([[{ reads: 2 }]])
  state.fate = 'never'
  tags.note(arrival('E280'))
  await tags.flush()
  expect([state.dropped, tags.size()]).toEqual([1, 0])
})
