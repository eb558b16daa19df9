/**
 * The one file that knows fastify. Turns routes into an instance whose every answer, refusals included, has a
 * request id, the rule not to guess its type, and rate-limit headers, is counted and is one line in the log.
 */

import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import type { Logger } from '@scanhook/observability/log'
import type { Metrics } from '@scanhook/observability/metrics'
import { traceParentOf } from '@scanhook/observability/trace'
import { noTracing, type OpenSpan, type Tracing, within } from '@scanhook/observability/tracing'
import type { Clock } from '@scanhook/runtime/clock'
import { isRetriable } from '@scanhook/runtime/is-retriable'
import fastifyFactory, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { admit, stillAdmits } from './admit.ts'
import { ApiError, fieldError, renderError, unavailable } from './api-error.ts'
import type { Caller } from './authentication.ts'
import { type CompiledRoute, compileRoute } from './compile-route.ts'
import { doOnce, idempotencyKeyOf } from './idempotency.ts'
import type { Part, Shared } from './part.ts'
import { newRequestId } from './request-id.ts'
import type { BodyKind, HttpAnswer } from './route.ts'

interface Surroundings {
  readonly log: Logger
  readonly metrics: Metrics
  readonly tracing?: Tracing | undefined
  readonly clock: Clock
  readonly random: () => number
}

/** What is known of a request under way. */
interface Passage {
  readonly startedMs: number
  readonly compiled: CompiledRoute | null
  readonly part: Part | null
  caller: Caller | null
  bodyKind: BodyKind | null
  /** From its admission on; null before, and where it is not recorded. */
  span: OpenSpan | null
}

/** Ids are at most 16 digits; external keys, the longest names in a path, 255. */
const paramLengthMax = 512
const noBytes = Buffer.alloc(0)
const bodyMaxBytesDefault = 1024 * 1024
/** A dependency is away: long enough not to be a stampede, short enough to be noticed as a hiccup. */
const retryDependencyS = 5

export function buildFastify(parts: readonly Part[], shared: Shared, around: Surroundings): FastifyInstance {
  const { clock, random } = around
  const passages = new WeakMap<FastifyRequest, Passage>()
  const observe = observer(around)
  const fastify = fastifyFactory({
    genReqId: () => newRequestId(clock.nowMs(), random),
    routerOptions: { maxParamLength: paramLengthMax },
    frameworkErrors: (error, request, reply) => {
      markAnswer(request, reply)
      sendError(request, reply, toApiError(error))
    },
  })
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))

  const compiledRoutes: CompiledRoute[] = []
  const literalPaths = new Set(
    parts.flatMap((part) => part.routes.map(({ path }) => path)).filter((path) => !/[:*]/.test(path)),
  )
  for (const part of parts) {
    for (const route of part.routes) {
      const compiled = compileRoute(route)
      compiledRoutes.push(compiled)
      fastify.route({
        method: route.method,
        url: route.path,
        bodyLimit: route.bodyMaxBytes ?? bodyMaxBytesDefault,
        onRequest: (request, reply) => enter(request, reply, compiled, part),
        handler: (request, reply) => {
          const passage = passages.get(request)
          if (passage !== undefined) passage.span = openRequestSpan(around.tracing, request, route)
          return within(passage?.span ?? null, () => handle(request, reply, passage, around.log))
        },
      })
    }
  }

  async function enter(
    request: FastifyRequest,
    reply: FastifyReply,
    compiled: CompiledRoute | null,
    part: Part | null,
  ): Promise<void> {
    const passage: Passage = {
      startedMs: clock.monotonicMs(),
      compiled,
      part,
      caller: null,
      bodyKind: null,
      span: null,
    }
    passages.set(request, passage)
    markAnswer(request, reply)
    passage.caller = await admit(
      {
        method: request.method,
        headers: request.headers,
        remoteAddress: request.socket.remoteAddress ?? '',
        nowMs: clock.nowMs(),
        setHeaders: (headers) => reply.headers(headers),
      },
      shared,
      compiled?.route ?? null,
      part,
    )
    // `PATCH /assets/export` is not the asset of the id `export`.
    if (compiled?.route.path.includes(':') === true && literalPaths.has(pathOf(request)))
      throw notFound(compiledRoutes, pathOf(request))
    passage.bodyKind = compiled?.bodyKind(request.headers) ?? null
  }

  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    await enter(request, reply, null, null)
    // Before its body: what it is sent with is of no interest, and fastify would judge that first (QUERY).
    throw notFound(compiledRoutes, pathOf(request))
  })
  fastify.setNotFoundHandler(async (request) => {
    throw notFound(compiledRoutes, pathOf(request))
  })
  fastify.setErrorHandler((error, request, reply) => {
    const apiError = toApiError(error)
    if (apiError.status >= 500) {
      around.log.error({ err: error, requestId: request.id, path: pathOf(request) }, 'request.failed')
    }
    sendError(request, reply, apiError)
  })
  fastify.addHook('onSend', async (_request, reply) => {
    if (shared.server.isClosing()) reply.header('connection', 'close')
  })
  fastify.addHook('onResponse', async (request, reply) => observe(request, reply, passages.get(request)))
  return fastify
}

