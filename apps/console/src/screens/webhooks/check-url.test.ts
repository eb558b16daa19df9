import { expect, test } from 'vitest'
import { checkUrl, isWorthAsking, type Judged } from './check-url.ts'

const problems = (text: string): readonly string[] =>
  checkUrl(text, { kind: 'unknown' })
    .filter(({ verdict }) => verdict === 'bad')
    .map(({ says }) => says)

test('a public HTTPS address has nothing against it, and an empty field is no mistake', () => {
  expect(checkUrl(' ', { kind: 'asking' })).toEqual([])
  expect(problems('https://hooks.example.com/scanhook?x=1')).toEqual([])
  expect(problems('  https://203.0.113.7/hook ')).toEqual([])
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

const said = (text: string, judged: Judged): string =>
  checkUrl(text, judged)
    .map(({ verdict, says }) => `${verdict}: ${says}`)
    .join(' ')

test('what the API says of it is added, and what nobody tried is said to be open', () => {
  const url = 'https://hooks.example.com'
  expect(said(url, { kind: 'allowed' })).toContain('good: Its host resolves, to public addresses only.')
  expect(said(url, { kind: 'allowed' })).toContain('open: Whether it answers, the test shows')
  expect(said(url, { kind: 'asking' })).toContain('open: Looking its host up')
  const message = 'must be a URL that can be reached from the public internet'
  expect(said(url, { kind: 'refused', message })).toMatch(/bad: It must be a URL .* not public\./)
  expect(said(url, { kind: 'refused', message: 'must use https' })).toMatch(/bad: It must use https\.$/)
})

test('the installation has the last word about what it allows by name', () => {
  const own = said('http://127.0.0.1:9000/hook', { kind: 'allowed' })
  expect(own).toContain('good: This installation allows it by name.')
  expect(own).not.toContain('bad:')
})

test.each([
  ['https://a.example', true],
  ['http://a.example', true],
  ['ftp://a.example', false],
  ['a.example', false],
  ['', false],
  [`https://a.example/${'a'.repeat(2_048)}`, false],
])('%s: asked for is %s', (text, isWorth) => expect(isWorthAsking(text)).toBe(isWorth))
