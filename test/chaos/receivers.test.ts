import { expect, test } from 'vitest'
import { answerIn } from './receivers.ts'

test.each([
  ['a whole head', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 200],
  ['a refusal', 'HTTP/1.1 503 X\r\n\r\n', 503],
  ['a head that goes on', 'HTTP/1.1 200 OK\r\nx-1: y\r\n', null],
  ['a head as large as a sender takes', `HTTP/1.1 200 OK\r\nx: ${'h'.repeat(16_384 - 20)}\r\n\r\n`, 200],
  ['a larger one', `HTTP/1.1 200 OK\r\nx: ${'h'.repeat(16_384)}\r\n\r\n`, null],
  ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n', null],
  ['a body', 'ok HTTP/1.1 200 OK\r\n\r\n', null],
])('of %s', (_, text, status) => {
  expect(answerIn(text)).toBe(status)
})
