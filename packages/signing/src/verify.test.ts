import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newSecret } from './secret.ts'
import { type Message, signHeaders } from './sign.ts'
import { newSigningKey } from './signing-key.ts'
import { signingProfiles } from './signing-profile.ts'
import { defaultToleranceS, type ReceivedMessage, verify } from './verify.ts'

const secret = newSecret()
const body = '{"data":{"name":"Süd 7"}}'
const signedAtS = 1_777_336_418

function received(profile: Message['profile'], change: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  const headers = signHeaders({ profile, ...ids, timestampS: signedAtS, body, secrets: [secret] })
  return {
    profile,
    headers,
    body,
    secrets: [secret],
    nowS: signedAtS,
    toleranceS: defaultToleranceS,
    ...change,
  }
}

const refused = (problem: string): unknown => ({ ok: false, problem })

describe.each(signingProfiles)('profile %s', (profile) => {
  const timestampS = profile === 'trackberry' ? null : signedAtS

  test('what was signed verifies, as text and as bytes, with header names in any case', () => {
    expect(verify(received(profile))).toEqual({ ok: true, timestampS })
    expect(verify(received(profile, { body: Buffer.from(body) }))).toEqual({ ok: true, timestampS })
    const { headers } = received(profile)
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    expect(verify(received(profile, { headers: lower }))).toEqual({ ok: true, timestampS })
  })
  test('V2: one changed byte of the body does not', () => {
    expect(verify(received(profile, { body: body.replace('7', '8') }))).toEqual(refused('signature_mismatch'))
  })
  test('V3: one of several secrets is enough, none is not', () => {
    expect(verify(received(profile, { secrets: [newSecret(), secret] }))).toEqual({ ok: true, timestampS })
    expect(verify(received(profile, { secrets: [newSecret()] }))).toEqual(refused('signature_mismatch'))
    expect(verify(received(profile, { secrets: [] }))).toEqual(refused('signature_mismatch'))
  })
  test('a missing header is said to be missing', () => {
    expect(verify(received(profile, { headers: {} }))).toEqual(refused('header_missing'))
  })
  test('a signature of another length is no match and no error', () => {
    const { headers } = received(profile)
    const cut = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        /signature$/i.test(name) ? value?.slice(0, -1) : value,
      ]),
    )
    expect(verify(received(profile, { headers: cut }))).toEqual(refused('signature_mismatch'))
  })
})

describe.each(['standard', 'trakrf'] as const)('the timestamp of profile %s', (profile) => {
  test.each([-300, 300])('may be %i s away', (awayS) => {
    expect(verify(received(profile, { nowS: signedAtS + awayS }))).toMatchObject({ ok: true })
  })
  test.each([-301, 301, 86_400])('but not %i s', (awayS) => {
    expect(verify(received(profile, { nowS: signedAtS + awayS }))).toEqual(
      refused('timestamp_out_of_tolerance'),
    )
  })
  test('is signed: another one does not verify', () => {
    const { headers } = received(profile)
    const later = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        /timestamp$/i.test(name) ? String(signedAtS + 1) : value,
      ]),
    )
    expect(verify(received(profile, { headers: later }))).toEqual(refused('signature_mismatch'))
  })
  test('must be digits', () => {
    const { headers } = received(profile)
    const strange = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, /timestamp$/i.test(name) ? '1e9' : value]),
    )
    expect(verify(received(profile, { headers: strange }))).toEqual(refused('timestamp_unreadable'))
  })
})

test('during a rotation a receiver with either secret accepts', () => {
  const newest = newSecret()
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  const headers = signHeaders({
    profile: 'standard',
    ...ids,
    timestampS: signedAtS,
    body,
    secrets: [newest, secret],
  })
  expect(verify(received('standard', { headers, secrets: [secret] }))).toMatchObject({ ok: true })
  expect(verify(received('standard', { headers, secrets: [newest] }))).toMatchObject({ ok: true })
})

test('a header stuffed with signatures is read no further than ten', () => {
  const { headers } = received('standard')
  const stuffed = [...Array.from({ length: 10 }, () => 'v1,x'), headers['webhook-signature']].join(' ')
  const changed = { ...headers, 'webhook-signature': stuffed }
  expect(verify(received('standard', { headers: changed }))).toEqual(refused('signature_mismatch'))
})

