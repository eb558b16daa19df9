/**
 * Every way known to us of talking a sender of webhooks into our own network, through the whole client: nothing may be
 * connected. Canaries listen at loopback and must count nothing; and whatever the address, no socket may be dialled,
 * which is counted at the one method that every TCP and TLS socket of Node dials with.
 */
import net from 'node:net'
import { type DnsAnswer, type DnsServer, openDnsServer } from '@scanhook/testkit/dns-server'
import { type FullBacklog, openFullBacklog } from '@scanhook/testkit/full-backlog'
import { answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { testAuthority } from '@scanhook/testkit/self-signed-certificate'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TargetPolicy } from './address-policy.ts'
import { checkTarget } from './check-target.ts'
import { permittedHeaders } from './customer-headers.ts'
import { errorCode } from './errors.ts'
import type { WebhookClient } from './post.ts'
import { hostResolver } from './resolve-host.ts'
import { openTestClient, policyFor, testRequest } from './test-client.ts'

const strict: TargetPolicy = { allowedTargets: [], deniedNetworks: [] }
/** An exception elsewhere, so that the objection to literals and to http alone does not answer for the guard. */
const exceptional: TargetPolicy = policyFor(1)
const aPublicAddress = '93.184.216.34'

let dns: DnsServer
let canaries: RawReceiver[] = []
let canaryPort = 0
let closers: (() => Promise<void>)[] = []
const dials = vi.spyOn(net.Socket.prototype, 'connect')

/** A listener at another address of loopback; none where the machine has no such address. */
async function canaryAt(host: string, port: number): Promise<RawReceiver | null> {
  try {
    return await openRawReceiver(answerWith(200), undefined, { host, port })
  } catch (error) {
    if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error))) return null
    throw error
  }
}

beforeEach(async () => {
  dns = await openDnsServer(() => 'no_such_name')
  const first = await openRawReceiver(answerWith(200))
  canaryPort = first.port
  const others = await Promise.all(['::1', '127.0.0.2'].map((host) => canaryAt(host, canaryPort)))
  canaries = [first, ...others.filter((canary) => canary !== null)]
  dials.mockClear()
})

afterEach(async () => {
  for (const close of closers) await close()
  for (const canary of canaries) await canary.close()
  await dns.close()
  closers = []
})

function clientWith(policy: TargetPolicy): WebhookClient {
  const client = openTestClient(policy, { resolve: hostResolver([dns.address]) })
  closers.push(() => client.close())
  return client
}

async function receiverWith(...given: Parameters<typeof openRawReceiver>): Promise<RawReceiver> {
  const receiver = await openRawReceiver(...given)
  closers.push(() => receiver.close())
  return receiver
}

function expectNoConnection(): void {
  expect(dials).not.toHaveBeenCalled()
  expect(canaries.map((canary) => canary.connectionCount())).toEqual(canaries.map(() => 0))
}

/** Neither saved nor sent to, under both policies, and nothing was dialled. */
async function expectRefused(url: string): Promise<void> {
  for (const policy of [strict, exceptional]) {
    expect((await checkTarget(url, policy, hostResolver([dns.address]))).ok).toBe(false)
    const outcome = await clientWith(policy).post(testRequest(url))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'blocked_address',
      message: 'The URL leads to an address that deliveries may not be sent to.',
      remoteAddress: null,
    })
  }
  expectNoConnection()
}

test('the count of dials sees plain and TLS connections, so that none means none', async () => {
  const now = Date.now()
  const authority = testAuthority(now)
  const certificate = authority.issue({
    hostname: 'hooks.example.com',
    notBeforeMs: now - 60_000,
    notAfterMs: now + 60_000,
  })
  for (const scheme of ['http', 'https']) {
    const receiver = await receiverWith(answerWith(200), scheme === 'https' ? certificate : undefined)
    const client = openTestClient(policyFor(receiver.port), { certificateAuthority: authority.certificate })
    closers.push(() => client.close())
    dials.mockClear()
    await client.post(testRequest(`${scheme}://hooks.example.com:${receiver.port}/`))
    expect(receiver.requests).toHaveLength(1)
    expect(dials).toHaveBeenCalledTimes(1)
  }
})

