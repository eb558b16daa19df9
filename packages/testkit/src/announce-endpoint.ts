/** Endpoints as the API would announce them, for whoever tests or measures without an API. */
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import type { OutgoingRecord } from '@scanhook/kafka/record'
import { masterDataKey } from '@scanhook/schemas/keys'
import type { Codecs } from '@scanhook/schemas/open-codecs'

export interface PlainEndpoint {
  readonly id: number
  /** Default 1. */
  readonly org?: number
  readonly url: string
  readonly sealedSecret: string
  readonly version: number
}

/** Active, standard profile, wants every event. */
export function endpointOf({ id, org = 1, url, sealedSecret, version }: PlainEndpoint): Endpoint {
  return {
    id: endpointId(id),
    orgId: orgId(org),
    url,
    state: 'active',
    profile: 'standard',
    sealedSecrets: [sealedSecret],
    headers: {},
    subscriptions: [plainSubscription('*')],
    ...plainEndpoint,
    createdAtMs: Date.now(),
    version,
  }
}

export interface AnnouncementOptions {
  readonly codecs: Pick<Codecs, 'masterData'>
  /** The name of `master-data` in this world. */
  readonly topic: string
  readonly isDeleted?: boolean
}

/** The record on `master-data` that makes the endpoint known, or its end. */
export function endpointAnnouncement(
  endpoint: Endpoint,
  { codecs, topic, isDeleted = false }: AnnouncementOptions,
): OutgoingRecord {
  const value = codecs.masterData.encode({
    orgId: endpoint.orgId,
    kind: 'endpoint',
    id: endpoint.id,
    version: endpoint.version,
    changedAtMs: Date.now(),
    isDeleted,
    document: JSON.stringify(endpoint),
  })
  return { topic, key: masterDataKey(endpoint.orgId, 'endpoint', endpoint.id), value }
}
