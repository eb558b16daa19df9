import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { writeCurl } from './write-curl.ts'

const request = {
  url: 'https://erp.example.com/in?a[]=1&b={x}',
  headers: {
    host: 'erp.example.com',
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1777336418',
    'webhook-signature': 'v1,abc=',
    'X-Team': '***',
    'x-empty': '',
  },
  body: '{"name":"O\'Neill $(id) `id` \\n ‮rtl 🔑"}',
}

/** What a shell hands to curl, one argument each; last what comes through a pipe. */
function argumentsOf(command: string): readonly string[] {
  return execFileSync('sh', ['-s'], {
    input: `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; case "$*" in *@-) cat; printf '\\0';; esac; }\n${command}`,
    maxBuffer: 16_000_000,
  })
    .toString()
    .split('\0')
    .slice(0, -1)
}

test('the command sends what was given, byte for byte', () => {
  const given = argumentsOf(writeCurl(request))
  expect(given).toContain(request.url)
  expect(given.at(-1)).toBe(request.body)
  expect(given).toContain('webhook-signature: v1,abc=')
  expect(given).toContain('webhook-timestamp: 1777336418')
  expect(given).toContain('x-empty;')
  expect(given.some((each) => each.startsWith('host'))).toBe(false)
})

test('masked values are named, and nothing else is a comment', () => {
  expect(writeCurl(request).split('\n')[0]).toContain('X-Team')
  expect(writeCurl({ ...request, headers: {} })).not.toContain('# ')
})

test.each([
  "'; touch /nowhere; '",
  '@/etc/passwd',
  'a\nb',
  "''",
  '<script>alert(1)</script>',
  '\n',
  '%s\\n',
  '\u009b31m \\ \\c \\0101 \u202e %b',
])('a body of %j stays one argument', (body) => {
  expect(argumentsOf(writeCurl({ ...request, body })).at(-1)).toBe(body)
})

test('no character of a body gives the terminal an order', () => {
  expect(writeCurl({ ...request, body: '\u009b31m\u001b]0;title\u0007\u202e' })).toMatch(/^[\n -~]+$/)
})

test('a body that no argument holds goes through a pipe, as it is', () => {
  const body = `${"it's 100 % \\n 🔑\n".repeat(20_000)}\n`
  const given = argumentsOf(writeCurl({ ...request, body }))
  expect(given.at(-2)).toBe('@-')
  expect(given.at(-1)).toBe(body)
})
