/** `/docs`: the OpenAPI document for people, and under `/docs/openapi.json` for machines. Needs no key: it says nothing about anybody. */
import type { HttpAnswer } from '@scanhook/http/route'
import { z } from 'zod'
import { type Api, notFound } from '../server.ts'

export interface DocsPorts {
  /** By the last part of their path; empty for the page. */
  readonly files: ReadonlyMap<string, { readonly contentType: string; readonly content: string | Buffer }>
  /** The page's Content-Security-Policy. */
  readonly policy: string
}

export function addDocsRoutes(api: Api, { files, policy }: DocsPorts): void {
  const fileAt = (name: string): HttpAnswer => {
    const file = files.get(name)
    if (file === undefined) throw notFound('document')
    return {
      status: 200,
      body: file.content,
      headers: {
        'content-type': file.contentType,
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        // They change with a release, and then at once.
        'cache-control': 'no-cache',
      },
    }
  }
  api.publicRoute({ method: 'GET', path: '/docs', handle: async () => fileAt('') })
  api.publicRoute({
    method: 'GET',
    path: '/docs/:file',
    params: z.object({ file: z.string().max(64) }),
    handle: async ({ params }) => fileAt(params.file),
  })
}
