/** The routes of the services that speak to customers, as they would listen with them. Nothing is started. */
import { addRoutes } from '@scanhook/api/routes'
import type { HttpApp } from '@scanhook/http/app'
import type { Caller } from '@scanhook/http/authentication'
import type { AnyRoute } from '@scanhook/http/route'
import { addIntakeRoutes } from '@scanhook/producer/routes'

/** Stands for whatever a route is closed over; routes are not called here. */
const anything: never = new Proxy(() => undefined, { get: () => anything, apply: () => anything }) as never

/** In the order in which they were added; those that are not the API (`/docs`) left out. */
export function routesOfServices(): readonly AnyRoute[] {
  const routes: AnyRoute[] = []
  const recorder: Pick<HttpApp<Caller>, 'route' | 'publicRoute'> = {
    route: (route) => routes.push({ ...route, isPublic: false } as AnyRoute),
    publicRoute: (route) => routes.push({ ...route, isPublic: true, scope: null } as AnyRoute),
  }
  addRoutes({ ...recorder, listen: anything, close: anything }, anything)
  addIntakeRoutes(recorder, { reads: anything, events: anything, validate: anything })
  return routes.filter(({ path }) => path.startsWith('/api/v1/'))
}
