import { expect, test } from 'vitest'
import { freshTags } from './fresh-tags.ts'

const current = [
  { id: 1, tag_type: 'rfid' as const, value: 'E280AA', is_active: true },
  { id: 2, tag_type: 'barcode' as const, value: '4006381333931', is_active: false },
]
const rfid = (value: string) => ({ tag_type: 'rfid' as const, value })
const indexesOf = (given: Parameters<typeof freshTags>[1]): readonly number[] => {
  const found = freshTags(current, given)
  return found.ok ? found.fresh.map(({ index }) => index) : []
}

test.each([
  ['nothing', [], []],
  ['what it has', [rfid('E280AA')], []],
  ['what it has, in another spelling', [rfid('00 e280aa')], []],
  ['what it has, as an export says it', current, []],
  ['a new one beside', [rfid('E280AA'), rfid('E280AB')], [1]],
  ['a new one twice, in two spellings', [rfid('E280AB'), rfid('e280ab')], [0]],
])('%s: the new ones by their place', (_, given, indexes) => {
  expect(indexesOf(given)).toEqual(indexes)
  expect(freshTags(current, given).ok).toBe(true)
})

test.each([
  ['another kind', { tag_type: 'ble' as const, value: 'E280AA' }, 'tags.0.tag_type'],
  ['another state', { ...rfid('E280AA'), is_active: false }, 'tags.0.is_active'],
  ['an id of another', { ...rfid('E280AA'), id: 9 }, 'tags.0.id'],
  ['an id of nobody', { ...rfid('E280AB'), id: 9 }, 'tags.0.id'],
])('%s is refused, and named', (_, given, field) => {
  expect(freshTags(current, [given])).toMatchObject({ ok: false, problems: [{ field, code: 'read_only' }] })
})
