/** What was sent for a delivery, read back from its log. Pure. */
import type { RenderedBody } from '../delivery.ts'

export interface SentRequest {
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
}

/**
 * The body as it was sent, with the profile that its headers show (packages/signing/sign): brands have a signature
 * header of their own, which no customer can set, and Trackberry's an event id beside it. Null when nothing was signed.
 */
export function bodySent({ requestHeaders, requestBody }: SentRequest): RenderedBody | null {
  const names = new Set(Object.keys(requestHeaders).map((name) => name.toLowerCase()))
  if (!names.has('webhook-signature')) return null
  const branded = [...names].flatMap((name) => /^x-(.+)-signature$/.exec(name)?.[1] ?? [])[0]
  if (branded === undefined) return { profile: 'standard', body: requestBody }
  const isTrackberry = names.has(`x-${branded}-event-id`)
  return { profile: isTrackberry ? 'trackberry' : 'trakrf', body: requestBody }
}
