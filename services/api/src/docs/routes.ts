/**
 * `/docs`: the OpenAPI document for people, and under `/docs/openapi.json` for machines; under `/docs/schemas` what webhooks
 * receive, a schema each. Needs no key: it says nothing about anybody.
 */
import type { HttpAnswer } from '@scanhook/http/route'
import { z } from 'zod'
import { type Api, notFound } from '../server.ts'

/** Longer than every name that there is. */
const nameParam = z.string().max(64)

export interface DocsPorts {
  /** By the last part of their path; empty for the page. */
  readonly files: ReadonlyMap<string, { readonly contentType: string; readonly content: string | Buffer }>
  /** JSON Schemas as text, by their path under `/docs/schemas/`. */
  readonly schemas: ReadonlyMap<string, string>
  /** The page's Content-Security-Policy. */
  readonly policy: string
}

export function addDocsRoutes(api: Api, { files, schemas, policy }: DocsPorts): void {
  const answer = (contentType: string, content: string | Buffer): HttpAnswer => ({
    status: 200,
    body: content,
    headers: {
      'content-type': contentType,
      'content-security-policy': policy,
      // They change with a release, and then at once.
      'cache-control': 'no-cache',
    },
  })
  const fileAt = (name: string): HttpAnswer => {
    const file = files.get(name)
    if (file === undefined) throw notFound('document')
    return answer(file.contentType, file.content)
  }
  const schemaAt = (name: string): HttpAnswer => {
    const schema = schemas.get(name)
    if (schema === undefined) throw notFound('schema')
    return answer('application/schema+json; charset=utf-8', schema)
  }
  const index = JSON.stringify([...schemas.keys()].map((name) => `/docs/schemas/${name}`))
  api.publicRoute({ method: 'GET', path: '/docs', handle: async () => fileAt('') })
  api.publicRoute({
    method: 'GET',
    path: '/docs/:file',
    params: z.object({ file: nameParam }),
    handle: async ({ params }) => fileAt(params.file),
  })
  api.publicRoute({
    method: 'GET',
    path: '/docs/schemas',
    handle: async () => answer('application/json; charset=utf-8', index),
  })
  api.publicRoute({
    method: 'GET',
    path: '/docs/schemas/:kind/:file',
    params: z.object({ kind: nameParam, file: nameParam }),
    handle: async ({ params: { kind, file } }) => schemaAt(`${kind}/${file}`),
  })
  api.publicRoute({
    method: 'GET',
    path: '/docs/schemas/:kind/:profile/:file',
    params: z.object({ kind: nameParam, profile: nameParam, file: nameParam }),
    handle: async ({ params: { kind, profile, file } }) => schemaAt(`${kind}/${profile}/${file}`),
  })
}
