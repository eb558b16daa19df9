import { expect, test } from 'vitest'
import { typeOf } from './tag-types.ts'

test.each([
  ['ble', 'ble'],
  ['gps', 'gps'],
  [null, 'rfid'],
  ['<b>nfc</b>', 'rfid'],
])('reads that say %s make it %s', (said, type) => {
  expect(typeOf({ tag_type: said })).toBe(type)
})
