/**
 * Verification as receivers do it, none of it with our own code: the `standardwebhooks` library, and the samples that
 * the TrakRF and Trackberry pages print.
 */
import { execFileSync } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
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

/** The Ruby sample: "sha256=" + hexdigest of the raw payload, compared in constant time. */
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

const pythonSample = `
import sys, json, hmac, hashlib

def verify_signature(payload, signature, secret):
    expected = "sha256=" + hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)

for line in sys.stdin:
    case = json.loads(line)
    print("yes" if verify_signature(case["payload"].encode(), case["signature"], case["secret"]) else "no")
`

/** The Python sample, run by Python, over many requests at once. */
export function pythonVerdicts(requests: readonly Received[], secret: string): readonly string[] {
  const input = requests.map((request) =>
    JSON.stringify({ payload: request.body, signature: header(request, 'x-trackberry-signature'), secret }),
  )
  return execFileSync('python3', ['-c', pythonSample], { input: `${input.join('\n')}\n`, encoding: 'utf8' })
    .trim()
    .split('\n')
}
