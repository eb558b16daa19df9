/**
 * What receivers can do to a sender, all of it at once, against a real dispatcher and real retry tiers on one partition:
 * rows E1–E5, E7, E11, D1 and D2 of the fault matrix. Each bad endpoint has its own words in the log and is retried or
 * given up by the policy; no attempt is lost or made twice; and endpoints that are well never notice.
 *
 * The deliveries are written as the router writes them, so that every endpoint stands in one partition with all others.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { type DnsAnswer, type DnsServer, openDnsServer } from '@scanhook/testkit/dns-server'
import { testAuthority } from '@scanhook/testkit/self-signed-certificate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Behaviour,
  behaviours,
  type FaultyReceiver,
  type FaultyReceiverOptions,
  openFaultyReceiver,
  openNeverAccepting,
  openNoTls,
  type UnreachableReceiver,
  unrecognizedName,
} from '../harness/faulty-receiver.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** The schedule 5 s, 15 s, 45 s becomes 5 ms, 15 ms, 45 ms; timeouts are real time. */
const timeScale = 1_000
/** The profile with the shortest deadline for an attempt: 5 s. */
const profile = 'trakrf'
const timeoutMs = 5_000
const hostname = 'hooks.example.com'
/** Written before, between and after the bad ones. */
const eventsPerHealthyEndpoint = 40

const authority = testAuthority(Date.now())
const folder = mkdtempSync(join(tmpdir(), 'scanhook-bad-receivers-'))
const closers: (() => Promise<void>)[] = []
let world: DeliveryWorld
let dns: DnsServer
let services: readonly ServiceProcess[] = []
let attempts: readonly Attempt[] = []

interface Row {
  readonly endpointId: number
  readonly url: string
  readonly receiver: FaultyReceiver | null
  readonly delivery: Delivery
}

const rows = new Map<string, Row>()
const healthy = new Map<
  string,
  { readonly receiver: FaultyReceiver; readonly deliveries: readonly Delivery[] }
>()
let canary: FaultyReceiver
let innerCanary: FaultyReceiver

const kept = <T extends UnreachableReceiver>(receiver: T): T => {
  closers.push(() => receiver.close())
  return receiver
}

const faulty = async (behaviour: Behaviour, options: FaultyReceiverOptions = {}): Promise<FaultyReceiver> =>
  kept(await openFaultyReceiver(behaviour, { secret: world.secret, authority, ...options }))

const overTls = (tls: FaultyReceiverOptions['tls']): Promise<FaultyReceiver> =>
  faulty(behaviours.ok(), { hostname, ...(tls === undefined ? {} : { tls }) })

function isSeenBy(receiver: FaultyReceiver | UnreachableReceiver): receiver is FaultyReceiver {
  return 'seen' in receiver
}

/** Announces an endpoint for each and remembers the delivery that it will get. */
async function addRow(name: string, url: string, receiver: FaultyReceiver | null): Promise<void> {
  const endpointId = 1_000 + rows.size
  await world.announce(endpointId, url, { profile })
  rows.set(name, { endpointId, url, receiver, delivery: deliveryTo(endpointId) })
}

const literals = [
  ...[
    '127.0.0.1',
    '127.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '１２７.０.０.１',
  ],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:1]', '[::7f00:1]'],
  ...['[::ffff:0:7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]'],
  ...[
    '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
    '[fe80::1%25eth0]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
  ],
  ...[
    '[ff02::1]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
  ],
  ...['168.63.129.16', '192.0.0.192', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
] as const
const publicAddress = '93.184.216.34'
const forbiddenNames: Readonly<Record<string, DnsAnswer>> = {
  'a-private.example.com': { addresses: ['127.0.0.1'] },
  'aaaa-private.example.com': { addresses: [publicAddress, '::1'] },
  'two-a.example.com': { addresses: [publicAddress, '127.0.0.1'] },
  'cname.example.com': { addresses: ['127.0.0.1'], aliases: ['a.example.net', 'db.corp.example.org'] },
  localhost: { addresses: [publicAddress] },
  'localhost.': { addresses: [publicAddress] },
  'foo.localhost': { addresses: [publicAddress] },
  'metadata.google.internal': { addresses: [publicAddress] },
  intranet: { addresses: [publicAddress] },
}
/** The first answer is the receiver, every later one is behind our walls: 127.0.0.2, where a canary has the same port. */
const reboundName = 'rebound.example.com'

