import { describe, expect, test } from 'vitest'
import { newSecret } from './secret.ts'
import { type Message, signHeaders } from './sign.ts'
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

test('an empty secret verifies nothing and throws nothing', () => {
  for (const profile of signingProfiles) {
    expect(verify(received(profile, { secrets: [''] }))).toEqual(refused('signature_mismatch'))
  }
})
