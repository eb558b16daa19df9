import type { HttpAnswer, PublicRequest } from '@scanhook/http/route'
import { docsPolicy, openDocsPage } from '@scanhook/specifications/docs-page'
import { asyncApiDocument, openApiDocument } from '@scanhook/specifications/documents'
import { eventSchemaFiles } from '@scanhook/specifications/event-schemas'
import { expect, test } from 'vitest'
import type { Api } from '../server.ts'
import { addDocsRoutes } from './routes.ts'

const routes = new Map<
  string,
  (request: PublicRequest<Readonly<Record<string, string>>, never, never>) => Promise<HttpAnswer>
>()
const api = {
  publicRoute: ({ path, handle }: { path: string; handle: never }) => routes.set(path, handle),
} as unknown as Api
addDocsRoutes(api, {
  files: openDocsPage({ openApi: openApiDocument(), asyncApi: asyncApiDocument() }),
  schemas: eventSchemaFiles(),
  policy: docsPolicy,
})

type Params = Readonly<Record<string, string>>

const ask = (path: string, params: Params): Promise<HttpAnswer> =>
  routes.get(path)?.({ params } as PublicRequest<Params, never, never>) ??
  Promise.reject(new Error(`no route ${path}`))
const at = (path: string, file = ''): Promise<HttpAnswer> => ask(path, { file })

test('the page asks for files that are there, and runs no inline script', async () => {
  const { body, headers } = await at('/docs')
  const asked = [...String(body).matchAll(/(?:src|href)="docs\/([^"]+)"/g)].map(([, name]) => name ?? '')
  expect(asked).toEqual(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js'])
  for (const name of asked) expect((await at('/docs/:file', name)).status).toBe(200)
  expect(String(body)).not.toMatch(/<script>|onload=/)
  expect(headers?.['content-security-policy']).toContain("script-src 'self';")
})

test('the document is given as it is committed; what is no file of the page is not found', async () => {
  const { body, headers } = await at('/docs/:file', 'openapi.json')
  expect(headers?.['content-type']).toContain('application/json')
  expect(JSON.parse(String(body))).toMatchObject({ openapi: '3.1.1', paths: { '/api/v1/assets': {} } })
  await expect(at('/docs/:file', '../package.json')).rejects.toMatchObject({ status: 404 })
})

test('the list of schemas leads to each of them, and what is on no list is not found', async () => {
  const { body } = await at('/docs/schemas')
  const listed = JSON.parse(String(body)) as readonly string[]
  expect(listed).toContain('/docs/schemas/events/standard/asset.moved.json')
  expect(listed.length).toBeGreaterThan(50)
  for (const path of listed) {
    const [kind = '', ...rest] = path.replace('/docs/schemas/', '').split('/')
    const [profile = '', file = ''] = rest.length === 2 ? rest : ['', ...rest]
    const { body: text, headers } = await (profile === ''
      ? ask('/docs/schemas/:kind/:file', { kind, file })
      : ask('/docs/schemas/:kind/:profile/:file', { kind, profile, file }))
    expect(headers?.['content-type']).toContain('application/schema+json')
    expect(JSON.parse(String(text))).toMatchObject({ $id: expect.stringMatching(/^urn:scanhook:/) })
  }
  for (const file of ['../../package.json', 'asset.moved', '']) {
    const params = { kind: 'events', profile: 'standard', file }
    await expect(ask('/docs/schemas/:kind/:profile/:file', params)).rejects.toMatchObject({ status: 404 })
  }
})
