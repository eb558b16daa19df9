/**
 * The OpenAPI 3.1 part that follows from routes: paths, parameters, bodies, answers and errors, by the same schemas that
 * validate. Pure.
 *
 * Invariants
 *   D1. A route that has no description, or an id that another has, is an error: nothing is left out in silence.
 *   D2. Each status that the door itself may answer (packages/http) is named for the routes that it may answer so.
 */
import { z } from 'zod'
import { type ErrorType, errorTypes, fieldCodes } from './api-error.ts'
import { bodyKindsOf, contentTypesOf } from './body.ts'
import { strict } from './compile-route.ts'
import { idempotencyKeyLengthMax } from './idempotency.ts'
import type { AnyRoute, OtherContent } from './route.ts'
import { type JsonSchema, jsonSchemaOf, openForm } from './wire-form.ts'

export interface DescribedRoutes {
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, JsonSchema>>
    readonly headers: Readonly<Record<string, JsonSchema>>
    readonly parameters: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>
  }
}

export interface DescribeOptions {
  /** Of an operation, by its path. */
  readonly tagOf: (path: string) => string
}

/** Whose answer is kept under an `Idempotency-Key`: see idempotency.ts. */
function takesKey({ method, isPublic }: AnyRoute): boolean {
  return method === 'POST' && !isPublic
}

type Schemas = Map<string, JsonSchema>

/** Throws an error with the code HTTP_UNDESCRIBED or HTTP_ID_TWICE. */
export function describeRoutes(routes: readonly AnyRoute[], { tagOf }: DescribeOptions): DescribedRoutes {
  const schemas: Schemas = new Map()
  const paths: Record<string, Record<string, JsonSchema>> = {}
  const ids = new Set<string>()
  for (const route of routes) {
    const id = route.describes?.id
    if (id === undefined) throw new Error(`HTTP_UNDESCRIBED: ${route.method} ${route.path}`)
    if (ids.has(id)) throw new Error(`HTTP_ID_TWICE: ${id}`)
    ids.add(id)
    const path = route.path.replaceAll(/:([a-z_]+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, schemas, tagOf(route.path))
  }
  const sorted = (all: Iterable<readonly [string, JsonSchema]>) =>
    Object.fromEntries([...all].sort(([one], [other]) => (one < other ? -1 : 1)))
  return {
    paths,
    components: {
      schemas: { ...sorted(schemas), Error: errorSchema },
      responses: Object.fromEntries(
        [...statuses].map(([status, { name, types }]) => [name, errorResponse(status, types)]),
      ),
      headers,
      parameters: { IdempotencyKey: idempotencyKey },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key, an access token of `POST /api/v1/oauth/token`, or a session of `POST /api/v1/portal-sessions`.',
        },
      },
    },
  }
}

function operationOf(route: AnyRoute, schemas: Schemas, tag: string): JsonSchema {
  const { describes, scope, isPublic } = route
  if (describes === undefined) throw new Error('HTTP_UNDESCRIBED')
  const parameters = [
    ...parametersOf(route, 'path', schemas),
    ...parametersOf(route, 'query', schemas),
    ...(takesKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ]
  const requestBody = bodyOf(route, schemas)
  const needs = isPublic ? 'Needs no key.' : scope === null ? 'Any key may.' : `Needs the scope \`${scope}\`.`
  return {
    operationId: describes.id,
    summary: describes.summary,
    description: describes.details === undefined ? needs : `${describes.details}\n\n${needs}`,
    tags: [tag],
    ...(isPublic
      ? { security: [] }
      : { security: [{ bearer: [] }], 'x-required-scopes': scope === null ? [] : [scope] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === null ? {} : { requestBody }),
    responses: {
      ...Object.fromEntries(
        Object.entries(describes.answers).map(([status, answer]) => [
          status,
          answerOf(Number(status), answer, schemas),
        ]),
      ),
      ...Object.fromEntries(
        errorStatusesOf(route).map((status) => [
          status,
          { $ref: `#/components/responses/${statuses.get(status)?.name}` },
        ]),
      ),
    },
  }
}

function parametersOf(route: AnyRoute, where: 'path' | 'query', schemas: Schemas): readonly JsonSchema[] {
  const schema = where === 'path' ? route.params : route.query
  if (schema === undefined) return []
  const { properties = {}, required = [] } = named(jsonSchemaOf(schema, 'input'), schemas, closed) as {
    properties?: Record<string, JsonSchema>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...form }]) => {
    // A repeatable one may be left out: then it filters nothing.
    const isNeeded = where === 'path' || (required.includes(name) && form['type'] !== 'array')
    return {
      name,
      in: where,
      required: isNeeded,
      ...(description === undefined ? {} : { description }),
      schema: form,
      ...(form['type'] === 'array' ? { style: 'form', explode: true } : {}),
    }
  })
}

