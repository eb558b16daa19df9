/** Whether a request that arrived is signed as Standard Webhooks says, judged in this browser with the secret of its endpoint. */
export interface Arrived {
  readonly request_id: string
  readonly received_at: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body_base64: string
}

export interface Judgement {
  readonly isVerified: boolean
  readonly says: string
}

/** As the libraries of Standard Webhooks: a request that is older or newer is refused. */
const toleranceS = 300

/** `secret` as the API shows it: `whsec_` and base64. Where a page has no WebCrypto (plain http), nothing can be judged. */
export async function judgeRequest(request: Arrived, secret: string, nowMs: number): Promise<Judgement> {
  const failed = (says: string): Judgement => ({ isVerified: false, says })
  const header = (name: string): string | undefined =>
    request.headers.find(([each]) => each.toLowerCase() === name)?.[1]
  const id = header('webhook-id')
  const timestamp = header('webhook-timestamp')
  const signatures = header('webhook-signature')
  if (id === undefined || timestamp === undefined || signatures === undefined)
    return failed('It lacks one of the headers webhook-id, webhook-timestamp and webhook-signature.')
  const ageS = nowMs / 1000 - Number(timestamp)
  if (!(Math.abs(ageS) <= toleranceS)) return failed('Its timestamp is more than five minutes away.')
  if (globalThis.crypto?.subtle === undefined)
    return failed('This page was loaded without TLS, so the browser does not calculate signatures.')
  const key = await crypto.subtle.importKey(
    'raw',
    bytesOf(secret.replace(/^whsec_/, '')),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const head = new TextEncoder().encode(`${id}.${timestamp}.`)
  const body = bytesOf(request.body_base64)
  const signed = new Uint8Array(head.length + body.length)
  signed.set(head)
  signed.set(body, head.length)
  for (const each of signatures.split(' ')) {
    if (!each.startsWith('v1,')) continue
    const signature = readBase64(each.slice('v1,'.length))
    if (signature !== null && (await crypto.subtle.verify('HMAC', key, signature, signed)))
      return { isVerified: true, says: 'The signature is right, and its timestamp is of now.' }
  }
  return failed('No signature in it was made with this secret over this body.')
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
}

function readBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return bytesOf(text)
  } catch {
    return null
  }
}
