import { describe, expect, test } from 'vitest'
import { crossSiteProblem, endedSessionCookie, sessionCookie, sessionTokenOf } from './browser-session.ts'

const own = { host: 'hooks.example', 'x-scanhook-console': '1' }
const asked = (method: string, headers: Record<string, string>) => ({ method, headers })

describe('S1', () => {
  test.each([
    ['GET', {}],
    ['GET', { 'sec-fetch-site': 'same-origin' }],
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['POST', { origin: 'https://hooks.example' }],
    ['DELETE', { origin: 'https://hooks.example', 'sec-fetch-site': 'same-origin' }],
  ])('S1: %s with %o is believed', (method, headers) => {
    expect(crossSiteProblem(asked(method, { ...own, ...headers }))).toBeNull()
  })
  test.each([
    ['GET', { 'x-scanhook-console': '' }],
    ['GET', { 'x-scanhook-console': '0', 'sec-fetch-site': 'same-origin' }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { 'sec-fetch-site': 'none' }],
    ['GET', { origin: 'https://other.example' }],
    ['POST', {}],
    ['POST', { origin: 'null' }],
    ['POST', { origin: 'https://hooks.example.other' }],
    ['POST', { origin: 'https://hooks.example:8443' }],
    ['POST', { origin: 'https://other.example', 'sec-fetch-site': 'same-origin' }],
    ['DELETE', { origin: 'https://hooks.example', 'sec-fetch-site': 'cross-site' }],
  ])('S1: %s with %o is not', (method, headers) => {
    expect(crossSiteProblem(asked(method, { ...own, ...headers }))).not.toBeNull()
  })
})

test('S2: a session is taken from a cookie, a key is not', () => {
  const take = (cookie: string) =>
    sessionTokenOf({ method: 'GET', headers: { host: 'hooks.example', cookie } })
  expect(take('a=b; __Host-scanhook-session=ps_abc; c=d')).toBe('ps_abc')
  for (const cookie of ['', '__Host-scanhook-session=', '__Host-scanhook-session=sk_1_secret', 'x=ps_abc'])
    expect(take(cookie), cookie).toBeNull()
})

test('S3: scripts and other sites do without it; on the network it wants TLS and the name of its own host', () => {
  const remote = { method: 'POST', headers: { host: 'hooks.example' } }
  expect(sessionCookie(remote, 'ps_abc', 28_799.6)).toBe(
    '__Host-scanhook-session=ps_abc; Path=/; Max-Age=28799; HttpOnly; SameSite=Strict; Secure',
  )
  expect(endedSessionCookie(remote)).toContain('Max-Age=0')
  expect(
    sessionTokenOf({ method: 'GET', headers: { host: 'hooks.example', cookie: 'scanhook-session=ps_a' } }),
  ).toBeNull()
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST']) {
    const here = { method: 'POST', headers: { host, cookie: 'scanhook-session=ps_a' } }
    expect(sessionCookie(here, 'ps_a', 60), host).not.toContain('Secure')
    expect(sessionTokenOf(here), host).toBe('ps_a')
  }
  for (const host of ['localhost.example', '127.0.0.1.example', 'hooks.example:80'])
    expect(sessionCookie({ method: 'POST', headers: { host } }, 'ps_a', 60), host).toContain('; Secure')
})
