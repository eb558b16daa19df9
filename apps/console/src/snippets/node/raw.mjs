import { createHmac, timingSafeEqual } from 'node:crypto'

/** The event, or an exception. `body` is the request's body as it came, not parsed. */
export function verify(headers, body, secret) {
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!(age <= 300)) throw new Error('webhook-timestamp is more than 5 minutes away')
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  // While a secret is being rotated there is one signature for each.
  for (const signature of headers['webhook-signature'].split(' ')) {
    const [version, base64 = ''] = signature.split(',')
    const given = Buffer.from(base64, 'base64')
    if (version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected))
      return JSON.parse(body)
  }
  throw new Error('no signature is right')
}
