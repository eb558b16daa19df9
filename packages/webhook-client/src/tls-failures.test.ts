/** What goes wrong with TLS is told apart, in words that the receiver's operator can act on. Real servers, real handshakes. */
import net from 'node:net'
import type { TlsOptions } from 'node:tls'
import { answerWith, openRawReceiver } from '@scanhook/testkit/raw-receiver'
import {
  selfSignedCertificate,
  type TestCertificate,
  testAuthority,
} from '@scanhook/testkit/self-signed-certificate'
import { afterEach, expect, test } from 'vitest'
import type { WebhookClientOptions } from './post.ts'
import { openTestClient, policyFor, testRequest } from './test-client.ts'

const host = 'hooks.example.com'
const nowMs = Date.now()
const minuteMs = 60_000
const authority = testAuthority(nowMs)
const trusting = { certificateAuthority: authority.certificate }
const ofNow = { hostname: host, notBeforeMs: nowMs - minuteMs, notAfterMs: nowMs + 30 * minuteMs }
const good = authority.issue(ofNow)

let closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

/** One POST to `https://<name>:<port>/`. */
async function postTo(
  port: number,
  options: Partial<WebhookClientOptions> = trusting,
  name = host,
): Promise<unknown> {
  const client = openTestClient(policyFor(port), options)
  closers.push(() => client.close())
  return client.post(testRequest(`https://${name}:${port}/`))
}

async function portOf(certificate: TestCertificate, tls: TlsOptions = {}): Promise<number> {
  const receiver = await openRawReceiver(answerWith(200, 'ok'), certificate, { tls })
  closers.push(() => receiver.close())
  return receiver.port
}

