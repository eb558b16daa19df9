/** `scanhook verify --explain` from its words to its exit code: for each thing that is done to a signature, it says which. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signHeaders } from '@scanhook/signing/sign'
import { afterAll, expect, test } from 'vitest'
import { commandTable } from '../command-table.ts'
import { run } from '../run.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-verify-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nowS = 1_795_000_000
const secretOf = (name: string): string => `whsec_${createHash('sha256').update(name).digest('base64')}`
const secret = secretOf('ours')
const body =
  '{"id":"e-1","type":"asset.moved","timestamp":"2026-11-20T12:00:00Z","data":{"n":1,"name":"Größe"}}'

interface Given {
  readonly profile: 'standard' | 'trakrf' | 'trackberry'
  readonly headers: Record<string, string>
  readonly body: string
  readonly secret: string
  readonly words: readonly string[]
}
const signed = (profile: Given['profile'], secrets: readonly string[] = [secret]): Given => ({
  ...{ profile, body, secret, words: [] },
  headers: signHeaders({
    ...{
      profile,
      messageId: 'e-1',
      deliveryId: 'd-1',
      eventType: 'asset.moved',
      timestampS: nowS,
      body,
      secrets,
    },
  }),
})
const profiles = ['standard', 'trakrf', 'trackberry'] as const

async function verify(given: Given, lineEnd = '\n') {
  const head = Object.entries(given.headers).map(([name, value]) => `${name}: ${value}`)
  let [out, said] = ['', '']
  const code = await run(['verify', '--explain', '-o', 'json', ...given.words], commandTable, {
    out: (text) => {
      out += text
    },
    say: (text) => {
      said += text
    },
    env: { SCANHOOK_SECRET: given.secret, XDG_CONFIG_HOME: '/nowhere' },
    folder: '/',
    readStdin: async () => Buffer.from([...head, '', given.body].join(lineEnd)),
    interrupted: new AbortController().signal,
    nowMs: () => nowS * 1_000,
    pause: async () => undefined,
    openTerminal: null,
    openUrl: () => undefined,
  })
  const findings = out === '' ? [] : (JSON.parse(out) as { header: string; code: string; text: string }[])
  return { code, said, findings, codes: [...new Set(findings.map((each) => each.code))] }
}

test.each(profiles)('%s: as it came it holds, with line ends of either kind', async (profile) => {
  for (const lineEnd of ['\n', '\r\n'])
    expect(await verify(signed(profile), lineEnd)).toMatchObject({ code: 0, codes: ['holds'] })
})

const changed = (
  headers: Record<string, string>,
  change: (name: string, value: string) => [string, string] | null,
) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      [change(name, value) ?? []].filter((each) => each.length > 0),
    ),
  )
const isSignature = (name: string): boolean => /signature$/i.test(name)

const causes: readonly (readonly [
  what: string,
  change: (given: Given) => Partial<Given>,
  codes: readonly string[],
])[] = [
  [
    'the secret of another webhook, or one that was rotated away',
    () => ({ secret: secretOf('theirs') }),
    ['likely_secret'],
  ],
  ['a secret with quotes', () => ({ secret: `"${secret}"` }), ['secret_changed']],
  [
    'a body that was parsed and written again',
    () => ({ body: JSON.stringify(JSON.parse(body), null, 2) }),
    ['body_rewritten'],
  ],
  ['a body with a line end behind it', () => ({ body: `${body}\n` }), ['body_rewritten']],
  [
    'a body that was cut off',
    ({ headers }) => ({
      body: body.slice(0, 40),
      headers: { ...headers, 'content-length': `${Buffer.byteLength(body)}` },
    }),
    ['body_incomplete'],
  ],
  [
    'a signature header that got lost',
    ({ headers }) => ({
      headers: changed(headers, (name, value) => (isSignature(name) ? null : [name, value])),
    }),
    ['no_signature'],
  ],
  [
    'headers that a gateway renamed',
    ({ headers }) => ({
      headers: changed(headers, (name, value) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value]),
    }),
    ['header_renamed'],
  ],
]
test.each(
  profiles.flatMap((profile) =>
    causes.map(([what, change, codes]) => [profile, what, change, codes] as const),
  ),
)('%s: %s is named', async (profile, _, change, codes) => {
  const given = signed(profile)
  expect(await verify({ ...given, ...change(given) })).toMatchObject({ code: 1, codes })
})

test('a clock that is off is named with how far; what carries no time does not care', async () => {
  const late = { words: ['--now', `${nowS + 3_600}`] }
  const found = await verify({ ...signed('standard'), ...late })
  expect(found).toMatchObject({ code: 1, codes: ['clock_skew'] })
  expect(found.findings[0]?.text).toContain('60 min old')
  expect(found.findings[0]?.text).toContain('The signature itself holds')
  expect((await verify({ ...signed('trakrf'), ...late })).codes).toEqual(['clock_skew'])
  expect(
    await verify({ ...signed('standard'), words: [...late.words, '--tolerance', '7200'] }),
  ).toMatchObject({ code: 0 })
  expect(await verify({ ...signed('standard'), words: ['--now', 'sent'] })).toMatchObject({ code: 0 })
})

test('a signature in another writing, and one of another scheme, are named', async () => {
  const { headers } = signed('standard')
  const [, base64 = ''] = (headers['webhook-signature'] ?? '').split(',')
  const withSignature = (value: string) => ({
    ...signed('standard'),
    headers: { ...headers, 'webhook-signature': value },
  })
  const hex = Buffer.from(base64, 'base64').toString('hex')
  expect((await verify(withSignature(hex))).codes).toEqual(['signature_in_hex'])
  expect((await verify(withSignature(base64))).codes).toEqual(['signature_prefix_missing'])
  // A receiver of TrakRF's that is given what Trackberry signs: no time is in it.
  const { headers: trackberry } = signed('trackberry')
  const mixed = {
    ...signed('trakrf'),
    headers: {
      'X-TrakRF-Timestamp': `${nowS}`,
      'X-TrakRF-Signature': trackberry['X-Trackberry-Signature'] ?? '',
    },
  }
  const found = await verify(mixed)
  expect(found.codes).toEqual(['wrong_signed_content'])
  expect(found.findings[0]?.text).toContain('x-trakrf-signature')
})

test('during a rotation both secrets hold, and of several it says which', async () => {
  const given = signed('standard', [secretOf('new'), secret])
  expect(await verify({ ...given, secret: secretOf('new') })).toMatchObject({ code: 0 })
  expect(await verify(given)).toMatchObject({ code: 0 })
  const file = join(folder, 'secrets.txt')
  writeFileSync(file, `${secretOf('other')}\r\n${secret}\r\n`)
  const found = await verify({ ...given, words: ['--secret-file', file] })
  expect(found.findings).toMatchObject([{ text: 'the signature holds, with secret 2 of 2' }])
  const lost = await verify({ ...given, words: ['--secret-file', '/nowhere/secrets'] })
  expect([lost.code, lost.said]).toEqual([4, '/nowhere/secrets can not be read (ENOENT)\n'])
})

test('without a secret, or without headers, it says what to give', async () => {
  expect(await verify({ ...signed('standard'), secret: '' })).toMatchObject({
    code: 2,
    said: expect.stringContaining('SCANHOOK_SECRET'),
  })
  expect(await verify({ ...signed('standard'), headers: {} })).toMatchObject({
    code: 2,
    said: expect.stringContaining('--headers'),
  })
})
