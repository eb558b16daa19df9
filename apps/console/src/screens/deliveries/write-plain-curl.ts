/** A recorded request as a command line, without its signature: that was of its time. Pure. */
import { writeCurl } from '@scanhook/client/write-curl'

export interface SentRequest {
  readonly url: string | null
  readonly request_headers: Readonly<Record<string, unknown>> | null
  readonly request_body: string | null
}

/** Of every profile: without them the request is one that nobody signed. */
const isSignature = (name: string): boolean => /^(webhook-timestamp|x-.*-timestamp|.*-signature)$/i.test(name)

/** Null where the log has no request any more. */
export function writePlainCurl(request: SentRequest): string | null {
  const { url, request_headers: headers, request_body: body } = request
  if (url === null || headers === null || body === null) return null
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    isSignature(name) ? [] : [[name, String(value)] as const],
  )
  return writeCurl({ url, headers: Object.fromEntries(kept), body })
}
