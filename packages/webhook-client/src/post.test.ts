import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { selfSignedCertificate, type TestCertificate } from '@scanhook/testkit/self-signed-certificate'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseAllowedTarget, type TargetPolicy } from './address-policy.ts'
import { checkTarget } from './check-target.ts'
import { openWebhookClient, type PostRequest, type WebhookClient, type WebhookClientOptions } from './post.ts'
import type { ResolveHost } from './resolve-host.ts'

const clock: WebhookClientOptions['clock'] = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
}

let canary: RawReceiver
let clients: WebhookClient[] = []
let receivers: RawReceiver[] = []

beforeEach(async () => {
  canary = await openRawReceiver(answerWith(200))
})

afterEach(async () => {
  for (const client of clients) await client.close()
  for (const receiver of receivers) await receiver.close()
  await canary.close()
  clients = []
  receivers = []
})

async function receiverWith(answer: Answer, certificate?: TestCertificate): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer, certificate)
  receivers.push(receiver)
  return receiver
}

function policyFor(...ports: readonly number[]): TargetPolicy {
  const allowedTargets = ports
    .map((port) => parseAllowedTarget(`127.0.0.1/32:${port}`))
    .filter((entry) => entry !== null)
  return { allowedTargets, deniedNetworks: [] }
}

function clientWith(policy: TargetPolicy, options: Partial<WebhookClientOptions> = {}): WebhookClient {
  const client = openWebhookClient({ policy, clock, resolve: async () => ['127.0.0.1'], ...options })
  clients.push(client)
  return client
}

function request(url: string, change: Partial<PostRequest> = {}): PostRequest {
  return {
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    timeoutMs: 3_000,
    ...change,
  }
}

const at = (receiver: RawReceiver, path = '/hook'): string => `http://127.0.0.1:${receiver.port}${path}`