/** What every answer says, whatever comes of the request. A browser takes it for what its content type says, and for nothing else that its bytes look like. */
function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
}

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  passage: Passage | undefined,
  log: Logger,
): Promise<void> {
  if (passage?.compiled === undefined || passage.compiled === null)
    throw new Error('HTTP_NO_PASSAGE: enter did not run')
  const { compiled, caller, bodyKind, span, part } = passage
  const params = compiled.params(request.params)
  const query = compiled.query(request.query)
  const bytes = Buffer.isBuffer(request.body) ? request.body : noBytes
  const given = compiled.body(bodyKind, bytes)
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  const act = (): Promise<HttpAnswer> =>
    compiled.route.handle({
      ...given,
      params,
      query,
      // A route that is not public has a caller, else `admit` had thrown; a public one has no such property in its type.
      caller: caller as Caller,
      requestId: request.id,
      // What comes of the request is a child of its span.
      headers: span === null ? request.headers : { ...request.headers, ...span.headers },
      signal: gone.signal,
      isStillAllowed: async () =>
        caller !== null && part !== null && stillAdmits(request, compiled.route, part, caller),
    })
  await sendAnswer(reply, await actOnce(request, { ...passage, bytes }, act, log))
}

/** POSTs of callers under their `Idempotency-Key`; everything else as it is: it is idempotent, or has no organization. */
async function actOnce(
  { method, url, headers, id }: FastifyRequest,
  { caller, part, bytes }: Pick<Passage, 'caller' | 'part'> & { readonly bytes: Buffer },
  act: () => Promise<HttpAnswer>,
  log: Logger,
): Promise<HttpAnswer> {
  const key = method === 'POST' && caller !== null ? idempotencyKeyOf(headers) : null
  if (key === null || caller === null) return act()
  if (part === null || part.idempotency === null)
    throw fieldError({ field: 'Idempotency-Key', code: 'invalid_context', message: 'is not supported here' })
  const contentType = headers['content-type'] ?? ''
  const request = { orgId: caller.orgId, method, url, contentType, bytes }
  return doOnce(part.idempotency, key, request, act, (error) =>
    log.warn({ err: error, requestId: id }, 'idempotency.not_kept'),
  )
}

async function sendAnswer(reply: FastifyReply, { status, body, headers = {} }: HttpAnswer): Promise<void> {
  reply.code(status).headers(headers)
  // Nobody reads the body of a HEAD: fastify would read a stream to its end, which may be minutes away.
  const isUnread = reply.request.method === 'HEAD' && body instanceof Readable
  if (isUnread) body.destroy()
  if (body === undefined || isUnread) {
    await reply.send()
    return
  }
  if (reply.getHeader('content-type') === undefined) {
    await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
    return
  }
  await reply.send(body)
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ApiError): void {
  reply
    .code(error.status)
    .headers(error.headers)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(renderError(error, pathOf(request), request.id)))
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}

