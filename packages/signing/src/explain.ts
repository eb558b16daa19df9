/**
 * Why a signature does not hold, for whoever writes a receiver: not only that it is wrong, but what was done to headers, body or
 * secret on the way. Tries what people do: another form of the secret, JSON that was parsed and written again, a header of
 * another name, a clock that is off. What a receiver uses is verify.ts; nothing here decides whether anybody is let in.
 *
 * Invariants
 *   E1. `holds` is said exactly where `verify` says ok.
 *   E2. What is said of secret or body is proven: with that change, and no other, a signature that is there would hold. What can not
 *       be proven is called likely.
 *   E3. It never throws, and no text of it has a secret or a signature that would be right.
 *   E4. A few hundred HMACs at most, whatever came.
 */
import { createHmac } from 'node:crypto'
import { isHeaderPrefix } from './header-prefix.ts'
import { standardKey } from './secret.ts'
import type { SigningProfile } from './signing-profile.ts'
import { defaultToleranceS, verify } from './verify.ts'

export interface Puzzle {
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As the receiver has it. */
  readonly body: Uint8Array
  readonly secrets: readonly string[]
  readonly nowS: number
  /** Seconds; 300 by default. */
  readonly toleranceS?: number | undefined
}

export const explanationCodes = [
  'holds',
  'no_signature',
  'header_missing',
  'header_renamed',
  'timestamp_unreadable',
  'timestamp_in_milliseconds',
  'clock_skew',
  'signature_prefix_missing',
  'signature_in_hex',
  'signature_in_base64',
  'secret_changed',
  'secret_not_decoded',
  'body_rewritten',
  'body_incomplete',
  'wrong_signed_content',
  'likely_body',
  'likely_secret',
] as const
export type ExplanationCode = (typeof explanationCodes)[number]

export interface Explanation {
  /** The header that was looked at, lower case; null where there is none. */
  readonly header: string | null
  readonly profile: SigningProfile | null
  readonly code: ExplanationCode
  /** What it is, and what to do. */
  readonly text: string
}

export interface Explained {
  /** At least one signature is there, and all that are there hold. */
  readonly isVerified: boolean
  readonly findings: readonly Explanation[]
}

/** Lower-case names. */
type Headers = ReadonlyMap<string, string>

interface Scheme {
  readonly profile: SigningProfile
  readonly header: string
  readonly prefix: string | undefined
}

export function explainSignatures(puzzle: Puzzle): Explained {
  const headers = lowerCased(puzzle.headers)
  const schemes = schemesOf(headers)
  const findings =
    schemes.length === 0 ? [withoutSignature(headers)] : schemes.map((each) => explain(each, headers, puzzle))
  return { isVerified: findings.every(({ code }) => code === 'holds'), findings }
}

function lowerCased(headers: Puzzle['headers']): Headers {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const],
    ),
  )
}

const brandHeader = /^x-(.+)-signature$/

/** A brand's own header with a timestamp beside it is TrakRF's scheme. */
function schemesOf(headers: Headers): readonly Scheme[] {
  const schemes: Scheme[] = []
  for (const header of headers.keys()) {
    if (header === 'webhook-signature') schemes.push({ profile: 'standard', header, prefix: undefined })
    const prefix = brandHeader.exec(header)?.[1]
    if (prefix === undefined || !isHeaderPrefix(prefix)) continue
    const profile = headers.has(`x-${prefix}-timestamp`) || prefix === 'trakrf' ? 'trakrf' : 'trackberry'
    schemes.push({ profile, header, prefix })
  }
  return schemes
}

/** What gateways and frameworks make of a header's name. */
function withoutSignature(headers: Headers): Explanation {
  const renamed = [...headers.keys()].find((name) =>
    /^(http[_-]|x-)?(webhook|svix)[_-]signature$|^http_x_.+_signature$|^x_.+_signature$/.test(name),
  )
  if (renamed !== undefined)
    return {
      ...{ header: renamed, profile: null, code: 'header_renamed' },
      text: `the signature came as ${renamed}: something on the way renamed the headers; webhook-id, webhook-timestamp and webhook-signature are what is signed with`,
    }
  const rest = [...headers.keys()].filter((name) => name.startsWith('webhook-'))
  return {
    ...{ header: null, profile: null, code: 'no_signature' },
    text:
      rest.length === 0
        ? 'there is no signature header: give the headers as they came, also those behind a proxy, which may have dropped them'
        : `webhook-signature is missing although ${rest.join(' and ')} came: something on the way dropped it`,
  }
}

