import { expect, test } from 'vitest'
import { changesOf } from './changes-of.ts'

const current = {
  name: 'A',
  description: null,
  metadata: { a: 1, b: { c: 2 } },
  tags: [{ id: 1, tag_type: 'rfid', value: 'E2', is_active: true }],
}

test.each([
  [{}, []],
  [current, []],
  [{ description: null }, []],
  [{ metadata: { b: { c: 2 } } }, []],
  [{ metadata: { z: null } }, []],
  [{ metadata: { a: null } }, ['metadata']],
  [{ metadata: { b: { d: 3 } } }, ['metadata']],
  [{ name: 'B' }, ['name']],
  [{ tags: [] }, []],
  [{ tags: [{ tag_type: 'rfid', value: 'E2' }] }, []],
  [{ tags: [{ tag_type: 'ble', value: 'E2' }] }, ['tags']],
  [{ tags: [{ tag_type: 'rfid', value: 'E2', colour: 'red' }] }, ['tags']],
  [{ tags: ['E2'] }, ['tags']],
  [{ unknown: 1, name: 'A' }, ['unknown']],
])('of %j changes %j', (patch, names) => {
  const changes = changesOf(current, patch)
  expect(Object.keys(changes)).toEqual(names)
  for (const name of names) expect(changes[name]).toEqual((patch as Record<string, unknown>)[name])
})
