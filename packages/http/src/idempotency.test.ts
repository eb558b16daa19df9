import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import {
  type Claim,
  doOnce,
  fingerprintOf,
  type IdempotencyPort,
  type IdempotentRequest,
  idempotencyKeyOf,
  type KeptAnswer,
} from './idempotency.ts'

/** What a store promises, in memory. */
function store(): IdempotencyPort & {
  readonly rows: Map<string, { fingerprint: string; answer: KeptAnswer | null }>
} {
  const rows = new Map<string, { fingerprint: string; answer: KeptAnswer | null }>()
  const name = ({ orgId, key }: { orgId: number; key: string }): string => `${orgId} ${key}`
  return {
    rows,
    claim: async (of, fingerprint): Promise<Claim> => {
      const row = rows.get(name(of))
      if (row === undefined) {
        rows.set(name(of), { fingerprint, answer: null })
        return { kind: 'claimed' }
      }
      if (row.fingerprint !== fingerprint) return { kind: 'different' }
      return row.answer === null ? { kind: 'under_way' } : { kind: 'kept', answer: row.answer }
    },
    keep: async (of, answer) => {
      const row = rows.get(name(of))
      if (row !== undefined) row.answer = answer
    },
    release: async (of) => void rows.delete(name(of)),
  }
}

const request = (change: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  orgId: 1,
  method: 'POST',
  url: '/api/v1/things?a=1',
  contentType: 'application/json',
  bytes: Buffer.from('{"name":"x"}'),
  ...change,
})
const never = (): never => {
  throw new Error('nobody asked for this')
}

test('K1: while it is under way another is told so, and does nothing', async () => {
  const port = store()
  const { promise, resolve } = Promise.withResolvers<{ status: number }>()
  const first = doOnce(port, 'a', request(), () => promise, never)
  await expect(doOnce(port, 'a', request(), never, never)).rejects.toMatchObject({
    status: 409,
    headers: { 'retry-after': '2' },
  })
  resolve({ status: 204 })
  expect(await first).toEqual({ status: 204 })
})

test('K2: every part of a request makes it another one', () => {
  const changes: readonly Partial<IdempotentRequest>[] = [
    { method: 'PUT' },
    { url: '/api/v1/things?a=2' },
    { url: '/api/v1/others?a=1' },
    { contentType: 'application/x-ndjson' },
    { bytes: Buffer.from('{"name":"y"}') },
  ]
  const all = [request(), ...changes.map(request)].map(fingerprintOf)
  expect(new Set(all).size).toBe(all.length)
  expect(fingerprintOf(request({ contentType: 'Application/JSON' }))).toBe(fingerprintOf(request()))
})

test('K2: another request under a known key is refused and does nothing; another organization has its own keys', async () => {
  const port = store()
  await doOnce(port, 'a', request(), async () => ({ status: 201, body: { data: 1 } }), never)
  const other = request({ bytes: Buffer.from('{}') })
  await expect(doOnce(port, 'a', other, never, never)).rejects.toMatchObject({ status: 409 })
  const elsewhere = { ...other, orgId: 2 }
  expect(await doOnce(port, 'a', elsewhere, async () => ({ status: 202 }), never)).toEqual({ status: 202 })
})

test.each([
  ['an error that is thrown', () => Promise.reject(new ApiError('not_found', 'no'))],
  ['an answer that is no success', async () => ({ status: 503 })],
  [
    'an answer that is bytes',
    async () => ({ status: 200, body: Buffer.from('a'), headers: { 'content-type': 'text/plain' } }),
  ],
  ['an answer that is too long', async () => ({ status: 200, body: 'x'.repeat(1_048_577) })],
])('K3: after %s the same key tries again', async (_, act) => {
  const port = store()
  await doOnce(port, 'a', request(), act, never).catch(() => undefined)
  expect(port.rows.size).toBe(0)
  expect(await doOnce(port, 'a', request(), async () => ({ status: 201 }), never)).toEqual({ status: 201 })
})

test('K4: the answer that is given again is the first one, byte for byte', async () => {
  const port = store()
  const first = { status: 201, body: { data: { b: 1, a: [0.1, null, 'ü'] } }, headers: { location: '/x' } }
  expect(await doOnce(port, 'a', request(), async () => first, never)).toBe(first)
  expect(await doOnce(port, 'a', request(), never, never)).toEqual({
    status: 201,
    body: JSON.stringify(first.body),
    headers: {
      location: '/x',
      'idempotency-replayed': 'true',
      'content-type': 'application/json; charset=utf-8',
    },
  })
})

test('K4: lines are given again as lines', async () => {
  const port = store()
  const lines = { status: 200, body: '{"line":1}\n', headers: { 'content-type': 'application/x-ndjson' } }
  await doOnce(port, 'a', request(), async () => lines, never)
  expect(await doOnce(port, 'a', request(), never, never)).toEqual({
    ...lines,
    headers: { ...lines.headers, 'idempotency-replayed': 'true' },
  })
})

test('an answer that can not be kept is given all the same, and somebody hears of it', async () => {
  const lost: unknown[] = []
  const port = { ...store(), keep: () => Promise.reject(new Error('away')) }
  const answer = await doOnce(
    port,
    'a',
    request(),
    async () => ({ status: 201 }),
    (error) => lost.push(error),
  )
  expect(answer).toEqual({ status: 201 })
  expect(lost).toHaveLength(1)
})

test.each([
  ['x'.repeat(256), 'too_long'],
  ['', 'invalid_value'],
  ['a b', 'invalid_value'],
  ['ü', 'invalid_value'],
])('a key such as %j is refused by name', (key, code) => {
  expect(() => idempotencyKeyOf({ 'idempotency-key': key })).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: 'Idempotency-Key', code })] }),
  )
})

test('no header, no key', () => {
  expect(idempotencyKeyOf({})).toBeNull()
  expect(idempotencyKeyOf({ 'idempotency-key': 'x'.repeat(255) })).toHaveLength(255)
})