describe('S1: literals', () => {
  const v4 = [
    ...['127.0.0.1', '127.1', '127.0.0.2', '127.255.255.254', '0', '0.0.0.0', '2130706433', '0x7f000001'],
    ...[
      '0177.0.0.1',
      '0x7f.1',
      '127.0.0.1.',
      '１２７.０.０.１',
      '①②⑦.0.0.1',
      '127。0。0。1',
      '%31%32%37.0.0.1',
    ],
    ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    ...['100.64.0.1', '100.127.255.254', '100.100.100.200', '169.254.169.254', '169.254.170.2'],
    ...['0xa9fea9fe', '2852039166', '168.63.129.16', '192.0.0.192', '198.18.0.1', '198.19.255.255'],
    ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.0.2.1', '203.0.113.9'],
  ]
  const v6 = [
    ...[
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:7f00:1',
      '::7f00:1',
      '::ffff:0:7f00:1',
    ],
    ...['64:ff9b::7f00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
    ...['fe80::1', 'fe80::1%25eth0', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
    ...['::ffff:8.8.8.8', '4000::1', '2606:4700::5efe:7f00:1'],
  ].map((address) => `[${address}]`)

  test.each([...v4, ...v6])('S1: %s', async (host) => {
    for (const scheme of ['http', 'https']) await expectRefused(`${scheme}://${host}:${canaryPort}/hook`)
    await expectRefused(`https://${host}/hook`)
    await expectRefused(`https://${host}:8443/hook`)
    expect(dns.questions).toEqual([])
  })

  test('S1: not even a public literal, unless it is allow-listed', async () => {
    await expectRefused(`https://${aPublicAddress}/hook`)
    await expectRefused('https://[2606:4700::1111]/hook')
  })
})

describe('S1: names', () => {
  const answers: Readonly<Record<string, DnsAnswer>> = {
    'a-private.example.com': { addresses: ['127.0.0.1'] },
    'a-inner.example.com': { addresses: ['10.0.0.8'] },
    'a-metadata.example.com': { addresses: ['169.254.169.254'] },
    'aaaa-private.example.com': { addresses: [aPublicAddress, '::1'] },
    'aaaa-local.example.com': { addresses: [aPublicAddress, 'fd00:ec2::254'] },
    'aaaa-mapped.example.com': { addresses: ['::ffff:7f00:1'] },
    'aaaa-nat64.example.com': { addresses: ['64:ff9b::7f00:1'] },
    'a-private-aaaa-public.example.com': { addresses: ['127.0.0.1', '2606:4700::1111'] },
    'two-a.example.com': { addresses: [aPublicAddress, '127.0.0.1'] },
    'two-a-turned.example.com': { addresses: ['127.0.0.1', aPublicAddress] },
    'cname.example.com': { addresses: ['127.0.0.1'], aliases: ['a.example.net', 'db.corp.example.org'] },
    'cname-local.example.com': { addresses: ['127.0.0.1'], aliases: ['localhost'] },
  }

  test.each(Object.keys(answers))('S1: %s', async (name) => {
    dns.answerWith((question) => answers[question.name] ?? 'no_such_name')
    for (const scheme of ['http', 'https']) await expectRefused(`${scheme}://${name}:${canaryPort}/hook`)
    await expectRefused(`https://${name}/hook`)
    expect(dns.questions.map((question) => question.name)).toContain(name)
  })

  test.each([
    ...['localhost', 'localhost.', 'foo.localhost', 'LOCALHOST', 'ｌｏｃａｌｈｏｓｔ', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ'],
    ...['%6c%6f%63%61%6c%68%6f%73%74', 'metadata.google.internal', 'intranet', 'lоcalhost', 'printer.local'],
    ...['router.home.arpa', 'kubernetes.default.svc.cluster.local', 'example.com.'],
  ])('S1: %s is not a public name, whatever a name server says', async (name) => {
    dns.answerWith(() => ({ addresses: [aPublicAddress] }))
    for (const scheme of ['http', 'https']) await expectRefused(`${scheme}://${name}:${canaryPort}/hook`)
    await expectRefused(`https://${name}/hook`)
  })

  test('S1: a name of look-alike letters is asked for as what it is, not as what it looks like', async () => {
    dns.answerWith(() => ({ addresses: ['127.0.0.1'] }))
    await expectRefused('https://hооks.example.com/')
    expect(new Set(dns.questions.map(({ name }) => name))).toEqual(new Set(['xn--hks-seda.example.com']))
  })

  test('S1: search domains are not tried', async () => {
    process.env['LOCALDOMAIN'] = 'corp.example.org'
    try {
      dns.answerWith(({ name }) =>
        name.endsWith('corp.example.org') ? { addresses: ['127.0.0.1'] } : 'no_such_name',
      )
      for (const name of ['intranet', 'hooks.example'])
        await expect(hostResolver([dns.address])(name)).rejects.toMatchObject({
          code: 'WEBHOOK_NAME_UNRESOLVED',
        })
      expect(
        await clientWith(exceptional).post(testRequest(`https://intranet:${canaryPort}/`)),
      ).toMatchObject({ kind: 'failed', errorClass: 'dns', remoteAddress: null })
      expectNoConnection()
    } finally {
      delete process.env['LOCALDOMAIN']
    }
    expect(new Set(dns.questions.map(({ name }) => name))).toEqual(new Set(['intranet', 'hooks.example']))
  })

  test('S1: no name server is asked for localhost', async () => {
    for (const name of ['localhost', 'foo.localhost'])
      expect(await hostResolver([dns.address])(name)).toEqual(['127.0.0.1'])
    expect(dns.questions).toEqual([])
  })
})

describe('P1: spellings that readers of URLs disagree about', () => {
  test.each([
    ['a backslash before the real host', (port: number) => `https://example.com\\@127.0.0.1:${port}/`],
    ['a backslash after the real host', (port: number) => `https://127.0.0.1:${port}\\@example.com/`],
    ['a user name that looks like the host', (port: number) => `https://example.com@127.0.0.1:${port}/`],
    ['a user name and a password', (port: number) => `https://example.com:443@127.0.0.1:${port}/`],
    ['an empty user name', (port: number) => `https://@127.0.0.1:${port}/`],
    ['a user name at a public host', () => 'https://user@hooks.example.com/'],
    ['a fragment that looks like the host', (port: number) => `https://127.0.0.1:${port}#@example.com/`],
    ['a tab in the host', (port: number) => `https://127.0.\t0.1:${port}/`],
    ['a newline in the host', (port: number) => `https://127.0.0.1\n:${port}/`],
    ['a newline in the path', () => 'https://hooks.example.com/\r\nHost: 127.0.0.1'],
    ['a blank before', (port: number) => ` https://127.0.0.1:${port}/`],
    ['no slashes', (port: number) => `https:127.0.0.1:${port}/`],
    ['too many slashes', (port: number) => `https:////127.0.0.1:${port}/`],
    ['an encoded slash in the host', () => 'https://127.0.0.1%2f.example.com/'],
    ['an encoded NUL in the host', () => 'https://127.0.0.1%00.example.com/'],
    ['another scheme', (port: number) => `gopher://127.0.0.1:${port}/_POST`],
    ['a file', () => 'file:///etc/passwd'],
  ])('P1: %s', async (_what, urlAt) => {
    dns.answerWith(() => ({ addresses: [aPublicAddress] }))
    await expectRefused(urlAt(canaryPort))
  })

  test.each([22, 25, 6_379, 9_092, 80, 5_432])('P2: port %d of a public host', async (port) => {
    dns.answerWith(() => ({ addresses: [aPublicAddress] }))
    await expectRefused(`https://hooks.example.com:${port}/`)
    await expectRefused(`http://hooks.example.com:${port}/`)
  })

  test('P1: what looks like an absolute form stays a path of the vetted host', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port))
    const at = `127.0.0.1:${receiver.port}`
    for (const path of [
      `//127.0.0.1:${canaryPort}/`,
      `/http://127.0.0.1:${canaryPort}/`,
      '/@127.0.0.2/',
      '/%0d%0aHost:%20x',
    ])
      await client.post(testRequest(`http://${at}${path}`))
    expect(receiver.requests.map(({ head }) => head.split('\r\n').slice(0, 2))).toEqual([
      [`POST //127.0.0.1:${canaryPort}/ HTTP/1.1`, `host: ${at}`],
      [`POST /http://127.0.0.1:${canaryPort}/ HTTP/1.1`, `host: ${at}`],
      ['POST /@127.0.0.2/ HTTP/1.1', `host: ${at}`],
      ['POST /%0d%0aHost:%20x HTTP/1.1', `host: ${at}`],
    ])
    expect(canaries[0]?.connectionCount()).toBe(0)
  })
})