async function addFaults(): Promise<void> {
  const opened: Readonly<Record<string, FaultyReceiver | UnreachableReceiver>> = {
    'E1 hangs': await faulty(behaviours.hang()),
    'E1 hangs once': await faulty(behaviours.untilNth(1, behaviours.hang())),
    'E2 never accepts': kept(await openNeverAccepting()),
    'E3 header trickle': await faulty(behaviours.headerTrickle()),
    'E3 body trickle': await faulty(behaviours.bodyTrickle(503)),
    'E3 stalled handshake': kept(await openNoTls(null)),
    'E4 endless body': await faulty(behaviours.endlessChunked(500)),
    'E4 1 GB body': await faulty(behaviours.hugeBody(502)),
    'E4 gzip bomb': await faulty(behaviours.gzipBomb(500)),
    'E4 64 KB header': await faulty(behaviours.hugeHeader()),
    'E4 1xx flood': await faulty(behaviours.informationalFlood()),
    'E5 late 200': await faulty(behaviours.lateOk(timeoutMs + 500)),
    'E7 early FIN': await faulty(behaviours.earlyFin()),
    'E11 expired': await overTls('expired'),
    'E11 not yet valid': await overTls('notYetValid'),
    'E11 wrong host': await overTls('wrongHost'),
    'E11 self-signed': await overTls('selfSigned'),
    'E11 TLS 1.0': await overTls('tls10'),
    'E11 SNI missing': kept(await openNoTls(unrecognizedName)),
    'E11 no TLS': kept(await openNoTls('HTTP/1.1 400 Bad Request\r\n\r\n')),
  }
  for (const [name, receiver] of Object.entries(opened))
    await addRow(name, receiver.url, isSeenBy(receiver) ? receiver : null)
}

async function addForbidden(): Promise<void> {
  canary = await faulty(behaviours.ok())
  for (const host of literals) {
    for (const scheme of ['http', 'https'])
      await addRow(`D1 ${scheme} ${host}`, `${scheme}://${host}:${canary.port}/hook`, null)
  }
  for (const name of Object.keys(forbiddenNames))
    await addRow(`D1 https ${name}`, `https://${name}:${canary.port}/hook`, null)
  for (const port of [22, 25, 6_379, 9_092])
    await addRow(`D1 port ${port}`, `https://two-a.example.com:${port}/hook`, null)
  const rebound = await faulty(behaviours.status(500))
  rebound.behave((socket, seen) => {
    behaviours.status(500)(socket, seen)
    setImmediate(() => socket.end())
  })
  innerCanary = await faulty(behaviours.ok(), { host: '127.0.0.2', port: rebound.port })
  await addRow('D1 rebound', `http://${reboundName}:${rebound.port}/hook`, rebound)
}

async function addRedirects(): Promise<void> {
  for (const code of [301, 302, 303, 307, 308]) {
    const to = `http://user:pw@127.0.0.1:${canary.port}/in?token=s3cret`
    const receiver = await faulty(behaviours.redirect(code, to))
    await addRow(`D2 ${code}`, receiver.url, receiver)
  }
  const itself = await faulty(behaviours.redirect(307, '/hook'))
  await addRow('D2 itself', itself.url, itself)
  const hops = await faulty((socket, seen) => {
    const hop = Number(/hop=(\d+)/.exec(seen.head)?.[1] ?? 0)
    behaviours.redirect(308, `/hook?hop=${(hop % 30) + 1}`)(socket, seen)
  })
  await addRow('D2 30 hops', hops.url, hops)
}

/** Some are well, some only close connections at bad moments (E7): all of them must get everything at the first attempt. */
async function addHealthy(): Promise<void> {
  const opened: Readonly<Record<string, FaultyReceiver>> = {
    plain: await faulty(behaviours.ok()),
    'over TLS': await overTls('trusted'),
    'closes idle connections': await faulty(behaviours.closeIdle()),
    'drops reused connections': await faulty(behaviours.dropReused()),
  }
  for (const [name, receiver] of Object.entries(opened)) {
    const endpointId = 1 + healthy.size
    await world.announce(endpointId, receiver.url, { profile })
    const deliveries = Array.from({ length: eventsPerHealthyEndpoint }, () => deliveryTo(endpointId))
    healthy.set(name, { receiver, deliveries })
  }
}

