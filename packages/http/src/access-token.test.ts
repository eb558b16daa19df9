import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { accessTokenLifeS, openAccessTokens } from './access-token.ts'

const key = (id: string): { id: string; key: Uint8Array } => ({ id, key: new Uint8Array(randomBytes(32)) })
const [k0, k1] = [key('k0'), key('k1')]
const tokens = openAccessTokens([k1, k0])
const grant = { orgId: 7, apiKeyId: 9, chainId: 11, scopes: ['assets:read'] }
const nowMs = 1_700_000_000_000
const nowS = nowMs / 1000
const claims = { iss: 'scanhook', sub: '9', org: 7, sid: 11, scopes: [], jti: 'j', iat: nowS, exp: nowS + 60 }

/** What another hand signs with our own key. */
function signed(change: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1', ...header } as { alg: string })
    .sign(k1.key)
}
function part(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString())
}
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token says who made it, for whom, for what and for how long, and no two are the same', async () => {
  const token = await tokens.sign(grant, nowMs + 999)
  expect(part(token, 0)).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'k1' })
  const exp = nowS + accessTokenLifeS
  expect(part(token, 1)).toEqual({
    iss: 'scanhook',
    sub: '9',
    org: 7,
    sid: 11,
    scopes: ['assets:read'],
    iat: nowS,
    exp,
    jti: expect.any(String),
  })
  expect(await tokens.sign(grant, nowMs)).not.toBe(await tokens.sign(grant, nowMs))
})

test('J1: another process takes it, also when a newer key was put in front, until exp and not at it', async () => {
  const token = await openAccessTokens([k0]).sign(grant, nowMs)
  const expiresAtMs = nowMs + accessTokenLifeS * 1000
  for (const other of [openAccessTokens([k0]), tokens]) {
    expect(await other.verify(token, nowMs)).toEqual({ ...grant, expiresAtMs })
    expect(await other.verify(token, expiresAtMs - 1)).not.toBeNull()
    expect(await other.verify(token, expiresAtMs)).toBeNull()
  }
  expect(await openAccessTokens([k1]).verify(token, nowMs)).toBeNull()
})

describe('J2: is refused', () => {
  test('J2: the control: what is signed as we sign is taken', async () => {
    expect(await tokens.verify(await signed({}), nowMs)).not.toBeNull()
  })
  test('J2: alg none, with and without what looks like a signature', async () => {
    const none = new UnsecuredJWT(claims).encode()
    expect(await tokens.verify(none, nowMs)).toBeNull()
    for (const alg of ['none', 'None', 'NONE']) {
      const head = encoded({ alg, kid: 'k1' })
      expect(await tokens.verify(`${head}.${encoded(claims)}.`, nowMs)).toBeNull()
      expect(await tokens.verify(`${head}.${encoded(claims)}.AAAA`, nowMs)).toBeNull()
    }
  })
  test('J2: RS256, a stronger HMAC with our own key, and an HMAC under another name', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey)
    expect(await tokens.verify(rsa, nowMs)).toBeNull()
    for (const [alg, hash] of [
      ['HS512', 'sha512'],
      ['RS256', 'sha256'],
      ['HS384', 'sha384'],
    ] as const) {
      const text = `${encoded({ alg, kid: 'k1' })}.${encoded(claims)}`
      const mac = createHmac(hash, k1.key).update(text).digest('base64url')
      expect(await tokens.verify(`${text}.${mac}`, nowMs), alg).toBeNull()
    }
  })
  test('J2: another key under our name, a name that is not ours, no name', async () => {
    expect(
      await tokens.verify(await openAccessTokens([{ ...key('k1') }]).sign(grant, nowMs), nowMs),
    ).toBeNull()
    expect(await tokens.verify(await signed({}, { kid: 'k0' }), nowMs)).toBeNull()
    expect(await tokens.verify(await signed({}, { kid: 'k9' }), nowMs)).toBeNull()
    expect(await tokens.verify(await signed({}, { kid: undefined }), nowMs)).toBeNull()
  })
  test('J2: changed in head, claims or signature', async () => {
    const token = await tokens.sign(grant, nowMs)
    const [head = '', body = '', mac = ''] = token.split('.')
    const more = encoded({ ...part(token, 1), scopes: ['keys:admin'] })
    const other = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`
    for (const changed of [
      `${head}.${more}.${mac}`,
      `${head}.${body}.${other}`,
      `${head}.${body}.`,
      `${encoded({ ...part(token, 0), kid: 'k0' })}.${body}.${mac}`,
      `${head}.${body}`,
      '..',
      'a.b.c',
    ])
      expect(await tokens.verify(changed, nowMs), changed).toBeNull()
  })
  test.each([
    ['expired', { exp: nowS }],
    ['not yet valid', { nbf: nowS + 1 }],
    ['without an end', { exp: undefined }],
    ['of somebody else', { iss: 'other' }],
    ['without an issuer', { iss: undefined }],
    ['without an id', { jti: undefined }],
    ['without a time', { iat: undefined }],
    ['without a key', { sub: undefined }],
    ['of a key that is no id', { sub: 'sk_1' }],
    ['without an organization', { org: undefined }],
    ['without a chain', { sid: undefined }],
    ['of a chain that is text', { sid: '11' }],
    ['without scopes', { scopes: undefined }],
    ['with scopes as text', { scopes: 'keys:admin' }],
  ])('J2: one %s', async (_, change) => {
    expect(await tokens.verify(await signed(change), nowMs)).toBeNull()
  })
})