function bodyOf(route: AnyRoute, schemas: Schemas): JsonSchema | null {
  const { body, bodyKind, method } = route
  if (method === 'GET' || (body === undefined && bodyKind === undefined)) return null
  const schema = body === undefined ? {} : named(jsonSchemaOf(strict(body), 'input'), schemas, closed)
  const content = bodyKindsOf(route).flatMap((kind) =>
    contentTypesOf(kind)
      .slice(0, 1)
      .map((type) => [type, kind === 'ndjson' || kind === 'raw' ? {} : { schema }] as const),
  )
  return { required: true, content: Object.fromEntries(content) }
}

function answerOf(status: number, answer: z.ZodType | OtherContent | null, schemas: Schemas): JsonSchema {
  const description = successes[status] ?? 'Done'
  if (answer === null) return { description, headers: headerRefs }
  if (answer instanceof z.ZodType) {
    const schema = open(named(jsonSchemaOf(answer, 'output'), schemas, open))
    return { description, headers: headerRefs, content: { 'application/json': { schema } } }
  }
  const schema =
    answer.schema === undefined
      ? {}
      : { schema: open(named(jsonSchemaOf(answer.schema, 'output'), schemas, open)) }
  return {
    description: answer.description,
    headers: headerRefs,
    content: { [answer.contentType]: schema },
  }
}

type Form = (schema: JsonSchema) => JsonSchema

/** What is asked is as it is. */
const closed: Form = (schema) => schema

const open: Form = openForm

/** Moves `$defs` to the components of the document, each in `form`. Two schemas of one name are an error. */
function named(schema: JsonSchema, schemas: Schemas, form: Form): JsonSchema {
  const { $defs = {}, ...rest } = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> }
  for (const [name, definition] of Object.entries($defs)) {
    const formed = form(definition)
    const known = schemas.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(formed))
      throw new Error(`HTTP_SCHEMA_TWICE: ${name} is the name of two schemas`)
    schemas.set(name, formed)
  }
  return rest
}

const successes: Readonly<Record<number, string>> = {
  200: 'As asked',
  201: 'Made',
  202: 'Accepted: it will be done',
  204: 'Done; there is nothing to say',
}

/** Errors by status: a name for each, and the types that are answered with it. */
const statuses: ReadonlyMap<number, { readonly name: string; readonly types: readonly ErrorType[] }> =
  new Map([
    [400, { name: 'BadRequest', types: ['validation_error', 'bad_request'] }],
    [401, { name: 'Unauthorized', types: ['unauthorized'] }],
    [403, { name: 'Forbidden', types: ['forbidden'] }],
    [404, { name: 'NotFound', types: ['not_found'] }],
    [405, { name: 'MethodNotAllowed', types: ['method_not_allowed'] }],
    [409, { name: 'Conflict', types: ['conflict'] }],
    [413, { name: 'TooLarge', types: ['bad_request'] }],
    [415, { name: 'UnsupportedMediaType', types: ['unsupported_media_type'] }],
    [429, { name: 'RateLimited', types: ['rate_limited'] }],
    [431, { name: 'HeadTooLarge', types: ['bad_request'] }],
    [500, { name: 'InternalError', types: ['internal_error'] }],
    [503, { name: 'Unavailable', types: ['internal_error'] }],
  ])