function answerNames(): void {
  dns.answerWith(({ name, type, nth }) => {
    if (name === hostname) return { addresses: ['127.0.0.1'] }
    if (name === reboundName)
      return { addresses: type === 'A' ? [nth === 1 ? '127.0.0.1' : '127.0.0.2'] : [] }
    return forbiddenNames[name] ?? 'no_such_name'
  })
}

async function startServices(): Promise<void> {
  const authorityFile = join(folder, 'authority.pem')
  writeFileSync(authorityFile, authority.certificate)
  const ports = [...rows]
    .filter(([name]) => !name.startsWith('D1 ') || name === 'D1 rebound')
    .map(([, { url }]) => Number(new URL(url).port))
  const allowed = [...ports, ...[...healthy.values()].map(({ receiver }) => receiver.port)]
  const env = {
    ...world.env,
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    TIME_SCALE: `${timeScale}`,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    WEBHOOK_ALLOWED_TARGETS: allowed.map((port) => `127.0.0.1/32:${port}`).join(','),
    WEBHOOK_NAME_SERVERS: dns.address,
    NODE_EXTRA_CA_CERTS: authorityFile,
  }
  services = await Promise.all(['dispatcher', 'retry'].map((name) => serviceProcess(name, env, folder)))
  await Promise.all(services.map((service) => service.start()))
}

/** One stream, in which a healthy delivery stands before and after every bad one. */
function interleaved(): readonly Delivery[] {
  const bad = [...rows.values()].map(({ delivery }) => delivery)
  const well = [...healthy.values()].flatMap(({ deliveries }) => deliveries.slice(0, -1))
  const share = Math.ceil(well.length / (bad.length + 1))
  return [
    ...bad.flatMap((delivery, index) => [...well.slice(index * share, (index + 1) * share), delivery]),
    ...well.slice(bad.length * share),
  ]
}

async function readAttempts(): Promise<void> {
  const records = await world.read(world.topics.attempts, world.codecs.attempts)
  attempts = records.map(({ value }) => value)
}

/** Those that were made; what was held or given up without a request is none. */
const attemptsOf = (delivery: Delivery): readonly Attempt[] =>
  attempts
    .filter((attempt) => attempt.deliveryId === delivery.deliveryId && attempt.outcome !== null)
    .sort((one, other) => one.attemptNumber - other.attemptNumber)

const rowOf = (name: string): Row => {
  const row = rows.get(name)
  if (row === undefined) throw new Error(`no row ${name}`)
  return row
}

const isOver = (delivery: Delivery): boolean =>
  attempts.some(
    ({ deliveryId, disposition }) =>
      deliveryId === delivery.deliveryId && ['delivered', 'dead'].includes(disposition.kind),
  )

beforeAll(async () => {
  world = await openDeliveryWorld({ partitions: 1 })
  dns = await openDnsServer(() => 'no_such_name')
  closers.push(() => dns.close())
  await addFaults()
  await addForbidden()
  await addRedirects()
  await addHealthy()
  answerNames()
  await startServices()
  await world.send(interleaved())
  await waitUntil(
    'every bad delivery was attempted twice or is over',
    async () => {
      await readAttempts()
      return [...rows.values()].every(({ delivery }) => attemptsOf(delivery).length >= 2 || isOver(delivery))
    },
    { everyMs: 500 },
  )
  // While the bad ones are retried on and on, the last event of every healthy endpoint: on connections that are idle by now.
  await world.send([...healthy.values()].flatMap(({ deliveries }) => deliveries.slice(-1)))
  await waitUntil(
    'the healthy endpoints have everything',
    async () => {
      await readAttempts()
      return [...healthy.values()].every(({ deliveries }) => deliveries.every(isOver))
    },
    { everyMs: 500 },
  )
  // An orderly end: what is under way gets its line in the log, so that requests and attempts can be held against each other.
  for (const service of services) await service.terminate()
  await readAttempts()
  // Two waits of 120 s at most, of which a run that works needs a tenth.
}, 300_000)

