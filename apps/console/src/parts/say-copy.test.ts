import { expect, test } from 'vitest'
import { sayCopy } from './say-copy.ts'

test.each([
  ['the headers of the request', 'headers of the request', ''],
  ['the link to this delivery', 'link', ' to this delivery'],
  ['the program in Go', 'program', ' in Go'],
  ['as curl', 'as curl', ''],
  ['before', 'before', ''],
  ['the client secret', 'client secret', ''],
  ['the example of asset.moved.by.hand', 'example', ' of asset.moved.by.hand'],
])('%s: %s is seen', (what, seen, heard) => {
  expect(sayCopy(what)).toEqual({ seen, heard })
})
