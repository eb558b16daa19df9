import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { breakingChanges } from './breaking-changes.ts'
import { contractOf } from './contract.ts'
import type { Json } from './schema-breaks.ts'

const folder = resolve(import.meta.dirname, '../../../packages/specifications/documents')
const read = (name: string): Json => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json

test('nothing breaks clients of the last release: openapi.baseline.json, raised by raise-baseline-main.ts', () => {
  expect(breakingChanges(read('openapi.baseline.json'), read('openapi.json'))).toEqual([])
})

test('C1, B2: a document breaks nothing of itself, nor does what is left of it without words', () => {
  const document = read('openapi.json')
  expect(breakingChanges(document, document)).toEqual([])
  expect(breakingChanges(contractOf(document), document)).toEqual([])
  expect(breakingChanges(document, contractOf(document))).toEqual([])
})

interface Asset {
  readonly type: 'object'
  readonly properties: Record<string, unknown>
  readonly required: readonly string[]
  readonly additionalProperties?: false
}

const body = (schema: unknown): Json => ({ required: true, content: { 'application/json': { schema } } })
const asset = (more: Partial<Asset> = {}): Asset => ({
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 255 },
    kind: { enum: ['a', 'b'] },
    parent: { anyOf: [{ $ref: '#/components/schemas/Ref' }, { type: 'null' }] },
    tags: { type: 'array', maxItems: 10, items: { type: 'integer' } },
    extra: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['name'],
  additionalProperties: false,
  ...more,
})
const answer = (more: Record<string, unknown> = {}, required = ['id', 'state']): Json => ({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    state: { type: 'string', enum: ['on', 'off'] },
    at: { type: 'string', format: 'date-time' },
    parent: { $ref: '#/components/schemas/Ref' },
    ...more,
  },
  required,
})

interface Parts {
  readonly operation?: Json
  readonly asked?: unknown
  readonly told?: unknown
  readonly sent?: unknown
  readonly parameters?: readonly Json[]
  readonly responses?: Json
  readonly ref?: Json
  readonly paths?: Json
  readonly webhooks?: Json
}

const limit: Json = {
  name: 'limit',
  in: 'query',
  required: false,
  schema: { type: 'integer', maximum: 200, default: 50 },
}

function documentOf(parts: Parts = {}): Json {
  const {
    asked = asset(),
    told = answer(),
    sent = answer(),
    parameters = [limit],
    ref,
    responses,
    operation,
  } = parts
  const posting = {
    operationId: 'createAsset',
    security: [{ bearer: [] }],
    'x-required-scopes': ['assets:write'],
    parameters,
    requestBody: body(asked),
    responses: responses ?? {
      201: { headers: { 'X-Request-Id': {} }, content: { 'application/json': { schema: told } } },
      404: { $ref: '#/components/responses/NotFound' },
    },
    ...operation,
  }
  return {
    paths: parts.paths ?? { '/assets': { post: posting } },
    webhooks: parts.webhooks ?? {
      'asset.moved': {
        post: {
          parameters: [{ name: 'webhook-id', in: 'header' }],
          requestBody: body({ oneOf: [{ title: 'standard', ...(sent as object) }] }),
          responses: { '2XX': {}, '410': {} },
        },
      },
    },
    components: {
      schemas: { Ref: ref ?? { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } },
      responses: { NotFound: { content: { 'application/json': { schema: answer() } } } },
    },
  }
}

const property = (name: string, schema: unknown): unknown =>
  asset({ properties: { ...asset().properties, [name]: schema } })
const without = (name: string): unknown => {
  const { [name]: _, ...properties } = asset().properties
  return asset({ properties })
}
const withoutState: Json = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }

