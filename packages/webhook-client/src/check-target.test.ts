import { describe, expect, test } from 'vitest'
import { parseAllowedTarget, type TargetPolicy } from './address-policy.ts'
import { checkTarget } from './check-target.ts'
import type { ResolveHost } from './resolve-host.ts'

const strict: TargetPolicy = { allowedTargets: [], deniedNetworks: [] }
const listed = parseAllowedTarget('127.0.0.1/32:9000')
const development: TargetPolicy = { allowedTargets: listed === null ? [] : [listed], deniedNetworks: [] }

function answering(...addresses: readonly string[]): ResolveHost {
  return async () => addresses
}

const unresolvable: ResolveHost = async () => {
  throw new Error('ENOTFOUND secret-resolver.internal')
}

describe('C1: one answer for everything that does not resolve to the public internet', () => {
  const cases: readonly (readonly [string, ResolveHost])[] = [
    ['A private', answering('10.0.0.1')],
    ['AAAA private with public A', answering('93.184.216.34', 'fd00::1')],
    ['two A records, one private', answering('93.184.216.34', '127.0.0.1')],
    ['AAAA mapped', answering('::ffff:127.0.0.1')],
    ['metadata', answering('169.254.169.254')],
    ['no such name', unresolvable],
    ['no address', answering()],
  ]
  test.each(cases)('C1: %s', async (_what, resolve) => {
    expect(await checkTarget('https://hooks.example.com/x', strict, resolve)).toEqual({
      ok: false,
      message: 'must be a URL that can be reached from the public internet',
    })
  })
})

test('C1: a public name passes, in canonical spelling', async () => {
  expect(
    await checkTarget('https://HOOKS.example.com', strict, answering('93.184.216.34', '2606:4700::1111')),
  ).toEqual({
    ok: true,
    url: 'https://hooks.example.com/',
  })
})

test('C1: no name server is asked about a URL that is refused as such', async () => {
  let asked = 0
  const resolve: ResolveHost = async () => {
    asked += 1
    return ['93.184.216.34']
  }
  for (const url of [
    'http://example.com/',
    'https://127.0.0.1/',
    'https://intranet/',
    'https://example.com:22/',
    'https://a@example.com/',
  ]) {
    expect((await checkTarget(url, strict, resolve)).ok).toBe(false)
  }
  expect(asked).toBe(0)
})

test('C1: an allow-listed target may be plain, literal and at any port; its neighbours may not', async () => {
  expect((await checkTarget('http://127.0.0.1:9000/hook', development)).ok).toBe(true)
  expect((await checkTarget('http://receiver:9000/hook', development, answering('127.0.0.1'))).ok).toBe(true)
  expect(await checkTarget('http://127.0.0.1:9001/hook', development)).toEqual({
    ok: false,
    message: 'must use https',
  })
  expect(await checkTarget('http://example.com:9000/', development, answering('93.184.216.34'))).toEqual({
    ok: false,
    message: 'must use https',
  })
  expect((await checkTarget('https://example.com/', development, answering('93.184.216.34'))).ok).toBe(true)
})
