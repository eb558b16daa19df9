import type { HttpAnswer, PublicRequest } from '@scanhook/http/route'
import { docsPolicy, openDocsPage } from '@scanhook/specifications/docs-page'
import { asyncApiDocument, openApiDocument } from '@scanhook/specifications/documents'
import { expect, test } from 'vitest'
import type { Api } from '../server.ts'
import { addDocsRoutes } from './routes.ts'

const routes = new Map<
  string,
  (request: PublicRequest<{ file: string }, never, never>) => Promise<HttpAnswer>
>()
const api = {
  publicRoute: ({ path, handle }: { path: string; handle: never }) => routes.set(path, handle),
} as unknown as Api
addDocsRoutes(api, {
  files: openDocsPage({ openApi: openApiDocument(), asyncApi: asyncApiDocument() }),
  policy: docsPolicy,
})

const at = (path: string, file = ''): Promise<HttpAnswer> =>
  routes.get(path)?.({ params: { file } } as PublicRequest<{ file: string }, never, never>) ??
  Promise.reject(new Error(`no route ${path}`))

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