/**
 * A name whose answer changes at every question, with a lifetime of 0 s. 127.0.0.1 stands for the public address, by an
 * exception for one port; 127.0.0.2 at the same port, where a canary listens, for what is behind our walls.
 */
describe('S1: names that are rebound', () => {
  const vetted = '127.0.0.1'
  const inner = '127.0.0.2'
  let receiver: RawReceiver
  let canary: RawReceiver
  let url: string
  let policy: TargetPolicy

  async function openReceiver(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    receiver = await receiverWith(answerWith(200, '', headers))
    canary = await receiverWith(answerWith(200), undefined, { host: inner, port: receiver.port })
    url = `http://hooks.example.com:${receiver.port}/`
    policy = policyFor(receiver.port)
  }

  /** The first `count` questions for an address get the vetted one, all others the inner one. */
  function vettedFor(count: number): void {
    dns.answerWith(({ type, nth }) => ({ addresses: type === 'A' ? [nth <= count ? vetted : inner] : [] }))
  }

  const blocked = { kind: 'failed', errorClass: 'blocked_address', remoteAddress: null }

  test('S1: between save and send', async () => {
    await openReceiver()
    vettedFor(1)
    expect((await checkTarget(url, policy, hostResolver([dns.address]))).ok).toBe(true)
    expect(await clientWith(policy).post(testRequest(url))).toMatchObject(blocked)
    expect([receiver.connectionCount(), canary.connectionCount()]).toEqual([0, 0])
  })

  test('S1: between look-up and connect: there is one look-up, and its answer is dialled', async () => {
    await openReceiver()
    vettedFor(1)
    expect(await clientWith(policy).post(testRequest(url))).toMatchObject({
      kind: 'responded',
      remoteAddress: vetted,
    })
    expect(dns.questions.filter(({ type }) => type === 'A')).toHaveLength(1)
    expect(canary.connectionCount()).toBe(0)
  })

  test('S1: between two attempts, with a connection each', async () => {
    await openReceiver({ connection: 'close' })
    vettedFor(1)
    const client = clientWith(policy)
    expect(await client.post(testRequest(url))).toMatchObject({ kind: 'responded' })
    expect(await client.post(testRequest(url))).toMatchObject(blocked)
    expect([receiver.connectionCount(), canary.connectionCount()]).toEqual([1, 0])
  })

  test('W5: a kept-alive connection stays with the peer that was vetted; a new one asks again', async () => {
    await openReceiver()
    vettedFor(1)
    const client = clientWith(policy)
    for (let count = 0; count < 3; count += 1)
      expect(await client.post(testRequest(url))).toMatchObject({ kind: 'responded', remoteAddress: vetted })
    expect(await client.post(testRequest(url, { lane: 'another' }))).toMatchObject(blocked)
    expect([receiver.connectionCount(), canary.connectionCount()]).toEqual([1, 0])
  })

  test('W5: the immediate reconnect asks again, too', async () => {
    receiver = await receiverWith((socket, request) => {
      if (request.number === 1) answerWith(200)(socket, request)
      else socket.destroy()
    })
    url = `http://hooks.example.com:${receiver.port}/`
    canary = await receiverWith(answerWith(200), undefined, { host: inner, port: receiver.port })
    vettedFor(1)
    const client = clientWith(policyFor(receiver.port))
    expect(await client.post(testRequest(url))).toMatchObject({ kind: 'responded' })
    expect(await client.post(testRequest(url))).toMatchObject(blocked)
    expect([receiver.connectionCount(), canary.connectionCount()]).toEqual([1, 0])
  })

  test("W5: another policy is another client: it has none of the first one's connections", async () => {
    await openReceiver()
    vettedFor(10)
    const first = clientWith(policy)
    expect(await first.post(testRequest(url))).toMatchObject({ kind: 'responded' })
    await first.close()
    expect(await clientWith(exceptional).post(testRequest(url))).toMatchObject(blocked)
    await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBe(0)
    expect(receiver.requests).toHaveLength(1)
  })
})