interface Case {
  readonly scheme: Scheme
  /** As in the headers; empty where the scheme has none. */
  readonly messageId: string
  readonly timestamp: string
  readonly signature: string
  readonly body: Buffer
  readonly secrets: readonly string[]
}

function explain(scheme: Scheme, headers: Headers, puzzle: Puzzle): Explanation {
  const { profile, header, prefix } = scheme
  const said = (code: ExplanationCode, text: string): Explanation => ({ header, profile, code, text })
  const toleranceS = puzzle.toleranceS ?? defaultToleranceS
  const verified = verify({
    ...{ profile, headers: Object.fromEntries(headers), body: puzzle.body, secrets: puzzle.secrets },
    ...{ nowS: puzzle.nowS, toleranceS, headerPrefix: prefix },
  })
  if (verified.ok) return said('holds', 'the signature holds')
  if (verified.problem === 'header_missing') {
    const missing = neededBy(scheme).filter((name) => !headers.has(name))
    return said('header_missing', `${missing.join(' and ')} did not come, and is part of what is signed`)
  }
  const given: Case = {
    ...{ scheme, secrets: puzzle.secrets, body: Buffer.from(puzzle.body) },
    messageId: headers.get('webhook-id') ?? '',
    timestamp: headers.get(profile === 'standard' ? 'webhook-timestamp' : `x-${prefix}-timestamp`) ?? '',
    signature: headers.get(header) ?? '',
  }
  if (verified.problem === 'timestamp_unreadable') return aboutTimestamp(given, said)
  if (verified.problem === 'timestamp_out_of_tolerance')
    return aboutClock(given, { puzzle, toleranceS, said })
  return aboutMismatch(given, headers, said)
}

type Said = (code: ExplanationCode, text: string) => Explanation

function neededBy({ profile, header, prefix }: Scheme): readonly string[] {
  if (profile === 'standard') return ['webhook-id', 'webhook-timestamp', header]
  return profile === 'trakrf' ? [`x-${prefix}-timestamp`, header] : [header]
}

function aboutTimestamp({ timestamp }: Case, said: Said): Explanation {
  return /^\d{13}$/.test(timestamp)
    ? said(
        'timestamp_in_milliseconds',
        'the timestamp is in milliseconds: it came in seconds, and the text of the header is what is signed',
      )
    : said('timestamp_unreadable', 'the timestamp is no number of seconds since 1970')
}

interface ClockCase {
  readonly puzzle: Puzzle
  readonly toleranceS: number
  readonly said: Said
}

function aboutClock(given: Case, { puzzle, toleranceS, said }: ClockCase): Explanation {
  const offS = puzzle.nowS - Number(given.timestamp)
  if (Number(given.timestamp) > 1e11)
    return said(
      'timestamp_in_milliseconds',
      'the timestamp is in milliseconds: it came in seconds, and the text of the header is what is signed',
    )
  const where = `${durationText(Math.abs(offS))} ${offS > 0 ? 'old' : 'in the future'}`
  const holds = isMatch(given, asItIs(given))
    ? 'The signature itself holds: either this was kept for a while, or this clock is wrong'
    : 'The signature does not hold either, see without the time (--now)'
  return said('clock_skew', `it is ${where}, and ${toleranceS} s are accepted. ${holds}`)
}

function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** What a signature may have been made over and with. */
interface Guess {
  readonly keys: readonly Buffer[]
  readonly body: Buffer
  readonly content: 'id.timestamp.body' | 'timestamp.body' | 'body'
}

const contentOf = { standard: 'id.timestamp.body', trakrf: 'timestamp.body', trackberry: 'body' } as const

