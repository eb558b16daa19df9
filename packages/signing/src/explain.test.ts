import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ExplanationCode, explainSignatures, type Puzzle } from './explain.ts'
import { newSecret } from './secret.ts'
import { signHeaders } from './sign.ts'
import type { SigningProfile } from './signing-profile.ts'
import { verify } from './verify.ts'

const nowS = 1_790_000_000
const profiles: readonly SigningProfile[] = ['standard', 'trakrf', 'trackberry']

interface Sent {
  readonly secret: string
  readonly profile: SigningProfile
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly puzzle: Puzzle
}

function sent(profile: SigningProfile, data: unknown, secret = newSecret()): Sent {
  const envelope = {
    standard: { id: 'evt-1', type: 'asset.moved', timestamp: '2026-07-27T16:26:24.100Z', data },
    trakrf: { event: 'asset.moved', event_id: 'evt-1', delivery_id: 'd', occurred_at: 'now', data },
    trackberry: { event: 'asset.moved', timestamp: 'now', data },
  }[profile]
  const text = JSON.stringify(envelope)
  const headers = signHeaders({
    ...{ profile, messageId: 'evt-1', deliveryId: 'd', eventType: 'asset.moved', timestampS: nowS },
    ...{ body: text, secrets: [secret] },
  })
  return {
    secret,
    profile,
    text,
    headers,
    puzzle: { headers, body: Buffer.from(text), secrets: [secret], nowS },
  }
}

/** Data as events have it: keys that JSON.stringify keeps in their order, at least one member. */
const someData = fc.record({
  asset: fc.record({ external_key: fc.string(), name: fc.string({ unit: 'grapheme' }) }),
  n: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  list: fc.array(fc.string(), { maxLength: 3 }),
})
const someSent = fc
  .record({ profile: fc.constantFrom(...profiles), data: someData })
  .map(({ profile, data }) => sent(profile, data))

const codesOf = (puzzle: Puzzle): readonly ExplanationCode[] => [
  ...new Set(explainSignatures(puzzle).findings.map(({ code }) => code)),
]
const always = (given: (sent: Sent) => Puzzle, code: ExplanationCode): void =>
  fc.assert(
    fc.property(someSent, (each) => {
      expect(codesOf(given(each))).toEqual([code])
      expect(explainSignatures(given(each)).isVerified).toBe(code === 'holds')
    }),
    { numRuns: 60 },
  )

test('E1: what was sent holds', () => always(({ puzzle }) => puzzle, 'holds'))

test('E1: holds is said exactly where verify says ok, whatever came', () => {
  const headers = fc.dictionary(
    fc.constantFrom(
      'webhook-id',
      'Webhook-Timestamp',
      'webhook-signature',
      'x-trakrf-signature',
      'x-a-signature',
    ),
    fc.oneof(fc.string(), fc.constantFrom('v1,AAAA', 'sha256=00', String(nowS), `${nowS}000`, '-1')),
  )
  fc.assert(
    fc.property(headers, fc.uint8Array(), fc.array(fc.string(), { maxLength: 8 }), (given, body, secrets) => {
      const { findings } = explainSignatures({ headers: given, body, secrets, nowS })
      expect(findings.length).toBeGreaterThan(0)
      for (const { profile, header, code } of findings)
        if (profile !== null) {
          const headerPrefix = profile === 'standard' ? undefined : header?.slice(2, -'-signature'.length)
          const { ok } = verify({
            profile,
            headers: given,
            body,
            secrets,
            nowS,
            toleranceS: 300,
            headerPrefix,
          })
          expect(code === 'holds').toBe(ok)
        }
    }),
    { numRuns: 300 },
  )
})

const withBody =
  (change: (text: string) => string) =>
  (each: Sent): Puzzle => ({
    ...each.puzzle,
    body: Buffer.from(change(each.text)),
  })
const withSecret =
  (change: (secret: string) => string) =>
  (each: Sent): Puzzle => ({
    ...each.puzzle,
    secrets: [change(each.secret)],
  })

test('E2: JSON that was written again is told from a wrong secret', () => {
  always(
    withBody((text) => JSON.stringify(JSON.parse(text), null, 2)),
    'body_rewritten',
  )
  always(
    withBody((text) => JSON.stringify(JSON.parse(text), null, '\t')),
    'body_rewritten',
  )
  always(
    withBody((text) => `${text}\n`),
    'body_rewritten',
  )
  always(
    withBody((text) => JSON.stringify(text)),
    'body_rewritten',
  )
  // As json.dumps(…, sort_keys=True) does with the members of the envelope.
  always(
    withBody((text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).sort()))),
    'body_rewritten',
  )
})

test('E2: another secret is likely where the body is as it is sent', () => {
  always(
    withSecret(() => newSecret()),
    'likely_secret',
  )
})

test('E2: a body that was altered and is not as it is sent is likely the body', () => {
  always(
    withBody((text) => `${text.slice(0, -1)} ,"altered": true}`),
    'likely_body',
  )
  always(
    withBody((text) => text.slice(0, -3)),
    'likely_body',
  )
})

test('E2: content-length tells a body that is incomplete', () => {
  always((each) => {
    const altered = `${each.text.slice(0, -1)},"altered":true}`
    const headers = { ...each.headers, 'Content-Length': String(Buffer.byteLength(each.text)) }
    return { ...each.puzzle, headers, body: Buffer.from(altered) }
  }, 'body_incomplete')
})

