import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isPublicAddress,
  judgeAddress,
  parseAllowedTarget,
  parseNetwork,
  type TargetPolicy,
} from './address-policy.ts'

const strict: TargetPolicy = { allowedTargets: [], deniedNetworks: [] }

function policyAllowing(...entries: readonly string[]): TargetPolicy {
  return {
    allowedTargets: entries.map((entry) => parseAllowedTarget(entry)).filter((entry) => entry !== null),
    deniedNetworks: [],
  }
}

const forbidden = [
  ['loopback', '127.0.0.1'],
  ['loopback, far end', '127.255.255.254'],
  ['this network', '0.0.0.0'],
  ['this network, a host', '0.1.2.3'],
  ['RFC 1918, 10/8', '10.0.0.1'],
  ['RFC 1918, 172.16/12', '172.31.255.255'],
  ['RFC 1918, 192.168/16', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['Alibaba metadata', '100.100.100.200'],
  ['link-local metadata', '169.254.169.254'],
  ['Azure platform', '168.63.129.16'],
  ['IETF protocol assignments', '192.0.0.192'],
  ['documentation', '192.0.2.1'],
  ['documentation 2', '198.51.100.7'],
  ['documentation 3', '203.0.113.9'],
  ['6to4 relay anycast', '192.88.99.1'],
  ['benchmarking', '198.19.255.1'],
  ['multicast', '224.0.0.1'],
  ['class E', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 loopback', '::1'],
  ['IPv6 unspecified', '::'],
  ['IPv4-mapped loopback, dotted', '::ffff:127.0.0.1'],
  ['IPv4-mapped loopback, hex', '::ffff:7f00:1'],
  ['IPv4-mapped loopback, long', '0:0:0:0:0:ffff:7f00:1'],
  ['IPv4-mapped public address', '::ffff:8.8.8.8'],
  ['IPv4-compatible', '::7f00:1'],
  ['IPv4-translated', '::ffff:0:7f00:1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['NAT64 of a public address', '64:ff9b::808:808'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['6to4 of a public address', '2002:808:808::1'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['ISATAP under a public prefix', '2606:4700::5efe:7f00:1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['public with a zone', '2606:4700::1111%eth0'],
  ['site-local', 'fec0::1'],
  ['unique local', 'fc00::1'],
  ['AWS metadata over IPv6', 'fd00:ec2::254'],
  ['IPv6 multicast', 'ff02::1'],
  ['discard', '100::1'],
  ['documentation', '2001:db8::1'],
  ['documentation, new', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['outside 2000::/3', '4000::1'],
  ['not an address', 'example.com'],
  ['short spelling', '127.1'],
  ['decimal spelling', '2130706433'],
  ['hexadecimal spelling', '0x7f000001'],
  ['octal spelling', '0177.0.0.1'],
  ['a public address in an odd spelling', '0x08080808'],
  ['empty', ''],
] as const

describe('A1, A2: default deny', () => {
  test.each(forbidden)('A2: %s (%s) is forbidden', (_what, address) => {
    expect(judgeAddress(strict, address, 443)).toBe('forbidden')
  })

  test.each([
    '8.8.8.8',
    '93.184.216.34',
    '168.63.129.15',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ])('A2: %s is public', (address) => {
    expect(judgeAddress(strict, address, 443)).toBe('public')
  })

  test('A1: whatever is not an address is forbidden', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[0-9a-f.:]+$/i.test(text))
        expect(isPublicAddress(text)).toBe(false)
      }),
    )
  })

  test('A2: no IPv6 address outside 2000::/3 is public', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = Number.parseInt(address.split(':')[0] || '0', 16)
        fc.pre(first < 0x2000 || first > 0x3fff)
        expect(isPublicAddress(address)).toBe(false)
      }),
    )
  })
})

describe('A3: exceptions', () => {
  test('A3: an exception opens its network at its port and nothing else', () => {
    const policy = policyAllowing('127.0.0.1/32:9000')
    expect(judgeAddress(policy, '127.0.0.1', 9000)).toBe('allow_listed')
    expect(judgeAddress(policy, '127.0.0.1', 9001)).toBe('forbidden')
    expect(judgeAddress(policy, '127.0.0.2', 9000)).toBe('forbidden')
    expect(judgeAddress(policy, '::ffff:127.0.0.1', 9000)).toBe('forbidden')
  })

  test('A3: a star opens every port of the network', () => {
    const policy = policyAllowing('fd00::/8:*')
    expect(judgeAddress(policy, 'fd00::1', 1)).toBe('allow_listed')
    expect(judgeAddress(policy, 'fe80::1', 1)).toBe('forbidden')
  })

  test('A3: own public networks are refused, and an exception inside them is not', () => {
    const own = parseNetwork('93.184.216.0/24')
    const policy = { ...policyAllowing('93.184.216.34/32:443'), deniedNetworks: own === null ? [] : [own] }
    expect(judgeAddress(policy, '93.184.216.35', 443)).toBe('forbidden')
    expect(judgeAddress(policy, '93.184.216.34', 443)).toBe('allow_listed')
  })

  test.each([
    '127.0.0.1:9000',
    '127.0.0.1/33:9000',
    '127.0.0.1/32',
    '127.0.0.1/32:0',
    '127.0.0.1/32:65536',
    '127.1/32:80',
    '/32:80',
    '::1:80',
    'localhost/32:80',
    '',
  ])('A3: %j is no exception', (entry) => {
    expect(parseAllowedTarget(entry)).toBeNull()
  })
})
