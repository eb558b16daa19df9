import { expect, test } from 'vitest'
import { parseTarget } from './parse-target.ts'

const refused = [
  ['tab inside', 'https://exa\tmple.com/'],
  ['newline inside', 'https://example.com/\nx'],
  ['leading blank', ' https://example.com/'],
  ['backslash host trick', 'https://example.com\\@evil.com/'],
  ['user name', 'https://user@example.com/'],
  ['user name and password', 'https://a:b@example.com/'],
  ['trailing dot', 'https://example.com./'],
  ['no host', 'https:///'],
  ['other scheme', 'ftp://example.com/'],
  ['file', 'file:///etc/passwd'],
  ['relative', '/hook'],
  ['too long', `https://example.com/${'a'.repeat(2_048)}`],
  [
    'long host name',
    `https://${'a'.repeat(50)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com/`,
  ],
] as const

test.each(refused)('P1: %s is refused outright', (_what, url) => {
  expect(parseTarget(url).ok).toBe(false)
})

const objectionable = [
  ['http', 'http://example.com/'],
  ['port 22', 'https://example.com:22/'],
  ['port 25', 'https://example.com:25/'],
  ['port 6379', 'https://example.com:6379/'],
  ['port 9092', 'https://example.com:9092/'],
  ['short IPv4', 'https://127.1/'],
  ['zero', 'https://0/'],
  ['decimal IPv4', 'https://2130706433/'],
  ['hexadecimal IPv4', 'https://0x7f000001/'],
  ['octal IPv4', 'https://0177.0.0.1/'],
  ['full-width digits', 'https://１２７.０.０.１/'],
  ['IPv4 with a trailing dot', 'https://127.0.0.1./'],
  ['public literal', 'https://8.8.8.8/'],
  ['IPv6 literal', 'https://[::1]/'],
  ['mapped literal', 'https://[::ffff:127.0.0.1]/'],
  ['localhost', 'https://localhost/'],
  ['below localhost', 'https://foo.localhost/'],
  ['GCP metadata', 'https://metadata.google.internal/'],
  ['single label', 'https://intranet/'],
  ['mDNS', 'https://printer.local/'],
] as const

test.each(objectionable)('P2: %s carries an objection', (_what, url) => {
  const parsed = parseTarget(url)
  expect(parsed.ok && parsed.target.objection === null).toBe(false)
})

test('P1: the parsed form is canonical', () => {
  const parsed = parseTarget('HTTPS://BÜCHER.example:443/a?b=c#d')
  expect(parsed).toMatchObject({
    ok: true,
    target: {
      url: 'https://xn--bcher-kva.example/a?b=c',
      hostname: 'xn--bcher-kva.example',
      port: 443,
      path: '/a?b=c',
      objection: null,
    },
  })
})

test('P1: a literal comes out canonical and without brackets', () => {
  expect(parseTarget('https://[0:0:0:0:0:ffff:7f00:1]:8443/')).toMatchObject({
    target: { hostname: '::ffff:7f00:1', isLiteral: true },
  })
  expect(parseTarget('https://0x7f.1/')).toMatchObject({ target: { hostname: '127.0.0.1', isLiteral: true } })
})
