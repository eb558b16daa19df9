import { spawnSync } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newSecret } from './secret.ts'
import { type Message, signHeaders } from './sign.ts'
import { signingProfiles } from './signing-profile.ts'

interface Vector {
  readonly description: string
  readonly message: Message
  readonly headers: Record<string, string>
}

const vectorFolder = join(import.meta.dirname, '../../../test/vectors/signing')
const vectors = readdirSync(vectorFolder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Vector] => [name, JSON.parse(readFileSync(join(vectorFolder, name), 'utf8'))])

test.each(vectors)('vector %s', (_, vector) => {
  expect(signHeaders(vector.message)).toEqual(vector.headers)
})

test('there are vectors for every profile', () => {
  expect(new Set(vectors.map(([, vector]) => vector.message.profile))).toEqual(new Set(signingProfiles))
})

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

// The page's sample, in Ruby:
//   expected = "sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, payload)
//   Rack::Utils.secure_compare(expected, signature)
function verifyLikeRubySample(payload: string, signature: string, secret: string): boolean {
  const expected = `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`
  return (
    expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature))
  )
}

// The page's sample, in Python, as a program that reads one JSON object.
const pythonSample = `
import hmac
import hashlib
import json
import sys

def verify_signature(payload: bytes, signature: str, secret: str) -> bool:
    expected = "sha256=" + hmac.new(
        secret.encode(), payload, hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(expected, signature)

given = json.load(sys.stdin)
print(verify_signature(given["payload"].encode(), given["signature"], given["secret"]))
`
const hasPython = spawnSync('python3', ['--version']).status === 0

function verifyWithPython(payload: string, signature: string, secret: string): string {
  const input = JSON.stringify({ payload, signature, secret })
  return spawnSync('python3', ['-c', pythonSample], { input, encoding: 'utf8' }).stdout.trim()
}

describe('the samples of the Trackberry page as receivers', () => {
  const secret = newSecret()
  const signature = signHeaders(message('trackberry', [secret]))['X-Trackberry-Signature'] ?? ''

  test('the Ruby sample accepts it and refuses a changed body', () => {
    expect(verifyLikeRubySample(body, signature, secret)).toBe(true)
    expect(verifyLikeRubySample(`${body} `, signature, secret)).toBe(false)
  })
  test.skipIf(!hasPython)('the Python sample, run by python3, accepts it and refuses a changed body', () => {
    expect(verifyWithPython(body, signature, secret)).toBe('True')
    expect(verifyWithPython(`${body} `, signature, secret)).toBe('False')
  })
  test.skipIf(!hasPython)('so it does for TrakRF, with "timestamp.body" as payload', () => {
    const headers = signHeaders(message('trakrf', [secret]))
    const payload = `${headers['X-TrakRF-Timestamp']}.${body}`
    expect(verifyWithPython(payload, headers['X-TrakRF-Signature'] ?? '', secret)).toBe('True')
  })
})

test('S3: the brand header holds one signature, made with the newest secret', () => {
  const [newest, oldest] = [newSecret(), newSecret()]
  const both = signHeaders(message('trakrf', [newest, oldest]))
  expect(both['X-TrakRF-Signature']).toBe(signHeaders(message('trakrf', [newest]))['X-TrakRF-Signature'])
})

test('an unsigned request never leaves', () => {
  expect(() => signHeaders(message('standard', []))).toThrow('at least one secret')
})