describe('W4: what a receiver answers leads nowhere', () => {
  test.each([301, 302, 303, 307, 308])('W4: %d to a canary', async (status) => {
    const receiver = await receiverWith(
      answerWith(status, '', { location: `http://user:pw@127.0.0.1:${canaryPort}/in?token=1` }),
    )
    const outcome = await clientWith(policyFor(receiver.port, canaryPort)).post(
      testRequest(`http://127.0.0.1:${receiver.port}/`),
    )
    expect(outcome).toMatchObject({
      kind: 'responded',
      status,
      headers: { location: `http://127.0.0.1:${canaryPort}` },
    })
    expect(receiver.requests).toHaveLength(1)
    expect(canaries[0]?.connectionCount()).toBe(0)
  })

  test('W4: redirects to itself and round thirty corners get one request each', async () => {
    const receiver = await receiverWith((socket, request) => {
      const hop = Number(/hop=(\d+)/.exec(request.head)?.[1] ?? 0)
      answerWith(308, '', { location: hop === 0 ? '/' : `/?hop=${(hop % 30) + 1}` })(socket, request)
    })
    const client = clientWith(policyFor(receiver.port))
    for (const path of ['/', '/?hop=1'])
      expect(await client.post(testRequest(`http://127.0.0.1:${receiver.port}${path}`))).toMatchObject({
        kind: 'responded',
        status: 308,
        headers: { location: `http://127.0.0.1:${receiver.port}` },
      })
    expect(receiver.requests).toHaveLength(2)
  })

  test('W4: Refresh, Alt-Svc, Link, Set-Cookie and Upgrade are not obeyed', async () => {
    const there = `127.0.0.1:${canaryPort}`
    const receiver = await receiverWith(
      answerWith(200, `<meta http-equiv="refresh" content="0; url=http://${there}/">`, {
        refresh: `0; url=http://${there}/`,
        'alt-svc': `h2="${there}"; ma=3600, h3=":${canaryPort}"; ma=3600`,
        link: `<http://${there}/>; rel=preload`,
        'set-cookie': 'a=b',
        'content-type': 'text/html',
      }),
    )
    const client = clientWith(policyFor(receiver.port, canaryPort))
    const url = `http://127.0.0.1:${receiver.port}/`
    for (let count = 0; count < 2; count += 1) await client.post(testRequest(url))
    expect(receiver.requests).toHaveLength(2)
    expect(receiver.requests[1]?.head).not.toMatch(/^(cookie|upgrade|alt-used):/im)
    expect(canaries[0]?.connectionCount()).toBe(0)
  })
})