/** What the door and the stores may answer instead (admit.ts, compile-route.ts, build-fastify.ts). */
function errorStatusesOf(route: AnyRoute): readonly number[] {
  const { isPublic, scope, path, method, describes } = route
  // Without a body of its own, one that is sent is still read and refused.
  const hasBody = method !== 'GET'
  return [
    400,
    ...(isPublic ? [] : [401]),
    ...(scope === null ? [] : [403]),
    ...(path.includes(':') ? [404] : []),
    ...(hasBody ? [413, 415] : []),
    429,
    431,
    500,
    503,
    ...(takesKey(route) ? [409] : []),
    ...(describes?.errors ?? []).map((type) => errorTypes[type].status),
  ]
    .filter((status, index, all) => all.indexOf(status) === index)
    .sort((one, other) => one - other)
}

const idempotencyKey: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept.',
  schema: { type: 'string', minLength: 1, maxLength: idempotencyKeyLengthMax, pattern: '^[!-~]+$' },
}

const headers: Readonly<Record<string, JsonSchema>> = {
  'X-Request-Id': {
    description: 'Id of this request (ULID); quote it when you ask for help',
    required: true,
    schema: { type: 'string', pattern: '^[0-9A-HJKMNP-TV-Z]{26}$' },
  },
  'RateLimit-Policy': {
    description: 'What the bucket is filled with: requests, and `w`, in how many seconds',
    required: true,
    schema: { type: 'string', pattern: '^[0-9]+;w=60$' },
  },
  'X-RateLimit-Limit': {
    description: 'Requests that may come at once',
    required: true,
    schema: { type: 'integer' },
  },
  'X-RateLimit-Remaining': {
    description: 'Requests that are left right now',
    required: true,
    schema: { type: 'integer' },
  },
  'X-RateLimit-Reset': {
    description: 'Epoch seconds at which the bucket is full again',
    required: true,
    schema: { type: 'integer' },
  },
  'Retry-After': {
    description: 'Seconds after which the request may come again, at least 1',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate',
    required: true,
    schema: { type: 'string' },
  },
}

const refTo = (name: string): readonly [string, JsonSchema] => [
  name,
  { $ref: `#/components/headers/${name}` },
]
const headerRefs = Object.fromEntries(
  Object.keys(headers)
    .filter((name) => name !== 'Retry-After' && name !== 'WWW-Authenticate')
    .map(refTo),
)

function errorResponse(status: number, types: readonly ErrorType[]): JsonSchema {
  // shared-server.ts: what is no whole request has no id and no caller, and gets no body.
  if (status === 431) return { description: 'The URL and the headers have more than 16 KiB' }
  const extra =
    status === 429 || status === 503 ? ['Retry-After'] : status === 401 ? ['WWW-Authenticate'] : []
  return {
    description: types.map((type) => errorTypes[type].title).join(', or '),
    headers: { ...headerRefs, ...Object.fromEntries(extra.map(refTo)) },
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

const text = { type: 'string' }
const errorSchema: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'instance', 'request_id', 'fields'],
      properties: {
        type: { ...text, enum: Object.keys(errorTypes) },
        title: { ...text, description: 'Fixed for each type' },
        status: { type: 'integer' },
        detail: { ...text, description: 'One sentence for the developer' },
        instance: { ...text, description: 'The path of the request' },
        request_id: text,
        fields: {
          type: 'array',
          description: 'What is wrong with single fields; at most 100',
          items: {
            type: 'object',
            required: ['field', 'code', 'message', 'params'],
            properties: {
              field: {
                ...text,
                description: 'Dotted path into the body, or the name of a parameter; empty: the whole body',
              },
              code: { ...text, enum: [...fieldCodes] },
              message: { ...text, description: 'Reads on after the name of the field' },
              params: { type: ['object', 'null'], description: 'Figures of the rule that was broken' },
            },
          },
        },
      },
    },
  },
}