afterAll(async () => {
  await Promise.all(services.map((service) => service.kill()))
  for (const close of closers.reverse()) await close()
  await world?.close()
  if (process.env['KEEP_WORLD'] !== '1') rmSync(folder, { recursive: true, force: true })
})

const timeout = (message: string): object => ({ kind: 'failed', errorClass: 'timeout', message })
const tlsFailure = (message: string): object => ({ kind: 'failed', errorClass: 'tls', message })
const answered = (status: number, rest: object = {}): object => ({ kind: 'responded', status, ...rest })

describe('rows whose attempts fail and are retried by the policy', () => {
  test.each<[string, object]>([
    ['E1 hangs', timeout('No response arrived within 5 s.')],
    ['E2 never accepts', timeout('The connection was not accepted within 5 s.')],
    ['E3 header trickle', timeout('No response arrived within 5 s.')],
    ['E3 body trickle', answered(503, { isBodyTruncated: true })],
    ['E3 stalled handshake', timeout('The TLS handshake did not finish within 5 s.')],
    ['E4 endless body', answered(500, { isBodyTruncated: true, body: 'e'.repeat(4_096) })],
    ['E4 1 GB body', answered(502, { isBodyTruncated: true, body: 'g'.repeat(4_096) })],
    ['E4 gzip bomb', answered(500, { isBodyTruncated: true })],
    [
      'E4 64 KB header',
      {
        kind: 'failed',
        errorClass: 'protocol',
        message: 'The headers of the response were larger than 16 KiB.',
      },
    ],
    [
      'E4 1xx flood',
      { kind: 'failed', errorClass: 'protocol', message: 'The receiver sent interim answers without end.' },
    ],
    [
      'E7 early FIN',
      {
        kind: 'failed',
        errorClass: 'reset',
        message: 'The connection was closed before a response arrived.',
      },
    ],
    ['E11 expired', tlsFailure('The TLS certificate has expired.')],
    ['E11 not yet valid', tlsFailure('The TLS certificate is not valid yet.')],
    ['E11 wrong host', tlsFailure('The TLS certificate is for another host name.')],
    ['E11 self-signed', tlsFailure('The TLS certificate is self-signed.')],
    ['E11 TLS 1.0', tlsFailure('The receiver offers no version of TLS from 1.2 on.')],
    [
      'E11 SNI missing',
      tlsFailure('The receiver has no TLS certificate for the host name that was asked for.'),
    ],
    ['E11 no TLS', tlsFailure('The port does not speak TLS: it may be one for plain http.')],
    ...[301, 302, 303, 307, 308].map((code): [string, object] => [`D2 ${code}`, answered(code)]),
    ['D2 itself', answered(307)],
    ['D2 30 hops', answered(308)],
  ])('%s', (name, outcome) => {
    const { delivery, receiver } = rowOf(name)
    const made = attemptsOf(delivery)
    expect(made.length).toBeGreaterThanOrEqual(2)
    // None lost, none made twice: each number once, from 1 on.
    expect(made.map(({ attemptNumber }) => attemptNumber)).toEqual(made.map((_, index) => index + 1))
    for (const attempt of made) {
      expect(attempt.outcome).toMatchObject(outcome)
      expect(attempt.disposition.kind).toBe('retry')
    }
    if (receiver === null || name.startsWith('E11')) return
    // One request an attempt, all with one id and one body.
    const requests = receiver.seen()
    expect(requests).toHaveLength(made.length)
    expect(receiver.refusedCount()).toBe(0)
    expect(new Set(requests.map(({ id }) => id))).toEqual(new Set([delivery.event.eventId]))
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
  })

  test('D2: the log shows where a redirect points, without path and password, and nobody went there', () => {
    for (const code of [301, 302, 303, 307, 308]) {
      const [first] = attemptsOf(rowOf(`D2 ${code}`).delivery)
      expect(first?.outcome).toMatchObject({ headers: { location: `http://127.0.0.1:${canary.port}` } })
      expect(JSON.stringify(first)).not.toContain('s3cret')
    }
    expect(canary.connectionCount()).toBe(0)
    for (const name of ['D2 itself', 'D2 30 hops'])
      expect(
        rowOf(name)
          .receiver?.seen()
          .every(({ head }) => head.startsWith('POST /hook HTTP/1.1')),
      ).toBe(true)
  })
})