describe('an ordinary exchange', () => {
  test('a Retry-After as a date counts from the answer’s own Date, whatever our clock says', async () => {
    const headers = { date: 'Sun, 06 Nov 1994 08:49:00 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:54:00 GMT' }
    const receiver = await receiverWith(answerWith(503, '', headers))
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver)))
    expect(outcome).toMatchObject({ status: 503, retryAfterMs: 300_000 })
  })
  test('W1: the answer comes back with status, headers, body, peer and timings', async () => {
    const receiver = await receiverWith(answerWith(201, 'thanks', { 'X-Thing': 'a', 'retry-after': '7' }))
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver, '/hook?x=1')))
    expect(outcome).toMatchObject({
      kind: 'responded',
      status: 201,
      body: 'thanks',
      isBodyTruncated: false,
      retryAfterMs: 7_000,
      remoteAddress: '127.0.0.1',
      headers: { 'x-thing': 'a' },
    })
    expect(outcome.timings.dnsMs).toBeNull()
    expect(outcome.timings.connectMs).toBeGreaterThan(0)
    expect(outcome.timings.firstByteMs).toBeLessThanOrEqual(outcome.timings.totalMs)
    expect(receiver.requests[0]?.body).toBe('{"a":1}')
    expect(receiver.requests[0]?.head).toMatch(/^POST \/hook\?x=1 HTTP\/1\.1\r\n/)
    expect(receiver.requests[0]?.head).not.toMatch(/accept-encoding|cookie/i)
  })

  test('L1: a connection is used again, and its timings are null then', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port))
    await client.post(request(at(receiver)))
    const second = await client.post(request(at(receiver)))
    expect(receiver.connectionCount()).toBe(1)
    expect(second.timings.connectMs).toBeNull()
  })

  test('L1: lanes never share a connection', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port))
    await client.post(request(at(receiver), { lane: '1' }))
    await client.post(request(at(receiver), { lane: '2' }))
    expect(receiver.connectionCount()).toBe(2)
  })

  test('L3: no more idle connections are kept than allowed, over all lanes', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port), { idleMax: 1 })
    const both = (): Promise<unknown> =>
      Promise.all(['1', '2'].map((lane) => client.post(request(at(receiver), { lane }))))
    await both()
    await both()
    expect(receiver.connectionCount()).toBe(3)
  })

  test('W4: a redirect is an answer and is not followed', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const receiver = await receiverWith(
        answerWith(status, '', { location: at(canary), refresh: `0; url=${at(canary)}` }),
      )
      const outcome = await clientWith(policyFor(receiver.port, canary.port)).post(request(at(receiver)))
      expect(outcome).toMatchObject({ kind: 'responded', status })
    }
    expect(canary.connectionCount()).toBe(0)
  })

  test('W1: proxy variables of the environment are not followed', async () => {
    const receiver = await receiverWith(answerWith(200))
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${canary.port}`
    try {
      await clientWith(policyFor(receiver.port)).post(request(at(receiver)))
    } finally {
      delete process.env['HTTP_PROXY']
      delete process.env['http_proxy']
    }
    expect(receiver.requests).toHaveLength(1)
    expect(canary.connectionCount()).toBe(0)
  })
})

describe('S1: what must not be reached is not', () => {
  const literals = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '０x7f.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::7f00:1]',
    '[::ffff:0:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'foo.localhost',
    'localhost.',
  ]

  test.each(literals)('S1: http and https to %s', async (host) => {
    // Another port is allow-listed, so that the objection to literals and http alone does not answer for the guard.
    const client = clientWith(policyFor(1))
    for (const scheme of ['http', 'https']) {
      const outcome = await client.post(request(`${scheme}://${host}:${canary.port}/`))
      expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'blocked_address', remoteAddress: null })
    }
    expect(canary.connectionCount()).toBe(0)
  })

  const names: readonly (readonly [string, readonly string[]])[] = [
    ['A private', ['127.0.0.1']],
    ['AAAA private with public A', ['93.184.216.34', '::1']],
    ['public AAAA, private A', ['2606:4700::1111', '127.0.0.1']],
    ['mapped AAAA', ['::ffff:127.0.0.1']],
    ['a name instead of an address', ['localhost']],
    ['no address', []],
  ]
  test.each(names)('S1: a name with %s', async (_what, addresses) => {
    const client = clientWith(policyFor(1), { resolve: async () => addresses })
    for (const url of [`https://hooks.example.com:${canary.port}/`, 'https://hooks.example.com/']) {
      expect(await client.post(request(url))).toMatchObject({ kind: 'failed', errorClass: 'blocked_address' })
    }
    expect(canary.connectionCount()).toBe(0)
  })

  test('S1: a name that is rebound between save and connect', async () => {
    let asked = 0
    const resolve: ResolveHost = async () => {
      asked += 1
      return asked === 1 ? ['93.184.216.34'] : ['127.0.0.1']
    }
    const policy = policyFor(1)
    expect((await checkTarget('https://hooks.example.com/', policy, resolve)).ok).toBe(true)
    const outcome = await clientWith(policy, { resolve }).post(request('https://hooks.example.com/'))
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'blocked_address' })
  })

  test('S1: one look-up per connection: the vetted address is dialled, not the name', async () => {
    const receiver = await receiverWith(answerWith(200))
    let asked = 0
    const resolve: ResolveHost = async () => {
      asked += 1
      return asked === 1 ? ['127.0.0.1'] : ['10.255.255.1']
    }
    const outcome = await clientWith(policyFor(receiver.port), { resolve }).post(
      request(`http://hooks.example.com:${receiver.port}/`),
    )
    expect(outcome).toMatchObject({ kind: 'responded', status: 200, remoteAddress: '127.0.0.1' })
    expect(outcome.timings.dnsMs).not.toBeNull()
    expect(asked).toBe(1)
    expect(receiver.requests[0]?.head).toContain(`host: hooks.example.com:${receiver.port}`)
  })

  test('S1: rebound between two attempts, the second is stopped', async () => {
    const receiver = await receiverWith((socket, received) =>
      answerWith(200, '', { connection: 'close' })(socket, received),
    )
    let address = '127.0.0.1'
    const client = clientWith(policyFor(receiver.port), { resolve: async () => [address] })
    const url = `http://hooks.example.com:${receiver.port}/`
    expect(await client.post(request(url))).toMatchObject({ kind: 'responded' })
    address = '169.254.169.254'
    expect(await client.post(request(url))).toMatchObject({ kind: 'failed', errorClass: 'blocked_address' })
  })

  test('W1: an unresolvable name is a dns failure without internals', async () => {
    const resolve: ResolveHost = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND via 10.0.0.2'), { code: 'ENOTFOUND' })
    }
    const outcome = await clientWith(policyFor(), { resolve }).post(request('https://nowhere.example.com/'))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'dns',
      message: 'The host name could not be resolved.',
    })
  })
})