function asItIs({ scheme, secrets, body }: Case): Guess {
  return { keys: keysOf(scheme.profile, secrets), body, content: contentOf[scheme.profile] }
}

/** Standard Webhooks decodes what is behind `whsec_`, the brands take the text as it is. */
function keysOf(profile: SigningProfile, secrets: readonly string[]): readonly Buffer[] {
  return secrets
    .slice(0, secretsMax)
    .map((secret) => (profile === 'standard' ? Buffer.from(standardKey(secret)) : Buffer.from(secret)))
}

/** As many as sign one message. */
const secretsMax = 5
/** E4. More in one header is no signature of ours. */
const signaturesMax = 10

/** Whether one of the signatures in the header would hold, whatever its encoding. */
function isMatch(given: Case, guess: Guess): boolean {
  return matchOf(given, guess) !== null
}

type Encoding = 'base64' | 'hex'

function matchOf({ signature, messageId, timestamp }: Case, { keys, body, content }: Guess): Encoding | null {
  const parts = signature
    .split(/[ ]+/)
    .slice(0, signaturesMax)
    .map((part) => part.replace(/^(?:v1,|sha256=)/, ''))
  const head =
    content === 'body' ? '' : content === 'timestamp.body' ? `${timestamp}.` : `${messageId}.${timestamp}.`
  for (const key of keys) {
    if (key.length === 0) continue
    const digest = createHmac('sha256', key).update(head).update(body).digest()
    if (parts.some((part) => part.toLowerCase() === digest.toString('hex'))) return 'hex'
    const base64 = digest.toString('base64').replace(/=+$/, '')
    if (parts.some((part) => part.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/') === base64))
      return 'base64'
  }
  return null
}

function aboutMismatch(given: Case, headers: Headers, said: Said): Explanation {
  const encoding = matchOf(given, asItIs(given))
  if (encoding !== null) return aboutForm(given, encoding, said)
  return (
    aboutSecret(given, said) ??
    aboutBody(given, said) ??
    aboutContent(given, said) ??
    whatIsLikely(given, headers, said)
  )
}

/** The right digest in another writing. */
function aboutForm(
  { scheme: { profile, header }, signature }: Case,
  encoding: Encoding,
  said: Said,
): Explanation {
  const expected = profile === 'standard' ? 'base64' : 'hex'
  const prefix = profile === 'standard' ? 'v1,' : 'sha256='
  if (encoding !== expected)
    return encoding === 'hex'
      ? said(
          'signature_in_hex',
          `the signature is right, but written in hex; ${header} has base64 behind ${prefix}`,
        )
      : said(
          'signature_in_base64',
          `the signature is right, but written in base64; ${header} has hex behind ${prefix}`,
        )
  return said(
    'signature_prefix_missing',
    signature.includes(prefix)
      ? `the signature is right, but not written as ${prefix}… to the letter (upper case, other base64, padding)`
      : `the signature is right, but ${prefix} before it is missing: compare the whole value of the header`,
  )
}

function aboutSecret(given: Case, said: Said): Explanation | null {
  const { profile } = given.scheme
  const guess = asItIs(given)
  for (const { secrets, text } of otherSecrets(given.secrets))
    if (isMatch(given, { ...guess, keys: keysOf(profile, secrets) })) return said('secret_changed', text)
  const otherKeys =
    profile === 'standard'
      ? given.secrets.slice(0, secretsMax).map((secret) => Buffer.from(secret))
      : keysOf('standard', given.secrets)
  if (!isMatch(given, { ...guess, keys: otherKeys })) return null
  return said(
    'secret_not_decoded',
    profile === 'standard'
      ? 'the signature was made with the secret as text: Standard Webhooks decodes the base64 behind whsec_ first'
      : 'the signature was made with the decoded secret: this header takes the whole text, whsec_ included',
  )
}

function otherSecrets(
  secrets: readonly string[],
): readonly { readonly secrets: readonly string[]; readonly text: string }[] {
  const each = (change: (secret: string) => string): readonly string[] => secrets.map(change)
  return [
    { secrets: each((it) => it.trim()), text: 'the secret has blanks or a line end around it: trim it' },
    {
      secrets: each((it) => it.trim().replace(/^(["'])(.*)\1$/, '$2')),
      text: 'the secret has quotes around it, which are not part of it',
    },
    {
      secrets: each((it) => `whsec_${it.trim()}`),
      text: 'whsec_ is missing before the secret: it is part of it',
    },
    {
      secrets: each((it) => it.trim().replace(/^whsec_/, '')),
      text: 'whsec_ before the secret is too much: it was signed without',
    },
    {
      secrets: each((it) =>
        it
          .trim()
          .replaceAll('-', '+')
          .replaceAll('_', '/')
          .replace(/^whsec\//, 'whsec_'),
      ),
      text: 'the secret was written in URL-safe base64: it has + and /',
    },
  ]
}

function aboutBody(given: Case, said: Said): Explanation | null {
  const guess = asItIs(given)
  for (const { body, text } of otherBodies(given.body))
    if (!body.equals(given.body) && isMatch(given, { ...guess, body })) return said('body_rewritten', text)
  return null
}

const rewritten =
  'the body was parsed and written again: what is signed are the bytes as they came; verify before you parse (express: express.raw)'

function otherBodies(body: Buffer): readonly { readonly body: Buffer; readonly text: string }[] {
  const text = body.toString()
  const from = (changed: string, said: string) => ({ body: Buffer.from(changed), text: said })
  const candidates = [
    from(
      text.replace(/\s+$/, ''),
      'the body has blanks or a line end after it that did not come: an editor or echo adds one',
    ),
    from(`${text}\n`, 'the line end at the end of the body is missing'),
    from(text.replaceAll('\r\n', '\n'), 'line ends in the body were changed to CR LF'),
    from(text.replace(/^\ufeff/, ''), 'the body begins with a byte order mark that did not come'),
    {
      body: Buffer.from(text, 'latin1'),
      text: 'the body was decoded in the wrong character set: it is UTF-8',
    },
  ]
  return [...candidates, ...reserialised(text).map((each) => from(each, rewritten))]
}

/** Members that our bodies begin with, in their order. */
const orders: readonly (readonly string[])[] = [
  ['id', 'type', 'timestamp', 'data'],
  ['event', 'event_id', 'delivery_id', 'occurred_at', 'data'],
  ['event', 'timestamp', 'data'],
]

function reserialised(text: string): readonly string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  // A body that was put into a JSON text.
  const inner = typeof value === 'string' ? [value] : []
  return [
    ...inner,
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    ...orders.map((each) => inOrder(value, each)),
  ]
}

function inOrder(value: unknown, names: readonly string[]): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value)
  const rest = Object.entries(value).filter(([name]) => !names.includes(name))
  const first = names.flatMap((name) =>
    Object.hasOwn(value, name) ? [[name, (value as Record<string, unknown>)[name]] as const] : [],
  )
  return JSON.stringify(Object.fromEntries([...first, ...rest]))
}

function aboutContent(given: Case, said: Said): Explanation | null {
  const guess = asItIs(given)
  const others = Object.values(contentOf).filter((content) => content !== guess.content)
  const found = others.find((content) => isMatch(given, { ...guess, content }))
  return found === undefined
    ? null
    : said(
        'wrong_signed_content',
        `it was signed over ${found}; ${given.scheme.header} is over ${guess.content}`,
      )
}

function whatIsLikely(given: Case, headers: Headers, said: Said): Explanation {
  const length = headers.get('content-length')
  const [have, text] = [given.body.length, given.body.toString()]
  if (length !== undefined && /^\d+$/.test(length) && Number(length) !== have)
    return said(
      'body_incomplete',
      `the body has ${have} bytes and content-length said ${length}: it is not what came`,
    )
  if (!isAsWeWrite(text))
    return said('likely_body', `the body is not written as it is sent (JSON without blanks): ${rewritten}`)
  return said(
    'likely_secret',
    'no change of the body that is usual makes it hold, and it is written as it is sent: most likely this is the secret of another webhook, or one that was rotated away',
  )
}

function isAsWeWrite(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text
  } catch {
    return false
  }
}