describe("H1: a customer's headers", () => {
  test('H1: neither host nor framing is theirs to choose', async () => {
    const receiver = await receiverWith(answerWith(200))
    const theirs = {
      Host: '127.0.0.2',
      hOST: '127.0.0.3',
      'Content-Length': '0',
      'Transfer-Encoding': 'chunked',
      Connection: 'upgrade',
      'X-Split': 'a\r\nhost: evil',
      'X-Split\r\nhost': 'evil',
      'X-Fine': 'yes',
    }
    await clientWith(policyFor(receiver.port)).post(
      testRequest(`http://127.0.0.1:${receiver.port}/`, { headers: permittedHeaders(theirs) }),
    )
    const lines = receiver.requests[0]?.head.split('\r\n') ?? []
    expect(lines.filter((line) => /^host:/i.test(line))).toEqual([`host: 127.0.0.1:${receiver.port}`])
    expect(lines.filter((line) => /^content-length:/i.test(line))).toEqual(['content-length: 7'])
    expect(lines.filter((line) => /^transfer-encoding:/i.test(line))).toEqual([])
    expect(lines).toContain('x-fine: yes')
    expect(receiver.requests.map(({ body }) => body)).toEqual(['{"a":1}'])
  })

  test.each([
    ['a host', { host: 'evil.example' }],
    ['a host in capitals', { HOST: 'evil.example' }],
    ['a length that is wrong', { 'content-length': '3' }],
    ['a transfer encoding', { 'transfer-encoding': 'chunked' }],
    ['an upgrade', { upgrade: 'h2c' }],
    ['an expectation', { expect: '100-continue' }],
    ['a line break in a value', { 'x-a': 'b\r\nx-evil: 1' }],
    ['a line feed in a value', { 'x-a': 'b\nx-evil: 1' }],
    ['a line break in a name', { 'x-a: b\r\nx-evil': '1' }],
    ['a NUL', { 'x-a': 'b\0c' }],
  ])('H1: %s that came so far is not sent', async (_what, headers) => {
    const receiver = await receiverWith(answerWith(200))
    expect(
      await clientWith(policyFor(receiver.port)).post(
        testRequest(`http://127.0.0.1:${receiver.port}/`, { headers }),
      ),
    ).toMatchObject({ kind: 'failed', errorClass: 'internal', message: 'The request could not be made.' })
    expect(receiver.requests).toEqual([])
  })
})

