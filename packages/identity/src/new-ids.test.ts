import { expect, test } from 'vitest'
import { newRequestId, newUuid } from './new-ids.ts'

test('newUuid gives version 7, each one new', () => {
  expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(Array.from({ length: 1000 }, newUuid)).size).toBe(1000)
})

test('newRequestId is a ULID that begins with the time and sorts by it', () => {
  const ids = Array.from({ length: 100 }, newRequestId)
  for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(100)
})
