/** One organization with something of everything in it, behind the all-in-one process, for checking the API from outside. */
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import { freePort } from '../harness/free-port.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { furnishWarehouse } from '../harness/warehouse.ts'
import { openWorld, type World } from '../harness/world.ts'

export interface ApiWorld {
  readonly world: World
  readonly api: ApiClient
  readonly service: ServiceProcess
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
  return { world, api, service, close }
}

async function fill(world: World, api: ApiClient): Promise<void> {
  await furnishWarehouse({ api }, 5)
  await api.data('POST', '/api/v1/webhooks', { url: world.receiver.url('/ok'), event_types: ['*'] })
  const event = {
    type: 'shipment.approved',
    data: { shipment: { id: 'ship_1', reference: 'R-1', status: 'approved' } },
  }
  await api.data('POST', '/api/v1/events', event)
  await waitUntil('a delivery is in the log', async () => {
    const deliveries = await api.data<readonly unknown[]>('GET', '/api/v1/deliveries?state=delivered')
    return deliveries.length > 0
  })
}
