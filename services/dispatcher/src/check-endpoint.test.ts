import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import { type CheckProbe, type CheckSeries, renderCheckData } from '@scanhook/domain/checking/check-probe'
import { type Endpoint, plainEndpoint } from '@scanhook/domain/endpoint'
import { endpointId, eventId, orgId } from '@scanhook/domain/ids'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { defaultToleranceS, verify } from '@scanhook/signing/verify'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { respondedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { type CheckPorts, endpointChecker } from './check-endpoint.ts'
import type { PostPort } from './deliver.ts'
import type { Work } from './work.ts'

const nowMs = 1_800_000_000_000
const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
const secret = newSecret()
const refused = respondedWith(401)

const endpoint: Endpoint = {
  id: endpointId(7),
  orgId: orgId(1),
  url: 'https://x.example/hook',
  state: 'active',
  profile: 'trakrf',
  sealedSecrets: ['sealed'],
  headers: { authorization: 'Bearer t', 'X-Team-Signature': 'blue' },
  subscriptions: [],
  ...plainEndpoint,
  createdAtMs: 1,
  version: 1,
}

class Bench {
  readonly posted: PostPort[] = []
  readonly attempts: Attempt[] = []
  readonly ended: number[] = []
  readonly done: string[] = []
  readonly revoked = new AbortController()
  readonly checker
  answer: (request: PostPort) => AttemptOutcome | Promise<AttemptOutcome> = () => respondedWith(204)

  constructor(change: Partial<CheckPorts> = {}) {
    this.checker = endpointChecker({
      batchIdFor: () => 'batch-1',
      secretsOf: () => [secret],
      sign: signHeaders,
      customerHeaders: ({ headers }) => headers,
      unsignable: () => undefined,
      userAgent: 'Scanhook/1',
      post: async (request) => {
        this.posted.push(request)
        return this.answer(request)
      },
      nowMs: () => nowMs,
      probeIdFor: ({ event }, probe: CheckProbe) => eventId(`${event.eventId} ${probe}`),
      appendAttempt: async (attempt) => {
        this.attempts.push(attempt)
      },
      ended: (_delivery, probes) => this.ended.push(probes),
      ...change,
    })
  }

  work(name = 'check', series: CheckSeries = 'plain'): Work {
    const delivery = deliveryTo(7, { trigger: 'test' })
    return {
      delivery: {
        ...delivery,
        event: {
          ...delivery.event,
          type: 'endpoint.check',
          dataJson: renderCheckData(endpoint.id, series),
        },
      },
      trace,
      bytes: 0,
      partition: 0,
      endpoint: null,
      order: null,
      orderNote: null,
      signal: this.revoked.signal,
      over: this.revoked.signal,
      done: () => this.done.push(name),
    }
  }
}

const isSigned = ({ headers, body }: PostPort, atMs = nowMs): boolean =>
  verify({
    ...{ profile: 'standard', headers, body, secrets: [secret] },
    ...{ nowS: atMs / 1_000, toleranceS: defaultToleranceS },
  }).ok

test('the probes are what they are called', async () => {
  const at = new Bench()
  await at.checker.check(at.work(), endpoint)
  const [valid, duplicate, tampered, stale, unsigned] = at.posted
  if (!valid || !duplicate || !tampered || !stale || !unsigned) throw new Error('five probes')
  expect(at.posted.map((one) => isSigned(one))).toEqual([true, true, false, false, false])
  expect(duplicate).toEqual(valid)
  expect(tampered.body).toContain('"altered":true')
  expect(isSigned({ ...tampered, body: tampered.body.replace('true', 'false') })).toBe(true)
  expect(isSigned(stale, nowMs - 3_600_000)).toBe(true)
  expect(Object.keys(unsigned.headers).filter((name) => /signature/i.test(name))).toEqual([
    'X-Team-Signature',
  ])
  expect(new Set(at.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(4)
  expect(at.posted.every(({ timeoutMs, lane }) => timeoutMs === 5_000 && lane === 'check 7')).toBe(true)
  expect([at.ended, at.done]).toEqual([[5], ['check']])
})

test('during an overlap the new secret signs one probe alone, and the old ones another', async () => {
  const [fresh, old, older] = [newSecret(), newSecret(), newSecret()] as const
  const at = new Bench({ secretsOf: () => [fresh, old, older] })
  await at.checker.check(at.work('check', 'overlap'), { ...endpoint, sealedSecrets: ['3', '2', '1'] })
  const holds = ({ headers, body }: PostPort, profile: 'standard' | 'trakrf'): readonly boolean[] =>
    [fresh, old, older].map(
      (each) =>
        verify({
          profile,
          headers,
          body,
          secrets: [each],
          nowS: nowMs / 1_000,
          toleranceS: defaultToleranceS,
        }).ok,
    )
  const [valid, , , , , byNew, byOld] = at.posted
  if (!valid || !byNew || !byOld) throw new Error('seven probes')
  expect(holds(valid, 'standard')).toEqual([true, true, true])
  expect(holds(byNew, 'standard')).toEqual([true, false, false])
  expect(holds(byOld, 'standard')).toEqual([false, true, true])
  // The brand's header has room for one.
  expect([holds(byNew, 'trakrf'), holds(byOld, 'trakrf')]).toEqual([
    [true, false, false],
    [false, true, false],
  ])
  expect(at.attempts.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(new Set(at.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(6)
})

test.each([
  ['one of its secrets can not be opened', ['b', 'a'], [secret]],
  ['its old secret has ended', ['b'], [secret]],
])('where %s, nothing is sent that would tell the wrong thing', async (_, sealedSecrets, opened) => {
  const at = new Bench({ secretsOf: () => opened })
  await at.checker.check(at.work('check', 'overlap'), { ...endpoint, sealedSecrets })
  expect(at.posted).toHaveLength(5)
  expect(at.attempts.slice(5).map(({ outcome }) => outcome)).toMatchObject([
    { errorClass: 'internal' },
    { errorClass: 'internal' },
  ])
})

test('C4: what leaves without a right signature says in its body that it is a check', async () => {
  const at = new Bench()
  await at.checker.check(at.work(), endpoint)
  for (const { body } of at.posted) expect(JSON.parse(body)).toMatchObject({ event: 'endpoint.check' })
})

test('C1: what comes of probes is told to the log alone, as attempts of a test that nobody tries again', async () => {
  const at = new Bench()
  at.answer = (request) => (isSigned(request) ? respondedWith(200) : refused)
  await at.checker.check(at.work(), endpoint)
  expect(
    at.attempts.map(({ trigger, attemptNumber, disposition }) => [trigger, attemptNumber, disposition.kind]),
  ).toEqual([
    ['test', 1, 'delivered'],
    ['test', 2, 'delivered'],
    ['test', 3, 'dead'],
    ['test', 4, 'dead'],
    ['test', 5, 'dead'],
  ])
  expect(at.attempts.map(({ requestHeaders }) => requestHeaders['authorization'])).toEqual(
    Array(5).fill('***'),
  )
})

test('C2: no probe is sent before the outcome of the one before is durable', async () => {
  const waiting: (() => void)[] = []
  const at = new Bench({ appendAttempt: () => new Promise((resolve) => waiting.push(resolve)) })
  const checked = at.checker.check(at.work(), endpoint)
  for (let probe = 1; probe <= 5; probe += 1) {
    await settle()
    expect([at.posted.length, at.done]).toEqual([probe, []])
    waiting[probe - 1]?.()
  }
  await checked
  expect(at.done).toEqual(['check'])
})

test('an endpoint that does not answer is asked once', async () => {
  const at = new Bench()
  at.answer = () => ({
    kind: 'failed',
    errorClass: 'connect',
    message: 'no',
    remoteAddress: null,
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 },
  })
  await at.checker.check(at.work(), endpoint)
  expect([at.posted.length, at.ended, at.done]).toEqual([1, [1], ['check']])
})

test('C3: eight checks at a time; the ninth begins when one has ended', async () => {
  const at = new Bench()
  const answers: (() => void)[] = []
  at.answer = () => new Promise((resolve) => answers.push(() => resolve(respondedWith(204))))
  const checks = Array.from({ length: 9 }, (_, n) => at.checker.check(at.work(`${n}`), endpoint))
  await settle()
  expect(at.posted).toHaveLength(8)
  for (let probe = 0; probe < 5; probe += 1) {
    answers[probe === 0 ? 0 : answers.length - 1]?.()
    await settle()
  }
  expect([at.done, at.posted.length]).toEqual([['0'], 8 + 4 + 1])
  at.checker.stop()
  for (const answer of answers) answer()
  await Promise.all(checks)
})

test.each([
  ['stop', (at: Bench) => at.checker.stop()],
  ['revoke', (at: Bench) => at.revoked.abort()],
])('C3: after a %s nothing further is sent, and the records are left to whoever comes', async (_, end) => {
  const at = new Bench()
  const answers: (() => void)[] = []
  at.answer = () => new Promise((resolve) => answers.push(() => resolve(respondedWith(204))))
  const checks = Array.from({ length: 9 }, () => at.checker.check(at.work(), endpoint))
  await settle()
  end(at)
  at.answer = () => respondedWith(204)
  for (const answer of answers) answer()
  await Promise.all(checks)
  expect([at.posted.length, at.attempts.length, at.done]).toEqual([8, 8, []])
})

test('a batch endpoint is checked with batches, as it is sent them', async () => {
  const at = new Bench()
  await at.checker.check(at.work(), {
    ...endpoint,
    batch: { maxEvents: 10, maxWaitMs: 1_000, maxBytes: 1_024 },
  })
  expect(at.posted.map(({ body }) => JSON.parse(body).type)).toEqual(Array(5).fill('batch'))
  expect(at.posted[2]?.body).toContain('"altered":true')
})

async function settle(): Promise<void> {
  for (let step = 0; step < 20; step += 1) await Promise.resolve()
}
