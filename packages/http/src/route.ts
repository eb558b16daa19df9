/** What a route is: method, path, who may call it, what it accepts, and a function from plain values to plain values. */
import type { z } from 'zod'
import type { ErrorType } from './api-error.ts'
import type { Caller } from './authentication.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `json`: `application/json`. `merge-patch`: `application/merge-patch+json`. `form`: `application/x-www-form-urlencoded`,
 * for the schema an object of texts. `ndjson`: `application/x-ndjson`, given as text. `raw`: whatever it is, given as bytes.
 */
export type BodyKind = 'json' | 'merge-patch' | 'form' | 'ndjson' | 'raw'

export interface PublicRequest<P, Q, B> {
  readonly params: P
  readonly query: Q
  /** What `body` made of it; undefined for ndjson and raw. */
  readonly body: B
  /** How the body came; null when there was none. */
  readonly bodyKind: BodyKind | null
  /** The body as it came: text of ndjson, else empty. */
  readonly text: string
  /** The body as it came: bytes of raw, else empty. */
  readonly bytes: Buffer
  readonly requestId: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Aborted when the client went away before the answer. */
  readonly signal: AbortSignal
}

export interface HttpRequest<C, P, Q, B> extends PublicRequest<P, Q, B> {
  readonly caller: C
  /**
   * Asks anew whether the request's credential would be admitted to its route: for answers that go on for minutes. True
   * also while nobody can know.
   */
  readonly isStillAllowed: () => Promise<boolean>
}

export interface HttpAnswer {
  readonly status: number
  /** JSON, or text, bytes or a stream together with a `content-type` header. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What the OpenAPI document says of a route beyond what the route says itself. */
export interface RouteDescription {
  /** The operation's id in the document, and its name in a generated client: `createAsset`. */
  readonly id: string
  /** A few words for a list of operations, without a full stop. */
  readonly summary: string
  /** What a reader should know besides; Markdown. */
  readonly details?: string | undefined
  /** Of each status that is no error: the JSON, null for no body, or another content type. */
  readonly answers: Readonly<Record<number, z.ZodType | OtherContent | null>>
  /** Errors that are this operation's own; those of every such route need not be named (describe-routes.ts). */
  readonly errors?: readonly ErrorType[] | undefined
}

/** An answer that is not one JSON value. */
export interface OtherContent {
  readonly contentType: string
  /** Of one line or message. */
  readonly schema?: z.ZodType | undefined
  readonly description: string
}

interface RouteShape<P, Q, B> {
  readonly method: Method
  /** With parameters as `:name`: `/api/v1/webhooks/:webhook_id`. */
  readonly path: string
  readonly params?: z.ZodType<P> | undefined
  /** Without one, every query key is refused. Top-level objects are made strict. */
  readonly query?: z.ZodType<Q> | undefined
  readonly body?: z.ZodType<B> | undefined
  /** Default: `merge-patch` for PATCH, else `json`. Several: the content type decides; the schema is for JSON and forms. */
  readonly bodyKind?: BodyKind | readonly BodyKind[] | undefined
  /** Default 1 MiB, several times the largest single resource. */
  readonly bodyMaxBytes?: number | undefined
  /** Every route of a service has one; what routes of tests have not is not in a document. */
  readonly describes?: RouteDescription | undefined
}

export interface Route<C extends Caller, P, Q, B> extends RouteShape<P, Q, B> {
  /** Null: every valid key may. */
  readonly scope: string | null
  handle(request: HttpRequest<C, P, Q, B>): Promise<HttpAnswer>
}

/** Needs no key. */
export interface PublicRoute<P, Q, B> extends RouteShape<P, Q, B> {
  /** True: it is not limited by address. For files in memory, which cost no more than a refusal. */
  readonly isUncounted?: boolean | undefined
  handle(request: PublicRequest<P, Q, B>): Promise<HttpAnswer>
}

export type AnyRoute<C extends Caller = Caller> = Omit<Route<C, unknown, unknown, unknown>, 'scope'> & {
  readonly scope: string | null
  readonly isPublic: boolean
  readonly isUncounted?: boolean | undefined
}
