/** The demo endpoint: one at the inspector, for every event type, with the secret known to the inspector. */
import type { ApiClient } from './api-client.ts'
import type { InspectorClient } from './inspector-client.ts'
import type { RunState } from './run-folder.ts'

type Endpoint = NonNullable<RunState['endpoint']>

export interface Registered {
  readonly endpoint: Endpoint
  /** How many announcements the router will hear of. */
  readonly changeCount: number
}

/** By this name it is found again when `.run` was removed. */
const endpointName = 'Built-in inspector'

/**
 * Keeps the endpoint of the last run when it still is as it was. Else makes one, and removes what earlier runs left
 * under the same name: their secret can't be shown again, so the inspector could not verify them.
 */
export async function registerEndpoint(
  api: ApiClient,
  inspector: InspectorClient,
  known: Endpoint | null,
): Promise<Registered> {
  const endpoint = (await stillThere(api, inspector, known)) ? known : null
  const registered = endpoint === null ? await makeEndpoint(api, inspector) : { endpoint, changeCount: 0 }
  await inspector.giveSecret(registered.endpoint.secret)
  return registered
}

async function stillThere(
  api: ApiClient,
  inspector: InspectorClient,
  known: Endpoint | null,
): Promise<boolean> {
  if (known === null || known.url !== inspector.binUrl) return false
  const { status, data } = await api.get(`/webhooks/${known.id}`)
  return status === 200 && data['url'] === known.url && data['state'] === 'active'
}

async function makeEndpoint(api: ApiClient, inspector: InspectorClient): Promise<Registered> {
  const earlier = (await api.list('/webhooks')).filter((row) => row['name'] === endpointName)
  for (const row of earlier) await api.delete(`/webhooks/${String(row['id'])}`)
  const { status, data } = await api.post('/webhooks', {
    url: inspector.binUrl,
    name: endpointName,
    profile: 'standard',
    event_types: ['*'],
  })
  const { id, secret } = data
  if (typeof id !== 'number' || typeof secret !== 'string') {
    throw new Error(`the API made no endpoint (${status})`)
  }
  return { endpoint: { id, url: inspector.binUrl, secret }, changeCount: earlier.length + 1 }
}