describe('rows that end well', () => {
  test('E5: a 200 after our deadline: sent again with the same id and body, and delivered then', () => {
    const { delivery, receiver } = rowOf('E5 late 200')
    const made = attemptsOf(delivery)
    expect(made.map(({ outcome }) => outcome)).toMatchObject([
      timeout('No response arrived within 5 s.'),
      answered(200),
    ])
    expect(made.map(({ disposition }) => disposition.kind)).toEqual(['retry', 'delivered'])
    const [first, second, ...others] = receiver?.seen() ?? []
    expect(others).toEqual([])
    expect(second?.id).toBe(first?.id)
    expect(second?.body).toBe(first?.body)
  })

  test('E1: what hangs once is delivered by the second attempt', () => {
    const made = attemptsOf(rowOf('E1 hangs once').delivery)
    expect(made.map(({ disposition }) => disposition.kind)).toEqual(['retry', 'delivered'])
  })
})

describe('D1: what must not be reached is not', () => {
  test('D1: every literal, name and port is refused at its only attempt, and the canaries saw nobody', () => {
    const forbidden = [...rows].filter(([name]) => name.startsWith('D1 ') && name !== 'D1 rebound')
    expect(forbidden.length).toBe(literals.length * 2 + Object.keys(forbiddenNames).length + 4)
    for (const [name, { delivery }] of forbidden) {
      const made = attemptsOf(delivery)
      expect(made, name).toMatchObject([
        {
          attemptNumber: 1,
          outcome: {
            kind: 'failed',
            errorClass: 'blocked_address',
            message: 'The URL leads to an address that deliveries may not be sent to.',
            remoteAddress: null,
          },
          disposition: { kind: 'dead', reason: 'blocked_address' },
        },
      ])
    }
    expect(canary.connectionCount()).toBe(0)
  })

  test('D1: a name that is rebound between two attempts: the second is refused', () => {
    const { delivery, receiver } = rowOf('D1 rebound')
    expect(attemptsOf(delivery)).toMatchObject([
      { outcome: answered(500, { remoteAddress: '127.0.0.1' }), disposition: { kind: 'retry' } },
      {
        outcome: { kind: 'failed', errorClass: 'blocked_address', remoteAddress: null },
        disposition: { kind: 'dead', reason: 'blocked_address' },
      },
    ])
    expect(receiver?.seen()).toHaveLength(1)
    expect(innerCanary.connectionCount()).toBe(0)
  })
})

describe('healthy endpoints of the same partition', () => {
  test.each(['plain', 'over TLS', 'closes idle connections', 'drops reused connections'])(
    '%s: every event is delivered by its first attempt',
    (name) => {
      const { receiver, deliveries } = healthy.get(name) ?? { receiver: null, deliveries: [] }
      expect(deliveries).toHaveLength(eventsPerHealthyEndpoint)
      for (const delivery of deliveries)
        expect(attemptsOf(delivery)).toMatchObject([
          { attemptNumber: 1, outcome: answered(200), disposition: { kind: 'delivered' } },
        ])
      expect(receiver?.refusedCount()).toBe(0)
      expect(new Set(receiver?.seen().map(({ id }) => id))).toEqual(
        new Set(deliveries.map(({ event }) => event.eventId)),
      )
    },
  )

  test('they have all that was written among the bad ones before the first bad attempt has run into its deadline', () => {
    const firstEndAtMs = Math.min(
      ...['E1 hangs', 'E2 never accepts', 'E3 header trickle', 'E3 body trickle', 'E3 stalled handshake'].map(
        (name) => {
          const [first] = attemptsOf(rowOf(name).delivery)
          return (first?.startedAtMs ?? 0) + (first?.outcome?.timings.totalMs ?? 0)
        },
      ),
    )
    for (const [name, { receiver, deliveries }] of healthy) {
      const ofFirstWave = new Set(deliveries.slice(0, -1).map(({ event }) => String(event.eventId)))
      const arrivals = receiver.seen().filter(({ id }) => ofFirstWave.has(id))
      expect(new Set(arrivals.map(({ id }) => id)).size, name).toBe(ofFirstWave.size)
      expect(Math.max(...arrivals.map(({ receivedAtMs }) => receivedAtMs)), name).toBeLessThan(firstEndAtMs)
    }
  })
})
