/**
 * Verification as receivers do it, none of it with our own code: the `standardwebhooks` library, and the samples that
 * the TrakRF and Trackberry pages print.
 */
import { execFileSync } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import type { Received } from './receiver.ts'

const header = (request: Received, name: string): string => {
  const value = request.headers[name]
  if (typeof value !== 'string') throw new Error(`the request to ${request.path} has no ${name}`)
  return value
}

/** Throws unless the Standard Webhooks library accepts the request with this secret, now. */
export function verifyStandard(request: Received, secret: string): void {
  new Webhook(secret).verify(request.body, {
    'webhook-id': header(request, 'webhook-id'),
    'webhook-timestamp': header(request, 'webhook-timestamp'),
    'webhook-signature': header(request, 'webhook-signature'),
  })
}

/** What the Trackberry samples say, in our words: "sha256=" + hexdigest of the raw payload, compared in constant time. */
export function isTrackberrySignatureRight(request: Received, secret: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(request.body).digest('hex')}`)
  const given = Buffer.from(header(request, 'x-trackberry-signature'))
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** TrakRF: the same over `timestamp.body`. */
export function isTrakrfSignatureRight(request: Received, secret: string): boolean {
  const signed = `${header(request, 'x-trakrf-timestamp')}.${request.body}`
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`)
  const given = Buffer.from(header(request, 'x-trakrf-signature'))
  return expected.length === given.length && timingSafeEqual(expected, given)
}

const samplesFolder = join(import.meta.dirname, '../vectors/signing/samples')

export interface Sampled {
  readonly payload: string
  readonly signature: string
  readonly secret: string
}

/** The page's own sample for a language, run by that language; what it says of each case. */
export function sampleVerdicts(
  command: readonly string[],
  sample: 'trackberry.py' | 'trackberry.rb',
  cases: readonly Sampled[],
): readonly ('yes' | 'no')[] {
  const [file = '', ...args] = command
  const input = cases.map((each) => `${JSON.stringify(each)}\n`).join('')
  const said = execFileSync(file, [...args, join(samplesFolder, sample)], { input, encoding: 'utf8' })
  return said
    .trim()
    .split('\n')
    .map((line) => (line === 'yes' ? 'yes' : 'no'))
}

/** The Python sample over many requests at once. */
export function pythonVerdicts(requests: readonly Received[], secret: string): readonly string[] {
  const cases = requests.map((request) => ({
    payload: request.body,
    signature: header(request, 'x-trackberry-signature'),
    secret,
  }))
  return sampleVerdicts(['python3'], 'trackberry.py', cases)
}
