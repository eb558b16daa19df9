import { expect, test } from 'vitest'
import { judgeContentType, parseForm } from './body.ts'

test('a form is an object of texts', () => {
  expect(parseForm(Buffer.from('grant_type=client_credentials&secret=a%2Bb+c%C3%BC&empty='))).toEqual({
    grant_type: 'client_credentials',
    secret: 'a+b cü',
    empty: '',
  })
})

test('a form with a field twice, or that is not UTF-8, is refused', () => {
  expect(() => parseForm(Buffer.from('a=1&a=1'))).toThrow('comes twice')
  expect(() => parseForm(Buffer.from([0x61, 0x3d, 0xff]))).toThrow('UTF-8')
})

test('a form is taken where a route takes forms, and nowhere else', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }
  expect(judgeContentType(['json', 'form'], headers)).toBe('form')
  expect(() => judgeContentType(['json'], headers)).toThrow('Content-Type must be application/json')
})
