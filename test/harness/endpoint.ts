/** Registers an endpoint at the receiver, as a customer would, and keeps what only the answer to creation shows. */
import type { World } from './world.ts'

export interface RegisteredEndpoint {
  readonly id: number
  readonly path: string
  readonly secret: string
}

export async function registerEndpoint(
  world: World,
  path: string,
  {
    profile = 'standard',
    eventTypes = ['*'],
  }: { readonly profile?: string; readonly eventTypes?: readonly string[] } = {},
): Promise<RegisteredEndpoint> {
  const created = await world.api.data<{ id: number; secret: string }>('POST', '/api/v1/webhooks', {
    url: world.receiver.url(path),
    name: path,
    profile,
    enabled: true,
    event_types: eventTypes,
  })
  return { id: created.id, secret: created.secret, path }
}