/** A TCP server that has its own idea of a handshake. */
async function barePort(act: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    act(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const failed = (message: string): Readonly<Record<string, string>> => ({
  kind: 'failed',
  errorClass: 'tls',
  message,
})

test('S3: the name in the URL is asked for and verified, whatever address was dialled', async () => {
  const asked: string[] = []
  const port = await portOf(good, {
    SNICallback: (name, done) => {
      asked.push(name)
      done(null)
    },
  })
  const outcome = await postTo(port)
  expect(outcome).toMatchObject({ kind: 'responded', status: 200, body: 'ok', remoteAddress: '127.0.0.1' })
  expect(outcome).toHaveProperty('timings.tlsMs', expect.any(Number))
  expect(asked).toEqual([host])
})

test('S3: a session that was made for one name is not resumed for another', async () => {
  const asked: string[] = []
  const port = await portOf(good, {
    SNICallback: (name, done) => {
      asked.push(name)
      done(null)
    },
  })
  const client = openTestClient(policyFor(port), trusting)
  closers.push(() => client.close())
  const outcomes = []
  for (const name of [host, 'other.example.com', host])
    outcomes.push(await client.post(testRequest(`https://${name}:${port}/`, { lane: '7' })))
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['responded', 'failed', 'responded'])
  expect(asked).toEqual([host, 'other.example.com'])
})

test('S3: expired', async () => {
  const port = await portOf(authority.issue({ ...ofNow, notAfterMs: nowMs - 1_000 }))
  expect(await postTo(port)).toMatchObject(failed('The TLS certificate has expired.'))
})

test('S3: not yet valid', async () => {
  const port = await portOf(authority.issue({ ...ofNow, notBeforeMs: nowMs + 10 * minuteMs }))
  expect(await postTo(port)).toMatchObject(failed('The TLS certificate is not valid yet.'))
})

test('S3: for another host', async () => {
  const port = await portOf(good)
  expect(await postTo(port, trusting, 'other.example.com')).toMatchObject(
    failed('The TLS certificate is for another host name.'),
  )
})

test('S3: for a name, dialled by its address', async () => {
  const port = await portOf(good)
  expect(await postTo(port, trusting, '127.0.0.1')).toMatchObject(
    failed('The TLS certificate is for another host name.'),
  )
})

test('S3: self-signed', async () => {
  const port = await portOf(selfSignedCertificate(ofNow))
  expect(await postTo(port)).toMatchObject(failed('The TLS certificate is self-signed.'))
})

test('S3: of an unknown authority, sent without it', async () => {
  expect(await postTo(await portOf(good), {})).toMatchObject(
    failed(
      'The TLS certificate was issued by an authority that is not trusted, or an intermediate certificate is missing.',
    ),
  )
})

test('S3: of an unknown authority, sent with it', async () => {
  const port = await portOf({ ...good, certificate: good.certificate + authority.certificate })
  expect(await postTo(port, {})).toMatchObject(
    failed('The TLS certificate was issued by an authority that is not trusted.'),
  )
})

test('S3: nothing newer than TLS 1.1', async () => {
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    // OpenSSL 3 speaks these to nobody unless security is set to nothing.
    const port = await portOf(good, {
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    expect(await postTo(port)).toMatchObject(failed('The receiver offers no version of TLS from 1.2 on.'))
  }
})

// Of TLS 1.3, where the refusal follows a handshake that went well and races the request, explain-failure.test.ts has the code.
test('S3: a client certificate is demanded', async () => {
  const port = await portOf(good, { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' })
  expect(await postTo(port)).toMatchObject(
    failed(
      'The receiver refused the TLS handshake: it may demand a client certificate, or encryption that is not offered.',
    ),
  )
})

test('S3: no HTTP/1.1 over TLS', async () => {
  expect(await postTo(await portOf(good, { ALPNProtocols: ['h2'] }))).toMatchObject(
    failed('The receiver does not offer HTTP/1.1.'),
  )
})

/** RFC 8446 §6: a fatal alert in a record of its own. */
const alert = (number: number): Buffer => Buffer.from([0x15, 3, 3, 0, 2, 2, number])

test.each([
  [
    'unrecognized_name: it has no such server',
    112,
    'The receiver has no TLS certificate for the host name that was asked for.',
  ],
  ['protocol_version', 70, 'The receiver offers no version of TLS from 1.2 on.'],
  ['insufficient_security', 71, 'The receiver and the sender have no way to encrypt in common.'],
  ['internal_error', 80, 'The TLS handshake failed.'],
])('S3: the alert %s', async (_what, number, message) => {
  const port = await barePort((socket) => socket.once('data', () => socket.end(alert(number))))
  expect(await postTo(port)).toMatchObject(failed(message))
})

test('S3: a receiver that needs a server name and got an address', async () => {
  // A client hello names its server in an extension of type 0; what is dialled by address has none (RFC 6066 §3).
  const port = await barePort((socket) =>
    socket.once('data', (hello: Buffer) => {
      if (hello.includes(host)) socket.end(alert(80))
      else socket.end(alert(112))
    }),
  )
  const noName = failed('The receiver has no TLS certificate for the host name that was asked for.')
  expect(await postTo(port, trusting, '127.0.0.1')).toMatchObject(noName)
  expect(await postTo(port)).toMatchObject(failed('The TLS handshake failed.'))
})

test.each([
  ['http', 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'],
  ['mail', '220 mx.example.com ESMTP\r\n'],
])('S3: a port that speaks %s and no TLS', async (_what, text) => {
  const port = await barePort((socket) => socket.once('data', () => socket.end(text)))
  expect(await postTo(port)).toMatchObject(
    failed('The port does not speak TLS: it may be one for plain http.'),
  )
})

test.each([
  ['closes', (socket: net.Socket) => socket.end()],
  ['resets', (socket: net.Socket) => socket.resetAndDestroy()],
])('S3: a receiver that %s in the middle of the handshake', async (_what, act) => {
  const port = await barePort((socket) => socket.once('data', () => act(socket)))
  expect(await postTo(port)).toMatchObject(
    failed('The receiver closed the connection during the TLS handshake.'),
  )
})

test('W2: a handshake that stalls after its first bytes', async () => {
  const port = await barePort((socket) => socket.once('data', () => socket.write(Buffer.from([0x16, 3, 3]))))
  const client = openTestClient(policyFor(port), trusting)
  closers.push(() => client.close())
  expect(await client.post(testRequest(`https://${host}:${port}/`, { timeoutMs: 300 }))).toMatchObject({
    kind: 'failed',
    errorClass: 'timeout',
    message: 'The TLS handshake did not finish within 0.3 s.',
  })
})
