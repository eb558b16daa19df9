/**
 * The routes of one kind of master data, kept instead of served: a line of an import is then judged and written by the
 * very route that a single request would meet. Owns no rule of its own.
 */
import type { Caller } from '@scanhook/http/authentication'
import type { CompiledRoute } from '@scanhook/http/compile-route'
import type { AnyRoute, HttpRequest } from '@scanhook/http/route'
import type { ImportedLines } from '@scanhook/postgres/audit-log'
import type { Api } from '../server.ts'

/** What every call inside one import has in common: who asks, and the request that it came with. */
export type Asking = HttpRequest<Caller, unknown, unknown, unknown> & {
  /** The lines that are applied by what comes next; the routes' authors go by it (audit-log/author-of). */
  readonly imported?: ImportedLines | undefined
}

interface Call {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The `data` of the answer. Throws the ApiError that the request would have been answered with. */
export type CallRoute = (asking: Asking, method: string, path: string, call: Call) => Promise<unknown>

/** `add` adds the routes as it would to an app, `compile` makes each ready as an app would. Calling a path that it did not add is a mistake of ours, and throws. */
export function recordedRoutes(
  add: (api: Pick<Api, 'route'>) => void,
  compile: (route: AnyRoute) => CompiledRoute,
): CallRoute {
  const byName = new Map<string, CompiledRoute>()
  add({
    route: (route) => {
      const bound = { ...route, handle: route.handle.bind(route), isPublic: false } as AnyRoute
      byName.set(`${route.method} ${route.path}`, compile(bound))
    },
  })
  return async (asking, method, path, { params = {}, query = {}, body }) => {
    const compiled = byName.get(`${method} ${path}`)
    if (compiled === undefined) throw new Error(`BULK_NO_ROUTE: ${method} ${path}`)
    const isRead = method === 'GET'
    const given = compiled.body(isRead ? null : 'json', Buffer.from(isRead ? '' : JSON.stringify(body)))
    const { body: answered } = await compiled.route.handle({
      ...asking,
      ...given,
      params: compiled.params(params),
      query: compiled.query(query),
    })
    return (answered as { readonly data: unknown }).data
  }
}