describe('W2: one deadline over everything', () => {
  async function failsAtDeadline(answer: Answer): Promise<{ outcome: unknown; tookMs: number }> {
    const receiver = await receiverWith(answer)
    const startedAtMs = performance.now()
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver), { timeoutMs: 300 }))
    return { outcome, tookMs: performance.now() - startedAtMs }
  }

  test('W2: no answer at all', async () => {
    const { outcome, tookMs } = await failsAtDeadline(() => undefined)
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'timeout',
      message: 'No response arrived within 0.3 s.',
    })
    expect(tookMs).toBeLessThan(1_000)
  })

  test('W2: headers trickled one by one', async () => {
    const { outcome, tookMs } = await failsAtDeadline((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      let count = 0
      const timer = setInterval(() => {
        count += 1
        socket.write(`x-${count}: y\r\n`)
      }, 20)
      socket.once('close', () => clearInterval(timer))
    })
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'timeout' })
    expect(tookMs).toBeLessThan(1_000)
  })

  test('W2: a flood of 1xx answers', async () => {
    const { outcome } = await failsAtDeadline((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'), 5)
      socket.once('close', () => clearInterval(timer))
    })
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'timeout' })
  })

  test('E3: a trickled body ends at the deadline, and the status counts', async () => {
    const { outcome, tookMs } = await failsAtDeadline((socket) => {
      socket.write('HTTP/1.1 503 X\r\ncontent-length: 100000\r\n\r\n')
      const timer = setInterval(() => socket.write('z'), 20)
      socket.once('close', () => clearInterval(timer))
    })
    expect(outcome).toMatchObject({ kind: 'responded', status: 503, isBodyTruncated: true })
    expect(tookMs).toBeLessThan(1_000)
  })

  test('W2: a TLS handshake that never answers', async () => {
    const receiver = await receiverWith(() => undefined)
    const url = `https://hooks.example.com:${receiver.port}/`
    const outcome = await clientWith(policyFor(receiver.port)).post(request(url, { timeoutMs: 300 }))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'timeout',
      message: 'The TLS handshake did not finish within 0.3 s.',
    })
  })

  test('E4: a name server that answers after the deadline: nothing is dialled any more', async () => {
    const receiver = await receiverWith(answerWith(200))
    let answer: (addresses: readonly string[]) => void = () => undefined
    const resolve: ResolveHost = () => new Promise((resolved) => (answer = resolved))
    const outcome = await clientWith(policyFor(receiver.port), { resolve }).post(
      request(`http://hooks.example.com:${receiver.port}/`, { timeoutMs: 200 }),
    )
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'timeout',
      message: 'The host name was not resolved within 0.2 s.',
    })
    answer(['127.0.0.1'])
    await new Promise((resolved) => setImmediate(resolved))
    expect(receiver.connectionCount()).toBe(0)
  })

  test('E1: an answer after the deadline changes nothing, and its connection is not used again', async () => {
    const late: (() => void)[] = []
    const receiver = await receiverWith((socket, received) => {
      if (received.number === 1) late.push(() => answerWith(200)(socket, received))
      else answerWith(204)(socket, received)
    })
    const client = clientWith(policyFor(receiver.port))
    const outcome = await client.post(request(at(receiver), { timeoutMs: 100 }))
    for (const answer of late) answer()
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'timeout' })
    expect(await client.post(request(at(receiver)))).toMatchObject({ kind: 'responded', status: 204 })
    expect(receiver.connectionCount()).toBe(2)
  })

  test('W1: an aborted signal ends the attempt', async () => {
    const receiver = await receiverWith(() => undefined)
    const controller = new AbortController()
    const outcome = clientWith(policyFor(receiver.port)).post(
      request(at(receiver), { signal: controller.signal }),
    )
    controller.abort()
    expect(await outcome).toMatchObject({ kind: 'failed', errorClass: 'internal' })
  })

  test('W1: close ends what is in flight', async () => {
    const receiver = await receiverWith(() => undefined)
    const client = clientWith(policyFor(receiver.port))
    const outcome = client.post(request(at(receiver)))
    await client.close()
    expect(await outcome).toMatchObject({ kind: 'failed', errorClass: 'internal' })
    expect(await client.post(request(at(receiver)))).toMatchObject({ kind: 'failed', errorClass: 'internal' })
  })
})

