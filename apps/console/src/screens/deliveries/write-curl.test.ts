import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { writeCurl } from './write-curl.ts'

const request = {
  url: 'https://erp.example.com/in?a[]=1&b={x}',
  request_headers: {
    host: 'erp.example.com',
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1777336418',
    'webhook-signature': 'v1,abc=',
    'X-Team': '***',
  },
  request_body: '{"name":"O\'Neill $(id) `id` \\n ‮rtl 🔑"}',
}

/** What a shell hands to curl, one argument each. */
function argumentsOf(command: string): readonly string[] {
  return execFileSync('sh', [
    '-c',
    `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}`,
  ])
    .toString()
    .split('\0')
    .slice(0, -1)
}

test('the signed command sends what was sent, byte for byte', () => {
  const given = argumentsOf(writeCurl(request, true) ?? '')
  expect(given).toContain(request.url)
  expect(given.at(-1)).toBe(request.request_body)
  expect(given).toContain('webhook-signature: v1,abc=')
  expect(given).toContain('webhook-timestamp: 1777336418')
  expect(given.some((each) => each.startsWith('host'))).toBe(false)
})

test('the plain command has no signature', () => {
  const given = argumentsOf(writeCurl(request, false) ?? '')
  expect(given.filter((each) => /signature|timestamp/.test(each))).toEqual([])
  expect(given).toContain('webhook-id: msg_1')
})

test('masked values are named, and nothing else is a comment', () => {
  expect(writeCurl(request, true)?.split('\n')[0]).toContain('X-Team')
  expect(writeCurl({ ...request, request_headers: {} }, true)).toMatch(/^curl /)
})

test.each(["'; touch /nowhere; '", '@/etc/passwd', 'a\nb', "''", '<script>alert(1)</script>'])(
  'a body of %j stays one argument',
  (body) => {
    expect(argumentsOf(writeCurl({ ...request, request_body: body }, true) ?? '').at(-1)).toBe(body)
  },
)

test('what the log does not have any more is no command', () => {
  expect(writeCurl({ ...request, request_body: null }, true)).toBeNull()
  expect(writeCurl({ ...request, url: null }, false)).toBeNull()
})
