/** What a change of master data makes stale in the producer's memory. */
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { normaliseTag } from '@scanhook/domain/reading/normalise-tag'

export interface FollowPorts {
  readonly forgetTag: (orgId: number, matchKey: string) => void
  readonly tagsChanged: (orgId: number) => void
  readonly pointsChanged: (orgId: number) => void
  readonly fencesChanged: (orgId: number) => void
}

/** A tag's own announcement names its key; everything else makes the organization's entries of that cache stale. */
export function followMasterData(ports: FollowPorts, change: MasterDataChange): void {
  const { orgId } = change
  switch (change.kind) {
    case 'tag': {
      const matchKey = matchKeyOf(change.document)
      if (matchKey === null) ports.tagsChanged(orgId)
      else ports.forgetTag(orgId, matchKey)
      return
    }
    case 'asset':
      ports.tagsChanged(orgId)
      return
    case 'location':
      ports.pointsChanged(orgId)
      ports.fencesChanged(orgId)
      return
    case 'scan_device':
    case 'scan_point':
      ports.pointsChanged(orgId)
      return
    case 'organization':
      ports.tagsChanged(orgId)
      ports.pointsChanged(orgId)
      ports.fencesChanged(orgId)
      return
    case 'endpoint':
      return
  }
}

function matchKeyOf(document: string): string | null {
  try {
    const { match_key: matchKey } = JSON.parse(document) as { readonly match_key?: unknown }
    return typeof matchKey === 'string' ? normaliseTag(matchKey) : null
  } catch {
    return null
  }
}
