import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeRoutes } from './describe-routes.ts'
import { idParam, pageParams, repeatedParam, sortParam, timeParam } from './query.ts'
import type { AnyRoute, RouteDescription } from './route.ts'

const thing = z.object({ id: z.int(), name: z.string().nullable() }).meta({ id: 'Thing' })
const describes: RouteDescription = {
  id: 'getThing',
  summary: 'Get a thing',
  answers: { 200: z.object({ data: thing }) },
}
const route = (own: Partial<AnyRoute>): AnyRoute => ({
  method: 'GET',
  path: '/api/v1/things/:thing_id',
  scope: 'things:read',
  isPublic: false,
  describes,
  handle: async () => ({ status: 200 }),
  ...own,
})
const described = (...routes: readonly AnyRoute[]) => describeRoutes(routes, { tagOf: () => 'Things' })
const operation = (own: Partial<AnyRoute>, path: string, method: string) =>
  described(route(own)).paths[path]?.[method]
const statusesOf = (own: Partial<AnyRoute>, path: string, method: string): readonly string[] =>
  Object.keys((operation(own, path, method) as { responses: object }).responses)

test('D1: a route without a description is an error, and so are two of one id', () => {
  expect(() => described(route({ describes: undefined }))).toThrow('HTTP_UNDESCRIBED')
  expect(() => described(route({}), route({ path: '/api/v1/others/:id' }))).toThrow('HTTP_ID_TWICE')
})

test('D1: two schemas of one name are an error', () => {
  const other = z.object({ id: z.string() }).meta({ id: 'Thing' })
  const second = route({ path: '/x', describes: { ...describes, id: 'other', answers: { 200: other } } })
  expect(() => described(route({}), second)).toThrow('HTTP_SCHEMA_TWICE')
})

test('D2: the statuses of the door follow from what a route is', () => {
  const path = '/api/v1/things/{thing_id}'
  expect(statusesOf({}, path, 'get')).toEqual(['200', '400', '401', '403', '404', '429', '431', '500', '503'])
  expect(statusesOf({ scope: null }, path, 'get')).not.toContain('403')
  expect(statusesOf({ isPublic: true, scope: null }, path, 'get')).not.toContain('401')
  expect(statusesOf({ path: '/api/v1/things' }, '/api/v1/things', 'get')).not.toContain('404')
  const writing = { method: 'PATCH' as const, describes: { ...describes, errors: ['conflict' as const] } }
  expect(statusesOf(writing, path, 'patch')).toEqual(expect.arrayContaining(['409', '413', '415']))
})

test('parameters have the form that they have on the wire', () => {
  const params = z.object({ thing_id: idParam() })
  const query = z.object({
    ...pageParams,
    id: repeatedParam(idParam()),
    from: timeParam().optional(),
    sort: sortParam(['name', 'id'], '-name'),
  })
  const { parameters } = operation({ params, query }, '/api/v1/things/{thing_id}', 'get') as {
    parameters: readonly { name: string; required: boolean; schema: object }[]
  }
  const byName = Object.fromEntries(parameters.map((each) => [each.name, each]))
  const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
  expect(byName['thing_id']).toMatchObject({ in: 'path', required: true, schema: id })
  expect(byName['limit']).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  })
  expect(byName['id']).toMatchObject({ required: false, schema: { type: 'array', items: id, maxItems: 200 } })
  expect(byName['from']).toMatchObject({ required: false, schema: { type: 'string', format: 'date-time' } })
  expect(byName['sort']).toMatchObject({
    schema: { pattern: '^-?(name|id)(,-?(name|id))*$', default: '-name' },
  })
})

test('what is asked is closed, and what is answered is open and known by its name', () => {
  const document = described(route({ method: 'POST', body: z.object({ name: z.string() }) }))
  expect(document.components.schemas['Thing']).toEqual({
    type: 'object',
    properties: { id: expect.anything(), name: { type: ['string', 'null'] } },
    required: ['id', 'name'],
  })
  const text = JSON.stringify(document.paths)
  expect(text).toContain('"$ref":"#/components/schemas/Thing"')
  expect(document.paths['/api/v1/things/{thing_id}']?.['post']).toMatchObject({
    'x-required-scopes': ['things:read'],
    requestBody: { content: { 'application/json': { schema: { additionalProperties: false } } } },
  })
})