describe('E2: hostile answers', () => {
  test('E2: an endless body is read to 64 KiB and then destroyed', async () => {
    let isClosed: () => void = () => undefined
    const closed = new Promise<void>((resolve) => (isClosed = resolve))
    let sentBytes = 0
    const receiver = await receiverWith((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const chunk = `4000\r\n${'e'.repeat(0x4000)}\r\n`
      const flow = (): void => {
        while (!socket.destroyed && socket.write(chunk)) sentBytes += 0x4000
      }
      socket.on('drain', flow)
      socket.once('close', isClosed)
      flow()
    })
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver)))
    expect(outcome).toMatchObject({
      kind: 'responded',
      status: 200,
      isBodyTruncated: true,
      body: 'e'.repeat(4_096),
    })
    await closed
    expect(sentBytes).toBeLessThan(16 * 1_024 * 1_024)
  })

  test('E2: a body over 4 KiB is kept in part, whole characters only, and the connection stays', async () => {
    const receiver = await receiverWith(answerWith(400, `x${'é'.repeat(3_000)}`))
    const client = clientWith(policyFor(receiver.port))
    const outcome = await client.post(request(at(receiver)))
    expect(outcome).toMatchObject({ kind: 'responded', body: `x${'é'.repeat(2_047)}`, isBodyTruncated: true })
    await client.post(request(at(receiver)))
    expect(receiver.connectionCount()).toBe(1)
  })

  test('E2: a compressed answer is not unpacked', async () => {
    const receiver = await receiverWith(answerWith(200, 'not gzip at all', { 'content-encoding': 'gzip' }))
    expect(await clientWith(policyFor(receiver.port)).post(request(at(receiver)))).toMatchObject({
      body: 'not gzip at all',
    })
  })

  test('E2: a 64 KiB header is a protocol failure', async () => {
    const receiver = await receiverWith(answerWith(200, '', { 'x-big': 'h'.repeat(65_536) }))
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver)))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
      message: 'The headers of the response were larger than 16 KiB.',
    })
  })

  test('W1: what is not HTTP is a protocol failure', async () => {
    const receiver = await receiverWith((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(await clientWith(policyFor(receiver.port)).post(request(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
    })
  })

  test('E3: a body cut short after a status still is that status', async () => {
    const receiver = await receiverWith((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nabc')
      setTimeout(() => socket.destroy(), 20)
    })
    expect(await clientWith(policyFor(receiver.port)).post(request(at(receiver)))).toMatchObject({
      kind: 'responded',
      status: 200,
      isBodyTruncated: true,
    })
  })

  test('E2: NUL characters of a body do not reach the log', async () => {
    const receiver = await receiverWith(answerWith(200, 'a\0b'))
    expect(await clientWith(policyFor(receiver.port)).post(request(at(receiver)))).toMatchObject({
      body: 'a\uFFFDb',
    })
  })

  test('H1: a line break in a header never reaches the wire', async () => {
    const receiver = await receiverWith(answerWith(200))
    const outcome = await clientWith(policyFor(receiver.port)).post(
      request(at(receiver), { headers: { 'x-a': 'b\r\nx-evil: 1' } }),
    )
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'internal' })
    expect(receiver.requests).toHaveLength(0)
  })

  test('W1: a refused connection is said plainly', async () => {
    const receiver = await openRawReceiver(answerWith(200))
    await receiver.close()
    const outcome = await clientWith(policyFor(receiver.port)).post(request(at(receiver)))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'connect',
      message: 'The connection was refused.',
    })
  })
})

