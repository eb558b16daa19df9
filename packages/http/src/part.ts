/** What the parts of a process that share an address have of their own, and what they share. */
import type { Authenticated, Caller } from './authentication.ts'
import type { IdempotencyPort } from './idempotency.ts'
import type { RateLimit, RateVerdict } from './rate-limit.ts'
import type { AnyRoute } from './route.ts'
import type { SharedServer } from './shared-server.ts'

/** One app's share of a server. */
export interface Part {
  readonly routes: AnyRoute[]
  readonly authenticate: (token: string) => Promise<Authenticated<Caller>>
  /** Null: the part remembers no keys, and the header is refused. */
  readonly idempotency: IdempotencyPort | null
  /** True from `close` on: its routes answer 503. */
  isClosing: boolean
}

export interface Shared {
  readonly server: SharedServer
  readonly parts: Set<Part>
  readonly rateLimit: RateLimit
  readonly take: (key: string, nowMs: number) => RateVerdict
}