test('E2: a secret with something around it', () => {
  always(
    withSecret((secret) => `"${secret}"`),
    'secret_changed',
  )
  fc.assert(
    fc.property(someData, (data) => {
      // Standard Webhooks knows the key with and without its prefix; the brands take it whole.
      const each = sent('trackberry', data)
      const { findings } = explainSignatures(withSecret((secret) => secret.slice('whsec_'.length))(each))
      const codes = [
        ['webhook-signature', 'holds'],
        ['x-trackberry-signature', 'secret_changed'],
      ]
      expect(findings.map(({ header, code }) => [header, code])).toEqual(codes)
      const trimmed = explainSignatures(withSecret((secret) => `${secret}\n`)(each)).findings
      expect(trimmed.map(({ header, code }) => [header, code])).toEqual(codes)
    }),
    { numRuns: 30 },
  )
})

test('E2: a clock that is off, and milliseconds', () => {
  const standard = (each: Sent): Puzzle => ({ ...each.puzzle, headers: onlyStandard(each.headers) })
  always((each) => ({ ...standard(each), nowS: nowS + 3_600 }), 'clock_skew')
  always((each) => ({ ...standard(each), nowS: nowS - 301 }), 'clock_skew')
  always(
    (each) => ({
      ...standard(each),
      headers: { ...onlyStandard(each.headers), 'webhook-timestamp': `${nowS}000` },
    }),
    'timestamp_in_milliseconds',
  )
  const { text } = explainSignatures({ ...sent('standard', {}).puzzle, nowS: nowS + 7_200 }).findings[0] ?? {
    text: '',
  }
  expect(text).toBe(
    'it is 2 h old, and 300 s are accepted. The signature itself holds: either this was kept for a while, or this clock is wrong',
  )
})

const onlyStandard = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('webhook-')))

test('E2: a digest in another writing is told by it', () => {
  const one = (profile: SigningProfile, name: string, change: (value: string) => string) => {
    const { headers, puzzle } = sent(profile, { a: 1 })
    const found = explainSignatures({
      ...puzzle,
      headers: { ...headers, [name]: change(headers[name] ?? '') },
    })
    return found.findings.find(({ header }) => header === name.toLowerCase())?.code
  }
  const toHex = (value: string) => Buffer.from(value.slice(3), 'base64').toString('hex')
  const toBase64 = (value: string) => `sha256=${Buffer.from(value.slice(7), 'hex').toString('base64')}`
  expect(one('standard', 'webhook-signature', toHex)).toBe('signature_in_hex')
  expect(one('standard', 'webhook-signature', (value) => value.slice(3))).toBe('signature_prefix_missing')
  expect(one('trackberry', 'X-Trackberry-Signature', toBase64)).toBe('signature_in_base64')
  expect(one('trackberry', 'X-Trackberry-Signature', (value) => value.slice(7))).toBe(
    'signature_prefix_missing',
  )
  expect(one('trakrf', 'X-TrakRF-Signature', (value) => value.toUpperCase())).toBe('likely_secret')
})

test('E2: the schemes are told apart: what is signed, and with which form of the secret', () => {
  const brand = sent('trackberry', { a: 1 })
  const signature = brand.headers['X-Trackberry-Signature'] ?? ''
  const codeOf = (headers: Record<string, string>) => codesOf({ ...brand.puzzle, headers })
  expect(codeOf({ 'X-TrakRF-Signature': signature, 'X-TrakRF-Timestamp': String(nowS) })).toEqual([
    'wrong_signed_content',
  ])
  const trakrf = sent('trakrf', { a: 1 })
  const { 'X-TrakRF-Timestamp': _, ...withoutTime } = trakrf.headers
  expect(explainSignatures({ ...trakrf.puzzle, headers: withoutTime }).findings[1]).toMatchObject({
    code: 'header_missing',
    text: 'x-trakrf-timestamp did not come, and is part of what is signed',
  })
})

test('a header that is missing or has another name', () => {
  const { headers, puzzle } = sent('standard', {})
  const { 'webhook-id': id = '', ...withoutId } = headers
  expect(codesOf({ ...puzzle, headers: withoutId })).toEqual(['header_missing'])
  expect(codesOf({ ...puzzle, headers: { 'webhook-id': id } })).toEqual(['no_signature'])
  expect(codesOf({ ...puzzle, headers: { HTTP_WEBHOOK_SIGNATURE: 'v1,x' } })).toEqual(['header_renamed'])
})

test('E3: no text has a secret or a signature', () => {
  fc.assert(
    fc.property(someSent, fc.constantFrom(0, 1, 2), (each, what) => {
      const puzzles = [
        withBody((text) => `${text} `)(each),
        withSecret((secret) => ` ${secret}`)(each),
        withSecret(newSecret)(each),
      ]
      const puzzle = puzzles[what] ?? each.puzzle
      const said = JSON.stringify(explainSignatures(puzzle))
      for (const hidden of [
        each.secret,
        ...puzzle.secrets,
        each.secret.slice(6),
        ...Object.values(onlySignatures(each.headers)),
      ])
        expect(said).not.toContain(hidden.trim())
    }),
    { numRuns: 60 },
  )
})

const onlySignatures = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /signature/i.test(name)))

test('E4: of signatures and secrets no more are looked at than sign one message', () => {
  const { puzzle, headers } = sent('standard', { a: 1 })
  const secrets = Array.from({ length: 1_000 }, () => newSecret())
  const signature = Array.from({ length: 1_000 }, () => 'v1,AAAA').join(' ')
  expect(
    codesOf({
      ...puzzle,
      secrets: secrets.slice(0, 6),
      headers: { ...headers, 'webhook-signature': signature },
    }),
  ).toEqual(['likely_secret'])
})
