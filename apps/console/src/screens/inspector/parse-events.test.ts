import { expect, test } from 'vitest'
import { parseEvents } from './parse-events.ts'

test('whole events come out, what has no end yet is kept', () => {
  expect(parseEvents('event: request\ndata: {"a":1}\n\ndata: hal')).toEqual({
    events: [{ event: 'request', data: '{"a":1}' }],
    rest: 'data: hal',
  })
})

test('comments are no events, lines of data belong together, either end of line ends one', () => {
  expect(parseEvents(': alive\n\ndata: a\r\ndata:b: c\r\n\r\n')).toEqual({
    events: [{ event: 'message', data: 'a\nb: c' }],
    rest: '',
  })
})

test('it does not matter where a stream is cut', () => {
  const text = 'id: 1\nevent: request\ndata: {"🔑":"x"}\n\n: alive\n\nevent: request\ndata: 2\n\n'
  for (let cut = 0; cut <= text.length; cut += 1) {
    const first = parseEvents(text.slice(0, cut))
    const second = parseEvents(first.rest + text.slice(cut))
    expect([...first.events, ...second.events].map(({ data }) => data)).toEqual(['{"🔑":"x"}', '2'])
  }
})
