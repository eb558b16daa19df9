/**
 * Our signatures in the eyes of others: PyPI's standardwebhooks and cryptography over the vectors and over fresh
 * messages, and the samples of both pages run by Python and Ruby themselves. (npm's standardwebhooks: packages/signing.)
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newSecret } from '@scanhook/signing/secret'
import { type Message, signHeaders } from '@scanhook/signing/sign'
import { newSigningKey } from '@scanhook/signing/signing-key'
import { signingProfiles } from '@scanhook/signing/signing-profile'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Interpreter, providePython, provideRuby } from '../harness/other-languages.ts'
import { type Sampled, sampleVerdicts } from '../harness/verify-samples.ts'

// The first run on a machine fetches wheels and perhaps JRuby; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 600_000, testTimeout: 120_000 })

const folder = join(import.meta.dirname, '../vectors/signing')
const vectorFiles = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => join(folder, name))
const notYet = { command: null, whyNot: 'it was not asked for' }
let python: Interpreter = notYet
let ruby: Interpreter = notYet

beforeAll(async () => {
  python = await providePython(join(folder, 'requirements.txt'))
  ruby = await provideRuby()
  for (const { whyNot } of [python, ruby]) if (whyNot !== null) console.warn(`skipped: ${whyNot}`)
})

type Skip = (note?: string) => never

function commandOf(interpreter: Interpreter, skip: Skip): readonly string[] {
  return interpreter.whyNot === null ? interpreter.command : skip(interpreter.whyNot)
}

const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }

/** Messages as nobody would write them down, with what a receiver is given. */
function freshVectors(): readonly unknown[] {
  const anySecret = fc.oneof(
    fc.constant(null).map(() => newSecret()),
    fc.constant(null).map(() => newSigningKey().privateKey),
  )
  const anyMessage = fc.record({
    profile: fc.constantFrom(...signingProfiles),
    body: fc.string({ unit: 'grapheme', maxLength: 300 }),
    timestampS: fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }),
    others: fc.array(anySecret, { maxLength: 4 }),
    headerPrefix: fc.constantFrom('Acme', 'X-y.z'),
  })
  return fc.sample(anyMessage, 200).map(({ others, profile, ...rest }) => {
    const message: Message = { ...ids, ...rest, profile, secrets: [...others, newSecret()] }
    const keys = message.secrets.filter((secret) => secret.startsWith('whsk_'))
    // The second half of a private key's 64 bytes is the public key.
    const publicKeys = keys.map(
      (key) => `whpk_${Buffer.from(key.slice(5), 'base64').subarray(32).toString('base64')}`,
    )
    return { message, publicKeys, headers: signHeaders(message) }
  })
}

describe('Python: standardwebhooks for v1, cryptography for v1a, hmac for the brands', () => {
  const check = (command: readonly string[], files: readonly string[]): string => {
    const [file = '', ...args] = command
    const { stdout, stderr } = spawnSync(file, [...args, join(folder, 'check.py'), ...files], {
      encoding: 'utf8',
    })
    return stdout + stderr
  }
  const wrong = (said: string): readonly string[] =>
    said
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith(': right'))

  test('holds every vector to be right', ({ skip }) => {
    const said = check(commandOf(python, skip), vectorFiles)
    expect(wrong(said)).toEqual([])
    expect(said.trim().split('\n')).toHaveLength(vectorFiles.length)
  })
  test('holds 200 fresh messages to be right: every profile, any body, up to five secrets of both kinds', ({
    skip,
  }) => {
    const command = commandOf(python, skip)
    const temporary = mkdtempSync(join(tmpdir(), 'signing-fresh-'))
    try {
      const file = join(temporary, 'fresh.json')
      writeFileSync(file, JSON.stringify(freshVectors()))
      const said = check(command, [file])
      expect(wrong(said)).toEqual([])
      expect(said.trim().split('\n')).toHaveLength(200)
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  })
  test('does notice a wrong one', ({ skip }) => {
    const command = commandOf(python, skip)
    const temporary = mkdtempSync(join(tmpdir(), 'signing-wrong-'))
    try {
      for (const name of ['standard', 'standard-ed25519', 'trakrf', 'trackberry']) {
        const vector = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
        const file = join(temporary, `${name}.json`)
        writeFileSync(file, JSON.stringify({ ...vector, message: { ...vector.message, body: '{}' } }))
        expect(wrong(check(command, [file]))).toHaveLength(1)
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  })
})

/** What each page tells a receiver to check, and the same with one byte more. */
function samples(): readonly { readonly right: Sampled; readonly wrong: Sampled }[] {
  const secret = newSecret()
  const timestampS = 1_777_336_418
  return ['{"event":"asset.moved","data":{"name":"Süd 7 🚜"}}', '', 'a\u2028b\r\n'].flatMap((body) => {
    const signed = (profile: Message['profile']): Record<string, string> =>
      signHeaders({ ...ids, profile, timestampS, body, secrets: [secret, newSecret()] })
    const trackberry = {
      payload: body,
      signature: signed('trackberry')['X-Trackberry-Signature'] ?? '',
      secret,
    }
    // TrakRF prints no sample: an HMAC of the same form, over "timestamp.body".
    const headers = signed('trakrf')
    const payload = `${headers['X-TrakRF-Timestamp']}.${body}`
    const trakrf = { payload, signature: headers['X-TrakRF-Signature'] ?? '', secret }
    return [trackberry, trakrf].map((right) => ({ right, wrong: { ...right, payload: `${right.payload} ` } }))
  })
}

describe('the samples that Trackberry prints, and TrakRF’s description by the same code', () => {
  const bothOf = (command: readonly string[], sample: 'trackberry.py' | 'trackberry.rb'): readonly string[] =>
    sampleVerdicts(
      command,
      sample,
      samples().flatMap(({ right, wrong }) => [right, wrong]),
    )
  const expected = samples().flatMap(() => ['yes', 'no'])

  test('Python accepts what we sign, and nothing else', ({ skip }) => {
    expect(bothOf(commandOf(python, skip), 'trackberry.py')).toEqual(expected)
  })
  test('Ruby accepts what we sign, and nothing else', ({ skip }) => {
    expect(bothOf(commandOf(ruby, skip), 'trackberry.rb')).toEqual(expected)
  })
})

test('the folder of vectors explains itself: its README names every file that is run', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const name of ['check.py', 'requirements.txt', 'samples/trackberry.py', 'samples/trackberry.rb'])
    expect(readme).toContain(name)
})