test.each<[string, Parts, string]>([
  ['a path is removed', { paths: {} }, 'POST /assets: is gone'],
  ['a method is removed', { paths: { '/assets': { get: {} } } }, 'POST /assets: is gone'],
  [
    'an operation has another id',
    { operation: { operationId: 'makeAsset' } },
    'POST /assets: operationId: createAsset became makeAsset',
  ],
  [
    'another scope is needed',
    { operation: { 'x-required-scopes': ['assets:admin'] } },
    'POST /assets: scope: assets:admin is needed now',
  ],
  ['a query key is removed', { parameters: [] }, 'POST /assets query limit: is gone'],
  [
    'a query key becomes required',
    { parameters: [{ ...limit, required: true }] },
    'POST /assets query limit: required: must be sent now',
  ],
  [
    'a required query key is added',
    { parameters: [limit, { name: 'org', in: 'query', required: true, schema: {} }] },
    'POST /assets query org: required: must be sent now',
  ],
  [
    'a default changes',
    { parameters: [{ ...limit, schema: { type: 'integer', maximum: 200, default: 20 } }] },
    'POST /assets query limit: default: 50 became 20',
  ],
  [
    'a bound of a query key is tightened',
    { parameters: [{ ...limit, schema: { type: 'integer', maximum: 100, default: 50 } }] },
    'POST /assets query limit: maximum: 200 became 100',
  ],
  [
    'a form of the request is removed',
    { operation: { requestBody: { required: true, content: { 'text/plain': {} } } } },
    'POST /assets body: application/json: is gone',
  ],
  ['a field of the request is removed', { asked: without('kind') }, 'POST /assets body kind: field: is gone'],
  [
    'a field of the request becomes required',
    { asked: asset({ required: ['name', 'kind'] }) },
    'POST /assets body kind: required: must be sent now',
  ],
  [
    'a required field is added to the request',
    { asked: { ...(property('code', { type: 'string' }) as Asset), required: ['name', 'code'] } },
    'POST /assets body code: required: must be sent now',
  ],
  [
    'a value is removed from an enumeration',
    { asked: property('kind', { enum: ['a'] }) },
    'POST /assets body kind: enum: b is gone',
  ],
  [
    'text becomes an enumeration',
    { asked: property('name', { type: 'string', enum: ['x'] }) },
    'POST /assets body name: enum: only certain values are allowed now',
  ],
  [
    'a type of the request changes',
    { asked: property('name', { type: 'integer' }) },
    'POST /assets body name: type: string became integer',
  ],
  [
    'null is not allowed any more',
    { asked: property('parent', { $ref: '#/components/schemas/Ref' }) },
    'POST /assets body parent: type: null became object',
  ],
  [
    'a text may be shorter only',
    { asked: property('name', { type: 'string', minLength: 1, maxLength: 100 }) },
    'POST /assets body name: maxLength: 255 became 100',
  ],
  [
    'a text must have a form',
    { asked: property('name', { type: 'string', minLength: 1, maxLength: 255, pattern: '^x' }) },
    'POST /assets body name: pattern: none became ^x',
  ],
  [
    'a text must have a format',
    { asked: property('name', { type: 'string', minLength: 1, maxLength: 255, format: 'uuid' }) },
    'POST /assets body name: format: undefined became uuid',
  ],
  [
    'entries of a list change',
    { asked: property('tags', { type: 'array', maxItems: 10, items: { type: 'string' } }) },
    'POST /assets body tags[]: type: integer became string',
  ],
  [
    'values of a map change',
    { asked: property('extra', { type: 'object', additionalProperties: { type: 'number' } }) },
    'POST /assets body extra{}: type: string became number',
  ],
  ['a status is removed', { responses: { 404: {} } }, 'POST /assets 201: is gone'],
  [
    'a header of an answer is removed',
    {
      responses: {
        201: { content: { 'application/json': { schema: answer() } } },
        404: { $ref: '#/components/responses/NotFound' },
      },
    },
    'POST /assets 201: header X-Request-Id: is gone',
  ],
  ['a field of the answer is removed', { told: withoutState }, 'POST /assets 201 state: field: is gone'],
  [
    'a field of the answer may be absent',
    { told: answer({}, ['id']) },
    'POST /assets 201 state: required: may be absent now',
  ],
  [
    'a field of the answer may be null',
    { told: answer({ id: { type: ['integer', 'null'] } }) },
    'POST /assets 201 id: type: integer became null',
  ],
  [
    'a number of the answer may have a fraction',
    { told: answer({ id: { type: 'number' } }) },
    'POST /assets 201 id: type: integer became number',
  ],
  [
    'a time of the answer is a time no more',
    { told: answer({ at: { type: 'string' } }) },
    'POST /assets 201 at: format: date-time became undefined',
  ],
  [
    'what a reference leads to changes, in answers',
    { ref: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
    'POST /assets 201 parent.id: type: integer became string',
  ],
  ['a webhook is removed', { webhooks: {} }, 'webhook POST asset.moved: is gone'],
  [
    'a field of a webhook is removed',
    { sent: withoutState },
    'webhook POST asset.moved state: field: is gone',
  ],
])('%s: that is told', (_, parts, expected) => {
  expect(breakingChanges(documentOf(), documentOf(parts))).toContain(expected)
})

test('a public operation that wants a key breaks; a kind that has another name does', () => {
  const open = documentOf({ operation: { security: [] } })
  expect(breakingChanges(open, documentOf())).toEqual(['POST /assets: security: a key is needed now'])
  const typed = (type: string): Json => documentOf({ sent: answer({ type: { const: type } }) })
  expect(breakingChanges(typed('asset.moved'), typed('asset.went'))).toEqual([
    'webhook POST asset.moved type: const: asset.moved became asset.went',
  ])
})

test.each<[string, Parts]>([
  ['a path', { paths: { ...(documentOf()['paths'] as object), '/more': { get: { responses: {} } } } }],
  [
    'a webhook',
    { webhooks: { ...(documentOf()['webhooks'] as object), 'asset.lost': { post: { responses: {} } } } },
  ],
  ['a query key', { parameters: [limit, { name: 'q', in: 'query', required: false, schema: {} }] }],
  ['an optional field of the request', { asked: property('code', { type: 'string' }) }],
  ['a value to an enumeration of the request', { asked: property('kind', { enum: ['a', 'b', 'c'] }) }],
  ['room to a text of the request', { asked: property('name', { type: 'string', maxLength: 999 }) }],
  [
    'null to the request',
    { asked: property('tags', { anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'null' }] }) },
  ],
  ['fractions to the request', { asked: property('tags', { type: 'array', items: { type: 'number' } }) }],
  ['a field of the answer', { told: answer({ more: { type: 'string' } }) }],
  [
    'a value to an enumeration of the answer',
    { told: answer({ state: { type: 'string', enum: ['on', 'off', 'held'] } }) },
  ],
  ['a field of a webhook', { sent: answer({ more: { type: 'string' } }) }],
  ['that fewer scopes are needed', { operation: { 'x-required-scopes': [] } }],
  ['that a field need not be sent', { asked: asset({ required: [] }) }],
  ['that other keys are taken', { asked: { ...asset(), additionalProperties: undefined } }],
])('%s may be added', (_, parts) => {
  expect(breakingChanges(documentOf(), documentOf(parts))).toEqual([])
})

