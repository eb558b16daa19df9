/** What reads say beside the scans that come of them: which reader is there, and which tags nobody knows. */
import type { Presence } from './presence.ts'
import type { Resolution } from './resolve-reads.ts'
import type { UnknownTags } from './unknown-tags.ts'

export interface NoticePorts {
  readonly presence: Pick<Presence, 'heard'>
  readonly unknownTags: Pick<UnknownTags, 'note'>
}

/** Called with reads that were dealt with: their scans are acknowledged. */
export function noticeReads(
  { presence, unknownTags }: NoticePorts,
  resolutions: readonly Resolution[],
): void {
  for (const resolution of resolutions) {
    if (resolution.kind === 'unavailable') continue
    const { reader, arrival } = resolution
    const { orgId, deviceKey } = arrival.read
    if (reader !== null) presence.heard({ orgId, deviceKey, ...reader }, arrival.receivedAtMs)
    if (resolution.kind === 'dropped' && resolution.reason === 'unknown_tag') unknownTags.note(arrival)
  }
}
