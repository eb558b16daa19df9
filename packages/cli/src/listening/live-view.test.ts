import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  emptyView,
  pressed,
  renderView,
  rowsMax,
  summaryOf,
  type View,
  withAnswer,
  withRequest,
} from './live-view.ts'
import type { RelayedRequest } from './relayed-request.ts'

const size = { columns: 60, rows: 12 }
const begun = emptyView({ webhookId: 7, secret: 'whsec_x', target: 'http://localhost:3000/' })
const request = (id: string, more: Partial<RelayedRequest> = {}): RelayedRequest => ({
  ...{
    id,
    eventId: id,
    eventType: 'asset.moved',
    headers: [['Webhook-Id', id]],
    body: Buffer.from('{"a":[1]}'),
  },
  ...more,
})
const answer = (status: number) => ({ status, headers: { 'x-b': 'c' }, body: Buffer.from('no') })
const withAll = (view: View, ids: readonly string[]): View =>
  ids.reduce((given, id) => withRequest(given, request(id)), view)
const press = (view: View, ...keys: readonly string[]): View =>
  keys.reduce((given, key) => pressed(given, key, size).view, view)
const chosenId = ({ rows, chosen }: View): string | undefined => rows[chosen]?.request.id

/** Without our own colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const plain = (line: string): string => line.replace(/\u001b\[\d+m/g, '')

test('V1, V2: whatever came, every line fits and gives the terminal no order', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('a', '\u001b[2J', '\u0007', '\u202e', '\r', '\n', '\u009b', '\t', '😀'),
  })
  const keys = fc.array(fc.constantFrom('j', 'k', 'd', 'G', 'pagedown', 'escape', 'x'))
  const sizes = fc.record({ columns: fc.integer({ min: 1, max: 90 }), rows: fc.integer({ min: 1, max: 30 }) })
  fc.assert(
    fc.property(hostile, fc.uint8Array(), keys, sizes, (text, bytes, pressedKeys, at) => {
      const came = request('1', {
        ...{ eventId: text, eventType: text, headers: [[text, text]], body: Buffer.from(bytes) },
      })
      const answered = { status: 200, headers: { a: text }, body: Buffer.from(text) }
      const view = withAnswer(withRequest({ ...begun, target: text }, came), came, answered, 1)
      const lines = renderView({ ...press(view, ...pressedKeys), note: text }, at, true)
      expect(lines.length).toBeLessThanOrEqual(at.rows)
      for (const line of lines) {
        expect([...plain(line)].length).toBeLessThanOrEqual(at.columns)
        expect(plain(line)).not.toMatch(/[\p{Cc}\u202e]/u)
      }
    }),
  )
})

test('V2: without colour the same is said', () => {
  const view = withAnswer(withAll(begun, ['a', 'b']), request('a'), answer(500), 12.4)
  const coloured = renderView(view, size, true)
  const uncoloured = renderView(view, size, false)
  expect(coloured.map(plain)).toEqual(uncoloured)
  expect(uncoloured).toContain('  <-- [500] 12 ms    asset.moved [a]')
  expect(uncoloured).toContain('> --> asset.moved [b]')
})

test('V3: who has chosen a row keeps it while others come; who looks at the newest goes with it', () => {
  const three = withAll(begun, ['a', 'b', 'c'])
  expect(chosenId(three)).toBe('c')
  const looking = press(three, 'k')
  expect(chosenId(withAll(looking, ['d', 'e']))).toBe('b')
  const reading = press(three, 'd')
  expect(chosenId(withAll(reading, ['d']))).toBe('c')
  const many = withAll(
    looking,
    Array.from({ length: rowsMax }, (_, index) => `${index}`),
  )
  expect(many.rows.length).toBe(rowsMax)
  expect(many.chosen).toBe(0)
})

test('keys: choose, look closer, and what is wished for', () => {
  const view = withAll(begun, ['a', 'b', 'c'])
  const ids = ['k', 'up', 'g', 'j', 'down', 'G', 'home', 'end'].map((key) => chosenId(press(view, key)))
  expect(ids).toEqual(['b', 'b', 'a', 'c', 'c', 'c', 'a', 'c'])
  expect(pressed(press(view, 'k'), 'r', size).wish).toMatchObject({ kind: 'resend', request: { id: 'b' } })
  expect(pressed(view, 'o', size).wish).toMatchObject({ kind: 'open', request: { id: 'c' } })
  expect([pressed(view, 'q', size).wish, pressed(view, 'ctrl-c', size).wish]).toEqual([
    { kind: 'quit' },
    { kind: 'quit' },
  ])
  expect(pressed(begun, 'r', size)).toMatchObject({ view: { note: 'there is nothing yet' } })
  expect(press(begun, 'j', 'k', 'd', 'return')).toEqual(begun)
  const details = renderView(press(view, 'd'), { columns: 60, rows: 40 }, false)
  for (const line of ['Webhook-Id: c', '  "a": [', 'no answer yet']) expect(details).toContain(line)
  expect(renderView(press(view, 'd', 'escape'), size, false)).toEqual(renderView(view, size, false))
})

test('what is left to read at the end', () => {
  const view = withAnswer(withAll(begun, ['a', 'b']), request('a'), answer(204), 3)
  expect(summaryOf(withAnswer(view, request('b'), answer(410), 3))).toBe(
    '2 deliveries: 1 accepted, 1 refused',
  )
})
