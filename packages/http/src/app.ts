/**
 * An HTTP app: routes in, TrakRF's conventions out. `openHttp` gives each part of a process its own `HttpApp`; parts
 * with the same host and port share one socket, so that producer and API are one address in the all-in-one process.
 *
 * Routes are closed over by a fastify instance that is built anew when a part begins to listen: fastify takes no
 * routes after that.
 */
import { strict as assert } from 'node:assert'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import type { Tracing } from '@scanhook/observability/tracing'
import type { Clock } from '@scanhook/runtime/clock'
import { type Authenticate, type Caller, openAuthentication } from './authentication.ts'
import { buildFastify } from './build-fastify.ts'
import type { IdempotencyPort } from './idempotency.ts'
import type { Part, Shared } from './part.ts'
import { openRateLimiter, type RateLimit } from './rate-limit.ts'
import type { AnyRoute, PublicRoute, Route } from './route.ts'
import { openSharedServer } from './shared-server.ts'

export interface HttpOptions<C extends Caller> {
  readonly host: string
  /** 0 takes a free port and shares with nobody. */
  readonly port: number
  readonly authenticate: Authenticate<C>
  readonly log: Logger
  readonly metrics: Metrics
  /** A span for each request that was admitted; none when absent. */
  readonly tracing?: Tracing | undefined
  readonly clock: Clock
  readonly random: () => number
  /** Where `Idempotency-Key`s of POSTs are remembered. Without it the header is refused. */
  readonly idempotency?: IdempotencyPort | undefined
  /** Default 60 a minute, burst 120. The first part on an address decides. */
  readonly rateLimit?: RateLimit | undefined
}

export interface HttpApp<C extends Caller> {
  /** Before `listen`. */
  route<P, Q, B>(route: Route<C, P, Q, B>): void
  publicRoute<P, Q, B>(route: PublicRoute<P, Q, B>): void
  /** Resolves to the address, `http://host:port`. */
  listen(): Promise<string>
  /**
   * This part's routes answer 503 from now on; the last part closes the socket and waits for answers under way.
   * Idempotent.
   */
  close(): Promise<void>
}

const defaultRateLimit: RateLimit = { perMinute: 60, burst: 120 }
const sharedByAddress = new Map<string, Shared>()

export function openHttp<C extends Caller>(options: HttpOptions<C>): HttpApp<C> {
  const { host, port, clock } = options
  const address = `${host}:${port}`
  const shared = (port === 0 ? undefined : sharedByAddress.get(address)) ?? openShared(options.rateLimit)
  if (port !== 0) sharedByAddress.set(address, shared)
  const part: Part = {
    routes: [],
    authenticate: openAuthentication(options.authenticate, clock),
    idempotency: options.idempotency ?? null,
    isClosing: false,
  }
  let hasListened = false

  const add = (route: AnyRoute): void => {
    assert(!hasListened, `HTTP_LATE_ROUTE: ${route.method} ${route.path} comes after listen`)
    part.routes.push(route)
  }
  return {
    route: (route) => add({ ...route, handle: route.handle.bind(route), isPublic: false } as AnyRoute),
    publicRoute: (route) =>
      add({ ...route, handle: route.handle.bind(route), isPublic: true, scope: null } as AnyRoute),
    listen: async () => {
      hasListened = true
      shared.parts.add(part)
      const fastify = buildFastify([...shared.parts], shared, options)
      await fastify.ready()
      shared.server.exchange(fastify.routing)
      return shared.server.listen(host, port)
    },
    close: async () => {
      if (part.isClosing) return
      part.isClosing = true
      if ([...shared.parts].some((each) => !each.isClosing)) return
      if (sharedByAddress.get(address) === shared) sharedByAddress.delete(address)
      await shared.server.close()
    },
  }
}

function openShared(rateLimit: RateLimit = defaultRateLimit): Shared {
  return { server: openSharedServer(), parts: new Set(), rateLimit, take: openRateLimiter(rateLimit) }
}