describe('C1, C2: what saving a URL tells about our network', () => {
  let silent: FullBacklog

  beforeEach(async () => {
    silent = await openFullBacklog()
    closers.push(() => silent.close())
    dials.mockClear()
  })

  test('C1: open, shut, silent, private, unknown and failing names give one answer', async () => {
    const shut = await openRawReceiver(answerWith(200))
    await shut.close()
    const answers: Readonly<Record<string, DnsAnswer>> = {
      'loopback.example.com': { addresses: ['127.0.0.1'] },
      'private.example.com': { addresses: ['10.0.0.1'] },
      'unrouted.example.com': { addresses: ['240.0.0.1'] },
      'empty.example.com': { addresses: [] },
      'failing.example.com': 'server_failure',
      'unknown.example.com': 'no_such_name',
    }
    dns.answerWith(({ name }) => answers[name] ?? 'no_such_name')
    const saved = await Promise.all(
      Object.keys(answers).flatMap((name) =>
        ['', ':8443'].map((port) =>
          checkTarget(`https://${name}${port}/`, exceptional, hostResolver([dns.address])),
        ),
      ),
    )
    const timedOut = await checkTarget('https://slow.example.com/', exceptional, () =>
      Promise.reject(Object.assign(new Error('queryA ETIMEOUT'), { code: 'ETIMEOUT' })),
    )
    expect(new Set([...saved, timedOut].map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"ok":false,"message":"must be a URL that can be reached from the public internet"}']),
    )
    // The same for literals, whose ports can be chosen: one answer, whoever listens there.
    const literals = [canaryPort, shut.port, silent.port].map((port) => `https://127.0.0.1:${port}/`)
    const answered = await Promise.all(literals.map((url) => checkTarget(url, exceptional)))
    expect(new Set(answered.map((each) => JSON.stringify(each))).size).toBe(1)
    expectNoConnection()
  })

  test('C2: nothing is dialled for what may be saved, either', async () => {
    const policy = policyFor(canaryPort, silent.port)
    for (const port of [canaryPort, silent.port])
      expect((await checkTarget(`http://127.0.0.1:${port}/`, policy)).ok).toBe(true)
    expectNoConnection()
  })
})
