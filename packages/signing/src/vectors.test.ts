/** The published vectors, by our signer, by our verifier, and by npm's `standardwebhooks`. Python checks them too: test/integration. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Message, signHeaders } from './sign.ts'
import { signingProfiles } from './signing-profile.ts'
import { defaultToleranceS, verify } from './verify.ts'

interface Vector {
  readonly description: string
  readonly origin: string
  readonly message: Message
  readonly publicKeys?: readonly string[]
  readonly headers: Record<string, string>
}

const folder = join(import.meta.dirname, '../../../test/vectors/signing')
const vectors = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Vector] => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))])

const isShared = (secret: string): boolean => secret.startsWith('whsec_')

afterEach(() => {
  vi.useRealTimers()
})

describe.each(vectors)('vector %s', (_, { message, headers, origin, description, publicKeys = [] }) => {
  const { profile, body, secrets, timestampS: nowS, headerPrefix } = message
  const received = { headers, body, nowS, toleranceS: defaultToleranceS }

  test('is what signing gives, header by header and in this order', () => {
    expect(Object.entries(signHeaders(message))).toEqual(Object.entries(headers))
  })
  test('verifies with each of its secrets alone, and with each public key', () => {
    for (const secret of [...secrets, ...publicKeys]) {
      expect(verify({ ...received, profile: 'standard', secrets: [secret] })).toMatchObject({ ok: true })
    }
    const newestShared = secrets.filter(isShared).slice(0, 1)
    if (profile !== 'standard')
      expect(verify({ ...received, profile, secrets: newestShared, headerPrefix })).toMatchObject({
        ok: true,
      })
  })
  test('npm standardwebhooks accepts it with each whsec_ secret, and makes the same signature', () => {
    vi.useFakeTimers({ now: nowS * 1000, toFake: ['Date'] })
    const signatures = headers['webhook-signature']?.split(' ') ?? []
    for (const [index, secret] of secrets.entries()) {
      if (!isShared(secret)) continue
      const library = new Webhook(secret)
      library.verify(body, headers, { jsonParse: false })
      expect(library.sign(message.messageId, new Date(nowS * 1000), body)).toBe(signatures[index])
      expect(() => library.verify(`${body} `, headers, { jsonParse: false })).toThrow('No matching signature')
    }
  })
  test('says what it shows and where it comes from', () => {
    expect(description).toMatch(/^\S.{10,}/)
    expect(origin).toMatch(/^(Published: |Computed with Python)/)
  })
})

test('there are vectors for every profile, for both kinds of keys, for prefixes, UTF-8, an empty body and rotations', () => {
  const messages = vectors.map(([, { message }]) => message)
  for (const profile of signingProfiles) {
    const own = messages.filter((message) => message.profile === profile)
    expect(own.some(({ body }) => body === '')).toBe(true)
    expect(own.some(({ body }) => Buffer.byteLength(body) > body.length)).toBe(true)
    expect(own.some(({ secrets }) => secrets.length > 1 && secrets.every(isShared))).toBe(true)
    expect(own.some(({ secrets }) => secrets.some(isShared) && !secrets.every(isShared))).toBe(true)
    expect(own.some(({ headerPrefix }) => headerPrefix !== undefined)).toBe(profile !== 'standard')
  }
})
