/** One organization with something of everything in it, behind the all-in-one process, for checking the API from outside. */
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { freePort } from '../harness/free-port.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse } from '../harness/warehouse.ts'
import { openWorld, type World } from '../harness/world.ts'
import type { Ids } from './operations.ts'

export interface ApiWorld {
  readonly world: World
  readonly api: ApiClient
  readonly service: ServiceProcess
  /** One id of each kind that there is. */
  readonly existing: () => Promise<Ids>
  /** Names and keys that nobody else may see. */
  readonly names: readonly string[]
  readonly close: () => Promise<void>
}

/** Assets, places, readers, webhooks, and deliveries of a shipment; the log has all of it. */
export async function openApiWorld(): Promise<ApiWorld> {
  // Producer and API are one address in the all-in-one process.
  const port = String(await freePort())
  const world = await openWorld({
    isDirect: true,
    env: { API_PORT: port, PRODUCER_PORT: port, INSPECTOR_PORT: '0' },
  })
  const service = await serviceProcess('scanhook', world.env, world.folder)
  const api = apiClient(`http://127.0.0.1:${port}`, world.apiKey)
  const close = async (): Promise<void> => {
    await service.kill()
    await world.close()
  }
  try {
    await service.start()
    await fill(world, api)
  } catch (error) {
    await close()
    throw error
  }
  return { world, api, service, existing: () => existingOf(api), names, close }
}

const names: readonly string[] = ['FORK-', 'Forklift', 'The DOCK', 'gw-DOCK', 'SITE', 'ship_1']

async function existingOf(api: ApiClient): Promise<Ids> {
  const first = async (path: string): Promise<{ id: string | number }> => {
    const [row] = await api.data<readonly { id: string | number }[]>('GET', `/api/v1/${path}`)
    if (row === undefined) throw new Error(`there is nothing at ${path}`)
    return row
  }
  const asset = await first('assets')
  return {
    asset_id: asset.id,
    tag_id: (await first(`assets/${asset.id}/tags`)).id,
    location_id: (await first('locations')).id,
    scan_device_id: (await first('scan-devices')).id,
    scan_point_id: (await first('scan-points')).id,
    webhook_id: (await first('webhooks')).id,
    check_id: (await first('deliveries?event_type=endpoint.check')).id,
    event_id: (await first('events')).id,
    delivery_id: (await first('deliveries?event_type=shipment.approved')).id,
    job_id: (await first('jobs')).id,
    api_key_id: (await first('api-keys')).id,
    portal_link_id: (await first('portal-links')).id,
    name: 'reader',
  }
}

async function fill(world: World, api: ApiClient): Promise<void> {
  await furnishWarehouse({ api }, 5)
  await api.data('POST', '/api/v1/webhooks', { url: world.receiver.url('/ok'), event_types: ['*'] })
  const [webhook] = await api.data<readonly { id: number }[]>('GET', '/api/v1/webhooks')
  await api.data('POST', '/api/v1/jobs', {
    kind: 'recover',
    webhook_id: webhook?.id,
    since: '2026-01-01T00:00:00Z',
  })
  await api.data('POST', `/api/v1/webhooks/${webhook?.id}/check`)
  await api.data('PUT', '/api/v1/event-cursors/reader', {})
  await api.data('POST', '/api/v1/portal-links', { label: 'SITE', expires_in_seconds: 3_600 })
  const event = {
    type: 'shipment.approved',
    data: { shipment: { id: 'ship_1', reference: 'R-1', status: 'approved' } },
  }
  await api.data('POST', '/api/v1/events', event)
  for (const type of ['shipment.approved', 'endpoint.check'])
    await waitUntil(`a delivery of ${type} is in the log`, async () => {
      const query = `state=delivered&event_type=${type}`
      return (await api.data<readonly unknown[]>('GET', `/api/v1/deliveries?${query}`)).length > 0
    })
}