describe('Ed25519', () => {
  const { privateKey, publicKey } = newSigningKey()
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  const headers = signHeaders({
    profile: 'standard',
    ...ids,
    timestampS: signedAtS,
    body,
    secrets: [privateKey],
  })
  const signature = headers['webhook-signature'] ?? ''
  const verified = (change: Partial<ReceivedMessage>): ReturnType<typeof verify> =>
    verify(received('standard', { headers, secrets: [publicKey], ...change }))

  test('verifies with the public key and with the private one, as text and as bytes', () => {
    expect(verified({})).toEqual({ ok: true, timestampS: signedAtS })
    expect(verified({ body: Buffer.from(body) })).toEqual({ ok: true, timestampS: signedAtS })
    expect(verified({ secrets: [secret, privateKey] })).toEqual({ ok: true, timestampS: signedAtS })
  })
  test('V2: not another body, id, time or key', () => {
    expect(verified({ body: body.replace('7', '8') })).toEqual(refused('signature_mismatch'))
    expect(verified({ secrets: [newSigningKey().publicKey] })).toEqual(refused('signature_mismatch'))
    expect(verified({ headers: { ...headers, 'webhook-id': 'msg-2' } })).toEqual(
      refused('signature_mismatch'),
    )
    const later = { ...headers, 'webhook-timestamp': String(signedAtS + 1) }
    expect(verified({ headers: later })).toEqual(refused('signature_mismatch'))
  })
  test.each([
    signature.replace('v1a,', 'v1,'),
    signature.replace('v1a,', 'V1A,'),
    signature.slice(0, -1),
    `${signature}=`,
    'v1a,',
    'v1a',
    `v1a,${'A'.repeat(86)}==`,
    ',',
    '',
  ])('a signature written as %s is no match and no error', (text) => {
    expect(verified({ headers: { ...headers, 'webhook-signature': text } })).toEqual(
      refused('signature_mismatch'),
    )
  })
  test.each(['whpk_', 'whsk_', 'whpk_AAAA', `${publicKey}\n`, `whsk_${publicKey.slice(5)}`])(
    'the key %j verifies nothing and throws nothing',
    (key) => {
      expect(verified({ secrets: [key] })).toEqual(refused('signature_mismatch'))
    },
  )
})

describe('V4: what everybody knows is no secret', () => {
  const { publicKey, privateKey } = newSigningKey()
  const forged = (key: string | Buffer): Record<string, string> => {
    const at = String(signedAtS)
    const hmac = (content: string): ReturnType<typeof createHmac> => createHmac('sha256', key).update(content)
    return {
      'webhook-id': 'msg-1',
      'webhook-timestamp': at,
      'webhook-signature': `v1,${hmac(`msg-1.${at}.${body}`).digest('base64')}`,
      'X-TrakRF-Timestamp': at,
      'X-TrakRF-Signature': `sha256=${hmac(`${at}.${body}`).digest('hex')}`,
      'X-Trackberry-Signature': `sha256=${hmac(body).digest('hex')}`,
    }
  }
  test.each(signingProfiles)(
    'C1, V4: an HMAC made with the public key, as text or as bytes, is refused by profile %s',
    (profile) => {
      const bytes = Buffer.from(publicKey.slice(5), 'base64')
      for (const key of [publicKey, publicKey.slice(5), bytes, Buffer.from(publicKey, 'base64')]) {
        for (const secrets of [[publicKey], [privateKey]]) {
          expect(verify(received(profile, { headers: forged(key), secrets }))).toEqual(
            refused('signature_mismatch'),
          )
        }
      }
    },
  )
  test.each(signingProfiles)('C2: an HMAC made with no key at all is refused by profile %s', (profile) => {
    for (const key of ['', 'whsec_']) {
      const headers = forged(key)
      expect(verify(received(profile, { headers, secrets: ['', 'whsec_', 'whsec_!'] }))).toEqual(
        refused('signature_mismatch'),
      )
    }
    expect(verify(received(profile, { headers: forged(''), secrets: ['', 'whsec_'] }))).toEqual(
      refused('signature_mismatch'),
    )
  })
})

test('V5: it never throws, whatever came', () => {
  const key = newSigningKey().publicKey
  fc.assert(
    fc.property(
      fc.record({
        profile: fc.constantFrom(...signingProfiles),
        headers: fc.dictionary(
          fc.constantFrom(
            'webhook-id',
            'webhook-timestamp',
            'Webhook-Signature',
            'x-a-signature',
            'x-a-timestamp',
          ),
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom(String(signedAtS), 'v1a,', `v1a,${'A'.repeat(86)}==`, 'v1,é', ' '),
          ),
        ),
        body: fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()),
        secrets: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(key, 'whsk_', secret))),
        headerPrefix: fc.constantFrom(undefined, 'A', '', 'a b'),
      }),
      (given) => {
        expect(verify({ ...given, nowS: signedAtS, toleranceS: defaultToleranceS }).ok).toBe(false)
      },
    ),
  )
}, 120_000)

test('an empty secret verifies nothing and throws nothing', () => {
  for (const profile of signingProfiles) {
    expect(verify(received(profile, { secrets: [''] }))).toEqual(refused('signature_mismatch'))
  }
})
