import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newSecret } from './secret.ts'
import { type Message, type SignErrorCode, signErrorCodes, signHeaders } from './sign.ts'
import { newSigningKey } from './signing-key.ts'
import { signingProfiles } from './signing-profile.ts'
import { defaultToleranceS, verify } from './verify.ts'

const nowS = Math.floor(Date.now() / 1000)
const body = '{"event":"asset.moved","data":{"name":"Süd 7 🚜"}}'

function message(profile: Message['profile'], secrets: readonly string[]): Message {
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  return { profile, ...ids, timestampS: nowS, body, secrets }
}

describe('the standardwebhooks library as receiver', () => {
  test.each(signingProfiles)('S1: accepts what profile %s sends', (profile) => {
    const secret = newSecret()
    const headers = signHeaders(message(profile, [secret]))
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  })
  test('S2: accepts it with the old and with the new secret during a rotation', () => {
    const [newest, oldest] = [newSecret(), newSecret()]
    const headers = signHeaders(message('standard', [newest, oldest]))
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
    new Webhook(newest).verify(body, headers)
    new Webhook(oldest).verify(body, headers)
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature')
  })
  test('refuses a changed body', () => {
    const secret = newSecret()
    const headers = signHeaders(message('standard', [secret]))
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature')
  })
})

test('S3: the brand header holds one signature, made with the newest secret', () => {
  const [newest, oldest] = [newSecret(), newSecret()]
  const both = signHeaders(message('trakrf', [newest, oldest]))
  expect(both['X-TrakRF-Signature']).toBe(signHeaders(message('trakrf', [newest]))['X-TrakRF-Signature'])
})

test('S3: a newest Ed25519 key leaves the brand header to the newest whsec_ secret', () => {
  const [newest, oldest] = [newSecret(), newSecret()]
  for (const profile of ['trakrf', 'trackberry'] as const) {
    const name = profile === 'trakrf' ? 'X-TrakRF-Signature' : 'X-Trackberry-Signature'
    const mixed = signHeaders(message(profile, [newSigningKey().privateKey, newest, oldest]))
    expect(mixed[name]).toBe(signHeaders(message(profile, [newest]))[name])
    expect(mixed['webhook-signature']).toMatch(/^v1a,\S+ v1,\S+ v1,\S+$/)
  }
})

describe('X-Acme-Signature: a prefix of one’s own', () => {
  const secret = newSecret()
  test.each([
    ['trakrf', ['X-Acme-Event', 'X-Acme-Delivery', 'X-Acme-Timestamp', 'X-Acme-Signature']],
    ['trackberry', ['X-Acme-Signature', 'X-Acme-Event-Id']],
    ['standard', []],
  ] as const)('profile %s sends %j and no other brand', (profile, names) => {
    const headers = signHeaders({ ...message(profile, [secret]), headerPrefix: 'Acme' })
    expect(Object.keys(headers).slice(3)).toEqual(names)
    const received = { profile, headers, body, secrets: [secret], nowS, toleranceS: defaultToleranceS }
    expect(verify({ ...received, headerPrefix: 'acme' })).toMatchObject({ ok: true })
    if (profile !== 'standard') expect(verify(received)).toEqual({ ok: false, problem: 'header_missing' })
  })
})

/** What a receiver keeps: the secret itself, or the public half of the pair. */
interface Given {
  readonly sends: string
  readonly keeps: string
}
const anyGiven: fc.Arbitrary<Given> = fc.oneof(
  fc.constant(null).map((): Given => {
    const secret = newSecret()
    return { sends: secret, keeps: secret }
  }),
  fc.constant(null).map((): Given => {
    const { privateKey, publicKey } = newSigningKey()
    return { sends: privateKey, keeps: publicKey }
  }),
)

test('S1, S2, S3: during a rotation a receiver with any one of the secrets verifies, with every profile and prefix', () => {
  const isShared = ({ sends }: Given): boolean => sends.startsWith('whsec_')
  fc.assert(
    fc.property(
      fc.record({
        profile: fc.constantFrom(...signingProfiles),
        secrets: fc.array(anyGiven, { minLength: 1, maxLength: 5 }),
        body: fc.string({ unit: 'grapheme' }),
        headerPrefix: fc.constantFrom(undefined, 'Acme'),
      }),
      ({ profile, secrets, body, headerPrefix }) => {
        fc.pre(profile === 'standard' || secrets.some(isShared))
        const sends = secrets.map((given) => given.sends)
        const headers = signHeaders({ ...message(profile, sends), body, headerPrefix })
        const received = { headers, body, nowS, toleranceS: defaultToleranceS, headerPrefix }
        for (const { keeps } of secrets) {
          // The Standard Webhooks headers, which are there with every profile; each one will do.
          expect(verify({ ...received, profile: 'standard', secrets: [keeps] })).toMatchObject({ ok: true })
        }
        const stranger = [newSecret(), newSigningKey().publicKey]
        expect(verify({ ...received, profile: 'standard', secrets: stranger })).toMatchObject({ ok: false })
        if (profile === 'standard') return
        // The brand's own header: the newest whsec_ alone, and so everybody who keeps it beside others.
        const newest = secrets.find(isShared)?.keeps
        for (const { keeps } of secrets) {
          expect(verify({ ...received, profile, secrets: [keeps] }).ok).toBe(keeps === newest)
        }
        const kept = secrets.map(({ keeps }) => keeps)
        expect(verify({ ...received, profile, secrets: kept })).toMatchObject({ ok: true })
      },
    ),
    // Each run makes up to five pairs of keys and verifies with each: 60 take half a second on an idle machine.
    { numRuns: 60 },
  )
}, 120_000)

describe('S4: what can’t be signed as asked is refused, and the error shows no secret', () => {
  const { privateKey, publicKey } = newSigningKey()
  const shared = newSecret()
  const broken = `${privateKey.slice(0, -6)}AAAA==`
  const cases: readonly [SignErrorCode, Message['profile'], readonly string[], string?][] = [
    ['SIGN_SECRET_MISSING', 'standard', []],
    ['SIGN_SECRET_INVALID', 'standard', [shared, broken]],
    ['SIGN_SECRET_INVALID', 'standard', [publicKey]],
    ['SIGN_SECRET_INVALID', 'standard', ['whsec_']],
    ['SIGN_SECRET_INVALID', 'trackberry', ['']],
    ['SIGN_BRAND_SECRET_MISSING', 'trakrf', [privateKey]],
    ['SIGN_BRAND_SECRET_MISSING', 'trackberry', [privateKey, newSigningKey().privateKey]],
    ['SIGN_HEADER_PREFIX_INVALID', 'trakrf', [shared], 'Acme\r\nX-Evil: 1'],
    ['SIGN_HEADER_PREFIX_INVALID', 'trackberry', [shared], 'webhook'],
  ]
  test.each(cases)('S4: %s, profile %s', (code, profile, secrets, headerPrefix) => {
    try {
      signHeaders({ ...message(profile, secrets), headerPrefix })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code, retriable: false, name: 'SignError' })
      const shown = `${String(error)} ${JSON.stringify(error)}`
      for (const secret of secrets.filter((each) => each.length > 6)) expect(shown).not.toContain(secret)
      expect(shown).not.toContain('X-Evil')
    }
  })
  test('S4: every code has a case', () => {
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(signErrorCodes))
  })
})