describe('W3: connections that die', () => {
  test('W3: a kept-alive connection that is closed under the request is replaced once', async () => {
    const receiver = await receiverWith((socket, received) => {
      if (received.connectionNumber === 1 && received.number === 2) socket.destroy()
      else answerWith(200)(socket, received)
    })
    const client = clientWith(policyFor(receiver.port))
    await client.post(request(at(receiver)))
    expect(await client.post(request(at(receiver)))).toMatchObject({ kind: 'responded', status: 200 })
    expect(receiver.connectionCount()).toBe(2)
  })

  test('W3: the replacement that dies too is a failure, not a loop', async () => {
    const receiver = await receiverWith((socket, received) => {
      if (received.number === 1) answerWith(200)(socket, received)
      else socket.destroy()
    })
    const client = clientWith(policyFor(receiver.port))
    await client.post(request(at(receiver)))
    expect(await client.post(request(at(receiver)))).toMatchObject({ kind: 'failed', errorClass: 'reset' })
    expect(receiver.requests).toHaveLength(3)
  })

  test('W3: a fresh connection that is closed without an answer is a failure at once', async () => {
    const receiver = await receiverWith((socket) => socket.end())
    expect(await clientWith(policyFor(receiver.port)).post(request(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'reset',
    })
    expect(receiver.requests).toHaveLength(1)
  })

  test('L2: a connection that the receiver closes while idle is not used again', async () => {
    const receiver = await receiverWith((socket, received) => {
      answerWith(200)(socket, received)
      setImmediate(() => socket.end())
    })
    const client = clientWith(policyFor(receiver.port))
    for (let count = 0; count < 5; count += 1) {
      expect(await client.post(request(at(receiver)))).toMatchObject({ kind: 'responded', status: 200 })
    }
  })
})

describe('S3: TLS', () => {
  const hour = 3_600_000
  const valid = selfSignedCertificate({
    hostname: 'hooks.example.com',
    notBeforeMs: Date.now() - hour,
    notAfterMs: Date.now() + hour,
  })
  const expired = selfSignedCertificate({
    hostname: 'hooks.example.com',
    notBeforeMs: Date.now() - 2 * hour,
    notAfterMs: Date.now() - hour,
  })

  async function postTo(
    certificate: TestCertificate,
    authority: string | undefined,
    host = 'hooks.example.com',
  ): Promise<unknown> {
    const receiver = await receiverWith(answerWith(200, 'ok'), certificate)
    const client = clientWith(policyFor(receiver.port), { certificateAuthority: authority })
    return client.post(request(`https://${host}:${receiver.port}/`))
  }

  test('S3: the name in the URL is asked for and verified, whatever address was dialled', async () => {
    const outcome = await postTo(valid, valid.certificate)
    expect(outcome).toMatchObject({ kind: 'responded', status: 200, body: 'ok' })
    expect(outcome).toHaveProperty('timings.tlsMs', expect.any(Number))
  })

  test('S3: a self-signed certificate is refused', async () => {
    expect(await postTo(valid, undefined)).toMatchObject({
      kind: 'failed',
      errorClass: 'tls',
      message: 'The TLS certificate is self-signed.',
    })
  })

  test('S3: an expired certificate is refused', async () => {
    expect(await postTo(expired, expired.certificate)).toMatchObject({
      errorClass: 'tls',
      message: 'The TLS certificate has expired.',
    })
  })

  test('S3: a certificate for another host is refused', async () => {
    expect(await postTo(valid, valid.certificate, 'other.example.com')).toMatchObject({
      errorClass: 'tls',
      message: 'The TLS certificate is for another host name.',
    })
  })
})
