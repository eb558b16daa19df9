import { expect, test } from 'vitest'
import { checkUrl } from './check-url.ts'

const problems = (text: string): readonly string[] =>
  checkUrl(text)
    .filter(({ isGood }) => !isGood)
    .map(({ says }) => says)

test('a public HTTPS address has nothing against it, and an empty field is no mistake', () => {
  expect(checkUrl(' ')).toEqual([])
  expect(problems('https://hooks.example.com/scanhook?x=1')).toEqual([])
  expect(problems('  https://203.0.113.7/hook ')).toEqual([])
  expect(checkUrl('https://hooks.example.com')).toHaveLength(2)
})

test.each([
  ['hooks.example.com', 'not a URL yet'],
  ['http://hooks.example.com', 'must use HTTPS'],
  ['https://localhost:3000', 'not on the public internet'],
  ['https://2130706433/', 'not on the public internet'],
  ['https://172.20.1.1/', 'not on the public internet'],
  ['https://[::1]/', 'not on the public internet'],
  ['https://printer.local/', 'not on the public internet'],
  ['https://me:secret@hooks.example.com', 'user or password'],
  [`https://hooks.example.com/${'a'.repeat(2_048)}`, 'longer than 2,048'],
])('%s is told what is wrong with it', (text, says) => {
  expect(problems(text).join(' ')).toContain(says)
})
