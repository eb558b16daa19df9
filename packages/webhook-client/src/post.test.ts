import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { openFullBacklog } from '@scanhook/testkit/full-backlog'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TargetPolicy } from './address-policy.ts'
import { checkTarget } from './check-target.ts'
import type { WebhookClient, WebhookClientOptions } from './post.ts'
import type { ResolveHost } from './resolve-host.ts'
import { openTestClient, policyFor, testClock, testRequest } from './test-client.ts'

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

async function receiverWith(answer: Answer): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer)
  receivers.push(receiver)
  return receiver
}

function clientWith(policy: TargetPolicy, options: Partial<WebhookClientOptions> = {}): WebhookClient {
  const client = openTestClient(policy, options)
  clients.push(client)
  return client
}

const at = (receiver: RawReceiver, path = '/hook'): string => `http://127.0.0.1:${receiver.port}${path}`

describe('an ordinary exchange', () => {
  test('a Retry-After as a date counts from the answer’s own Date, whatever our clock says', async () => {
    const headers = { date: 'Sun, 06 Nov 1994 08:49:00 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:54:00 GMT' }
    const receiver = await receiverWith(answerWith(503, '', headers))
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
    expect(outcome).toMatchObject({ status: 503, retryAfterMs: 300_000 })
  })
  test('W1: the answer comes back with status, headers, body, peer and timings', async () => {
    const receiver = await receiverWith(answerWith(201, 'thanks', { 'X-Thing': 'a', 'retry-after': '7' }))
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver, '/hook?x=1')))
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
    await client.post(testRequest(at(receiver)))
    const second = await client.post(testRequest(at(receiver)))
    expect(receiver.connectionCount()).toBe(1)
    expect(second.timings.connectMs).toBeNull()
  })

  test('L1: lanes never share a connection', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port))
    await client.post(testRequest(at(receiver), { lane: '1' }))
    await client.post(testRequest(at(receiver), { lane: '2' }))
    expect(receiver.connectionCount()).toBe(2)
  })

  test('L3: no more idle connections are kept than allowed, over all lanes', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientWith(policyFor(receiver.port), { idleMax: 1 })
    const both = (): Promise<unknown> =>
      Promise.all(['1', '2'].map((lane) => client.post(testRequest(at(receiver), { lane }))))
    await both()
    await both()
    expect(receiver.connectionCount()).toBe(3)
  })

  test('W1: proxy variables of the environment are not followed', async () => {
    const receiver = await receiverWith(answerWith(200))
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${canary.port}`
    try {
      await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
    } finally {
      delete process.env['HTTP_PROXY']
      delete process.env['http_proxy']
    }
    expect(receiver.requests).toHaveLength(1)
    expect(canary.connectionCount()).toBe(0)
  })
})

describe('S1: what must not be reached is not', () => {
  test('S1: a name that is rebound between save and connect', async () => {
    let asked = 0
    const resolve: ResolveHost = async () => {
      asked += 1
      return asked === 1 ? ['93.184.216.34'] : ['127.0.0.1']
    }
    const policy = policyFor(1)
    expect((await checkTarget('https://hooks.example.com/', policy, resolve)).ok).toBe(true)
    const outcome = await clientWith(policy, { resolve }).post(testRequest('https://hooks.example.com/'))
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
      testRequest(`http://hooks.example.com:${receiver.port}/`),
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
    expect(await client.post(testRequest(url))).toMatchObject({ kind: 'responded' })
    address = '169.254.169.254'
    expect(await client.post(testRequest(url))).toMatchObject({
      kind: 'failed',
      errorClass: 'blocked_address',
    })
  })

  test('W1: an unresolvable name is a dns failure without internals', async () => {
    const resolve: ResolveHost = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND via 10.0.0.2'), { code: 'ENOTFOUND' })
    }
    const outcome = await clientWith(policyFor(), { resolve }).post(
      testRequest('https://nowhere.example.com/'),
    )
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
    const outcome = await clientWith(policyFor(receiver.port)).post(
      testRequest(at(receiver), { timeoutMs: 300 }),
    )
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

  test('W2: a receiver that never accepts: its backlog is full', async () => {
    const backlog = await openFullBacklog()
    try {
      for (const scheme of ['http', 'https'])
        expect(
          await clientWith(policyFor(backlog.port)).post(
            testRequest(`${scheme}://hooks.example.com:${backlog.port}/`, { timeoutMs: 300 }),
          ),
        ).toMatchObject({
          kind: 'failed',
          errorClass: 'timeout',
          message: 'The connection was not accepted within 0.3 s.',
          remoteAddress: null,
        })
    } finally {
      await backlog.close()
    }
  })

  test('W2: a FIN instead of an answer ends the attempt at once, long before the deadline', async () => {
    const receiver = await receiverWith((socket) => socket.end())
    expect(
      await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver), { timeoutMs: 60_000 })),
    ).toMatchObject({
      kind: 'failed',
      errorClass: 'reset',
      message: 'The connection was closed before a response arrived.',
    })
  })

  test('W2: a TLS handshake that never answers', async () => {
    const receiver = await receiverWith(() => undefined)
    const url = `https://hooks.example.com:${receiver.port}/`
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(url, { timeoutMs: 300 }))
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
      testRequest(`http://hooks.example.com:${receiver.port}/`, { timeoutMs: 200 }),
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
    const outcome = await client.post(testRequest(at(receiver), { timeoutMs: 100 }))
    for (const answer of late) answer()
    expect(outcome).toMatchObject({ kind: 'failed', errorClass: 'timeout' })
    expect(await client.post(testRequest(at(receiver)))).toMatchObject({ kind: 'responded', status: 204 })
    expect(receiver.connectionCount()).toBe(2)
  })

  test('W1: an aborted signal ends the attempt', async () => {
    const receiver = await receiverWith(() => undefined)
    const controller = new AbortController()
    const outcome = clientWith(policyFor(receiver.port)).post(
      testRequest(at(receiver), { signal: controller.signal }),
    )
    controller.abort()
    expect(await outcome).toMatchObject({ kind: 'failed', errorClass: 'internal' })
  })

  test('W1: close ends what is in flight', async () => {
    const receiver = await receiverWith(() => undefined)
    const client = clientWith(policyFor(receiver.port))
    const outcome = client.post(testRequest(at(receiver)))
    await client.close()
    expect(await outcome).toMatchObject({ kind: 'failed', errorClass: 'internal' })
    expect(await client.post(testRequest(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'internal',
    })
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
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
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
    const outcome = await client.post(testRequest(at(receiver)))
    expect(outcome).toMatchObject({ kind: 'responded', body: `x${'é'.repeat(2_047)}`, isBodyTruncated: true })
    await client.post(testRequest(at(receiver)))
    expect(receiver.connectionCount()).toBe(1)
  })

  test('E2: of an answer that says it has 1 GB, 64 KiB are read and the rest is not', async () => {
    let sentBytes = 0
    const receiver = await receiverWith((socket) => {
      socket.write(`HTTP/1.1 503 X\r\ncontent-length: ${2 ** 30}\r\n\r\n`)
      const flow = (): void => {
        while (!socket.destroyed && sentBytes < 2 ** 30 && socket.write(Buffer.alloc(65_536, 0x67)))
          sentBytes += 65_536
      }
      socket.on('drain', flow)
      flow()
    })
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
    expect(outcome).toMatchObject({
      kind: 'responded',
      status: 503,
      isBodyTruncated: true,
      body: 'g'.repeat(4_096),
    })
    await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBe(0)
    // What the kernel's buffers on both sides took, at most a few MiB.
    expect(sentBytes).toBeLessThan(64 * 2 ** 20)
  })

  test('E2: a gzip bomb stays as small as it came', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 2 ** 20))
    const receiver = await receiverWith((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
      socket.write(bomb)
    })
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
    expect(outcome).toMatchObject({ kind: 'responded', status: 200, isBodyTruncated: true })
    expect(outcome.kind === 'responded' && outcome.body.length).toBeLessThanOrEqual(4_096)
  })

  test('E2: who asks for more of the body gets up to 64 KiB of it, whole', async () => {
    const failed = JSON.stringify({ failed: Array.from({ length: 1_400 }, () => randomUUID()) })
    expect(failed.length).toBeGreaterThan(50_000)
    const receiver = await receiverWith(answerWith(200, failed))
    const client = clientWith(policyFor(receiver.port))
    const post = (bodyKeptMaxBytes: number): Promise<unknown> =>
      client.post(testRequest(at(receiver), { bodyKeptMaxBytes }))
    expect(await post(65_536)).toMatchObject({ body: failed, isBodyTruncated: false })
    expect(await post(2 ** 30)).toMatchObject({ body: failed, isBodyTruncated: false })
    expect(await post(10)).toMatchObject({ body: failed.slice(0, 10), isBodyTruncated: true })
    expect(receiver.connectionCount()).toBe(1)
  })

  test('E2: however much is asked for, no more than 64 KiB is kept', async () => {
    const receiver = await receiverWith(answerWith(200, 'b'.repeat(70_000)))
    expect(
      await clientWith(policyFor(receiver.port)).post(
        testRequest(at(receiver), { bodyKeptMaxBytes: 2 ** 30 }),
      ),
    ).toMatchObject({ body: 'b'.repeat(65_536), isBodyTruncated: true })
  })

  test('E2: interim answers without end are left before the deadline', async () => {
    let isClosed: () => void = () => undefined
    const closed = new Promise<void>((resolve) => (isClosed = resolve))
    const receiver = await receiverWith((socket) => {
      const flow = (): void => {
        while (
          !socket.destroyed &&
          socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100))
        );
      }
      socket.on('drain', flow)
      socket.once('close', isClosed)
      flow()
    })
    expect(
      await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver), { timeoutMs: 60_000 })),
    ).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
      message: 'The receiver sent interim answers without end.',
    })
    await closed
  })

  test('E2: an interim answer or two are waited through', async () => {
    const receiver = await receiverWith((socket, received) => {
      socket.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
      answerWith(200, 'ok')(socket, received)
    })
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      kind: 'responded',
      status: 200,
      body: 'ok',
    })
  })

  test.each([
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['101 Switching Protocols', 'HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
  ])('W1: %s, which nobody asked for, is a protocol failure', async (_what, text) => {
    const receiver = await receiverWith((socket) => socket.write(text))
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
      message: 'The response was not valid HTTP/1.1.',
    })
  })

  test('E2: a compressed answer is not unpacked', async () => {
    const receiver = await receiverWith(answerWith(200, 'not gzip at all', { 'content-encoding': 'gzip' }))
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      body: 'not gzip at all',
    })
  })

  test('E2: a 64 KiB header is a protocol failure', async () => {
    const receiver = await receiverWith(answerWith(200, '', { 'x-big': 'h'.repeat(65_536) }))
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
    expect(outcome).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
      message: 'The headers of the response were larger than 16 KiB.',
    })
  })

  test('W1: what is not HTTP is a protocol failure', async () => {
    const receiver = await receiverWith((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'protocol',
    })
  })

  test('E3: a body cut short after a status still is that status', async () => {
    const receiver = await receiverWith((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nabc')
      setTimeout(() => socket.destroy(), 20)
    })
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      kind: 'responded',
      status: 200,
      isBodyTruncated: true,
    })
  })

  test('E2: NUL characters of a body do not reach the log', async () => {
    const receiver = await receiverWith(answerWith(200, 'a\0b'))
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
      body: 'a\uFFFDb',
    })
  })

  test('W1: a refused connection is said plainly', async () => {
    const receiver = await openRawReceiver(answerWith(200))
    await receiver.close()
    const outcome = await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))
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
    await client.post(testRequest(at(receiver)))
    expect(await client.post(testRequest(at(receiver)))).toMatchObject({ kind: 'responded', status: 200 })
    expect(receiver.connectionCount()).toBe(2)
  })

  test('W3: the replacement that dies too is a failure, not a loop', async () => {
    const receiver = await receiverWith((socket, received) => {
      if (received.number === 1) answerWith(200)(socket, received)
      else socket.destroy()
    })
    const client = clientWith(policyFor(receiver.port))
    await client.post(testRequest(at(receiver)))
    expect(await client.post(testRequest(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'reset',
    })
    expect(receiver.requests).toHaveLength(3)
  })

  test.each([
    ['the first bytes of a status line', 'HT'],
    ['a status line', 'HTTP/1.1 200 OK\r\n'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('W3: after %s on a kept-alive connection there is no second request', async (_what, bytes) => {
    const receiver = await receiverWith((socket, received) => {
      if (received.number === 1) answerWith(200)(socket, received)
      else socket.end(bytes)
    })
    const client = clientWith(policyFor(receiver.port))
    await client.post(testRequest(at(receiver)))
    expect(await client.post(testRequest(at(receiver)))).toMatchObject({
      kind: 'failed',
      errorClass: 'reset',
    })
    expect(receiver.requests).toHaveLength(2)
    expect(receiver.connectionCount()).toBe(1)
  })

  test('W2, W3: the reconnect has what is left of the deadline, not a new one', async () => {
    const receiver = await receiverWith((socket, received) => {
      if (received.number === 2) socket.destroy()
      else answerWith(200)(socket, received)
    })
    const deadlinesMs: number[] = []
    const clock = {
      ...testClock,
      after: (delayMs: number, act: () => void): (() => void) => {
        deadlinesMs.push(delayMs)
        return testClock.after(delayMs, act)
      },
    }
    const client = clientWith(policyFor(receiver.port), { clock })
    for (const timeoutMs of [3_000, 4_000])
      expect(await client.post(testRequest(at(receiver), { timeoutMs }))).toMatchObject({ kind: 'responded' })
    expect(receiver.requests).toHaveLength(3)
    expect(deadlinesMs).toEqual([3_000, 4_000])
  })

  test('W3: a fresh connection that is closed without an answer is a failure at once', async () => {
    const receiver = await receiverWith((socket) => socket.end())
    expect(await clientWith(policyFor(receiver.port)).post(testRequest(at(receiver)))).toMatchObject({
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
      expect(await client.post(testRequest(at(receiver)))).toMatchObject({ kind: 'responded', status: 200 })
    }
  })
})
