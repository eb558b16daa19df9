import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEventStream } from '@scanhook/client/parse-event-stream'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { configStore } from './config-store.ts'
import { findConnection } from './connect.ts'
import { exitCodes } from './exit-codes.ts'
import { parseHttpMessage } from './parse-http-message.ts'
import { printable, printableLines } from './printable.ts'
import { idOf, numberOf, timeOf } from './read-words.ts'
import { renderRows } from './render-rows.ts'
import { parseAssignment, setAt } from './set-at.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const orders = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u

test('P1: nothing that is printed gives the terminal an order', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('a', '\u001b[2J', '\u0007', '\u202e', '\r', '\n', '\u009b', '😀'),
  })
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
      expect(printable(text)).not.toMatch(orders)
      expect(printableLines(text).replace(/[\n\t]/g, '')).not.toMatch(orders)
      const table = renderRows('table', {
        ...{ rows: [{ text }], none: '', id: (row) => row.text },
        columns: [{ title: 'text', of: (row) => row.text }],
      })
      expect(table.split('\n').length).toBe(3)
    }),
  )
})

test('rows as a table, as JSON, and as ids', () => {
  const rows = {
    ...{
      rows: [
        { id: 1, name: 'Über' },
        { id: 22, name: null },
      ],
      none: 'nothing',
    },
    id: (row: { id: number }) => row.id,
    columns: [
      { title: 'id', of: (row: { id: number }) => row.id },
      { title: 'name', of: (row: { name: string | null }) => row.name },
    ],
  }
  expect(renderRows('table', rows)).toBe('ID  NAME\n1   Über\n22  –\n')
  expect(renderRows('quiet', rows)).toBe('1\n22\n')
  expect(JSON.parse(renderRows('json', rows))).toEqual(rows.rows)
  expect(renderRows('table', { ...rows, rows: [] })).toBe('nothing\n')
})

test('C1: the file of a login can be read by its owner alone, also where one with another mode was', () => {
  const store = configStore({ XDG_CONFIG_HOME: folder })
  store.write({ url: 'http://a', credential: { kind: 'api_key', key: 'sk_1_x' } })
  writeFileSync(store.file, '{}', { mode: 0o644 })
  expect(() => store.read()).toThrow('damaged')
  store.write({ url: 'http://a', credential: { kind: 'api_key', key: 'sk_1_x' } })
  expect(statSync(store.file).mode & 0o777).toBe(0o600)
  expect(store.read()).toEqual({ url: 'http://a', credential: { kind: 'api_key', key: 'sk_1_x' } })
})

test('the environment beats the login, and a saved key goes nowhere else', () => {
  const store = configStore({ XDG_CONFIG_HOME: folder })
  store.write({ url: 'https://a.example', credential: { kind: 'api_key', key: 'saved' } })
  const find = (env: Record<string, string>) => findConnection({ env, folder, store, nowMs: () => 0 })
  expect(find({})).toMatchObject({ url: 'https://a.example', source: 'login' })
  expect(find({ SCANHOOK_API_KEY: 'k', SCANHOOK_URL: 'https://b.example/' })).toEqual({
    ...{ url: 'https://b.example', source: 'environment', credential: { kind: 'api_key', key: 'k' } },
  })
  expect(() => find({ SCANHOOK_URL: 'https://b.example' })).toThrow('you are signed in at https://a.example')
  store.remove()
  expect(() => find({})).toThrow('not signed in')
})

test('--set puts JSON or text at a place, and reaches no prototype', () => {
  const set = (text: string) => setAt({ a: { b: 1 }, list: [1, 2] }, parseAssignment(text))
  expect(set('a.b=x y')).toEqual({ a: { b: 'x y' }, list: [1, 2] })
  expect(set('a.c={"d":[1]}')).toEqual({ a: { b: 1, c: { d: [1] } }, list: [1, 2] })
  expect(set('list.1=9')).toEqual({ a: { b: 1 }, list: [1, 9] })
  expect(set('a.b.c=')).toEqual({ a: { b: { c: '' } }, list: [1, 2] })
  set('__proto__.polluted=1')
  set('constructor.prototype.polluted=1')
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  for (const wrong of ['a', '=1', 'a..b=1']) expect(() => parseAssignment(wrong)).toThrow('PATH=VALUE')
})

test('ids, numbers and times', () => {
  const now = Date.parse('2026-04-28T12:00:00Z')
  expect([idOf('42'), timeOf('since', '2h', now), timeOf('since', '2026-04-28', now)]).toEqual([
    42,
    '2026-04-28T10:00:00.000Z',
    '2026-04-28T00:00:00.000Z',
  ])
  for (const wrong of ['0', '-1', '1.5', 'x', '9007199254740993']) expect(() => idOf(wrong)).toThrow('no id')
  expect(timeOf('since', '2026-04-28t10:00:00.5+02:00', now)).toBe('2026-04-28T08:00:00.500Z')
  const noTimes = [
    ...[
      'yesterday',
      '2',
      'last 3',
      '',
      '2026',
      '2026-04',
      '2026-02-31',
      '2026-02-31T00:00:00Z',
      'Tue, 28 Apr 2026',
    ],
    // Without a zone: nobody knows whose morning is meant.
    ...['2026-04-28T10:00:00', '2026-04-28 10:00', '2026-04-28T25:00:00Z', '2w', '-2h'],
  ]
  for (const wrong of noTimes)
    expect(() => timeOf('since', wrong, now)).toThrow(
      expect.objectContaining({
        exitCode: exitCodes.usage,
        message: expect.stringMatching(
          new RegExp(`^--since is a time: .*; ${wrong || 'nothing'} is neither$`),
        ),
      }),
    )
  expect(() => numberOf('limit', '0', { fallback: 1, min: 1, max: 2 })).toThrow('from 1 to 2')
})

test('a request is cut into headers and the very bytes of its body', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('\r\n', '\n'), (body, end) => {
      const head = ['POST /hooks HTTP/1.1', 'Webhook-Id: a', 'x-b:c:d', '', ''].join(end)
      const parsed = parseHttpMessage(Buffer.concat([Buffer.from(head), body]))
      expect(parsed?.headers).toEqual({ 'Webhook-Id': 'a', 'x-b': 'c:d' })
      expect(parsed?.body.equals(body)).toBe(true)
    }),
  )
  expect(parseHttpMessage(Buffer.from('{"a":1}'))).toBeNull()
})

test('messages of a stream are the same however its bytes are cut', async () => {
  const bytes = Buffer.from(
    ': still here\n\nevent: request\nid: 7\ndata: {"a":"ü"}\n\ndata: 2\n\nevent: cut off',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to))
      const seen = await Array.fromAsync(
        parseEventStream(
          (async function* () {
            yield* pieces
          })(),
        ),
      )
      expect(seen).toEqual([
        { event: 'request', id: '7', data: '{"a":"ü"}' },
        { event: 'message', id: null, data: '2' },
      ])
    }),
  )
})