/** 405 with the methods that the path has, or 404. */
function notFound(compiledRoutes: readonly CompiledRoute[], path: string): ApiError {
  const literal = compiledRoutes.filter(({ route }) => route.path === path)
  const matching = literal.length > 0 ? literal : compiledRoutes.filter(({ pattern }) => pattern.test(path))
  const methods = matching.map(({ route }) => route.method)
  if (methods.length === 0) return new ApiError('not_found', `there is nothing at ${path.slice(0, 200)}`)
  const allowed = [
    ...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))),
  ].join(', ')
  return new ApiError('method_not_allowed', `this path allows ${allowed}`, [], {
    headers: { allow: allowed },
  })
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (isRetriable(error)) {
    return unavailable(
      'something that this request needs is away right now; send it again',
      retryDependencyS,
      error,
    )
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return new ApiError('bad_request', 'the body is too large', [], { status: 413 })
  if (status >= 400 && status < 500) {
    return new ApiError('bad_request', (STATUS_CODES[status] ?? 'Bad request').toLowerCase(), [], { status })
  }
  return new ApiError('internal_error', 'something went wrong on our side; quote the request id', [], {
    cause: error,
  })
}

type Observe = (request: FastifyRequest, reply: FastifyReply, passage: Passage | undefined) => void

function observer({ log, metrics, clock }: Surroundings): Observe {
  const duration = metrics.histogram(
    'scanhook_http_request_duration_seconds',
    'Time from the head of a request to the end of its answer, by route and status class',
    ['method', 'route', 'status'],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  )
  return (request, reply, passage) => {
    const route = passage?.compiled?.route.path ?? 'unknown'
    const seconds = passage === undefined ? 0 : (clock.monotonicMs() - passage.startedMs) / 1000
    const span = passage?.span ?? null
    endRequestSpan(span, reply.statusCode)
    duration.observe(
      { method: methodOf(request), route, status: `${Math.floor(reply.statusCode / 100)}xx` },
      seconds,
      span?.traceId,
    )
    if (!log.isLevelEnabled('info')) return
    log.info(
      {
        requestId: request.id,
        ...idsOf(span, request),
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        durationMs: Math.round(seconds * 1_000_000) / 1000,
        ...(passage?.caller == null
          ? {}
          : { orgId: passage.caller.orgId, apiKeyId: passage.caller.apiKeyId }),
      },
      'request.answered',
    )
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Labels are a closed set; a method is whatever the client wrote. */
function methodOf(request: FastifyRequest): string {
  return knownMethods.has(request.method) ? request.method : 'other'
}

/** By the OpenTelemetry conventions for HTTP; never the path itself, which may hold names that customers gave. */
function openRequestSpan(
  tracing: Tracing = noTracing,
  request: FastifyRequest,
  { path }: { readonly path: string },
): OpenSpan | null {
  return tracing.enter(request.headers, () => ({
    name: `${methodOf(request)} ${path}`,
    kind: 'server',
    attributes: { 'http.request.method': methodOf(request), 'http.route': path },
  }))
}

/** An answer of 4xx is the client's error and no failure of ours, as the conventions have it. */
function endRequestSpan(span: OpenSpan | null, status: number): void {
  span?.set({ 'http.response.status_code': status })
  span?.end(status >= 500 ? String(status) : undefined)
}

/** Of the span; of a request that is not recorded here, what its client calls it. */
function idsOf(span: OpenSpan | null, request: FastifyRequest): Readonly<Record<string, string>> {
  if (span !== null) return { trace_id: span.traceId, span_id: span.spanId }
  const parent = traceParentOf(request.headers)
  return parent === null ? {} : { trace_id: parent.traceId }
}