test('B1: a keyword that nobody thought of is an error', () => {
  const odd = documentOf({ asked: property('name', { type: 'string', contains: {} }) })
  expect(() => breakingChanges(documentOf(), odd)).toThrow('BREAKS_UNKNOWN_KEYWORD: contains')
})

test('a schema that refers to itself is compared once', () => {
  const tree = (id: string): Json => ({
    type: 'object',
    properties: {
      id: { type: id },
      children: { type: 'array', items: { $ref: '#/components/schemas/Ref' } },
    },
    required: ['id'],
  })
  expect(breakingChanges(documentOf({ ref: tree('integer') }), documentOf({ ref: tree('integer') }))).toEqual(
    [],
  )
  const breaks = breakingChanges(documentOf({ ref: tree('integer') }), documentOf({ ref: tree('string') }))
  expect(breaks).toContain('POST /assets 201 parent.id: type: integer became string')
})

test('whatever operation of the real document goes, that is told', () => {
  const document = read('openapi.json') as { readonly paths: Record<string, Record<string, Json>> }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...all), ({ path, method }) => {
      const { [method]: _, ...methods } = document.paths[path] ?? {}
      const now = { ...document, paths: { ...document.paths, [path]: methods } }
      expect(breakingChanges(document, now)).toEqual([`${method.toUpperCase()} ${path}: is gone`])
    }),
    { numRuns: 10 },
  )
})
