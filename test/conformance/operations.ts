/** The operations of the OpenAPI document, and requests that fit them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../harness/service-process.ts'

export interface Operation {
  readonly id: string
  readonly method: string
  /** With parameters as `{name}`. */
  readonly path: string
  readonly parameters: readonly string[]
  readonly isPublic: boolean
  readonly scopes: readonly string[]
  readonly contentType: string | null
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string
            readonly security: readonly unknown[]
            readonly 'x-required-scopes'?: readonly string[]
            readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> }
          }
        >
      >
    >
  >
}

export function readOperations(): readonly Operation[] {
  const file = join(root, 'packages/specifications/documents/openapi.json')
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name ?? ''),
      isPublic: operation.security.length === 0,
      scopes: operation['x-required-scopes'] ?? [],
      contentType: Object.keys(operation.requestBody?.content ?? {})[0] ?? null,
    })),
  )
}

export type Ids = Readonly<Record<string, string | number>>

export function pathOf({ path, parameters }: Operation, ids: Ids): string {
  return parameters.reduce((filled, name) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`nobody said which ${name}`)
    return filled.replace(`{${name}}`, String(id))
  }, path)
}

const since = '2026-01-01T00:00:00Z'

/** Bodies that are right as far as they go, of operations that want more than `{}`. */
const bodies: Readonly<Record<string, unknown>> = {
  createTag: { tag_type: 'rfid', value: 'E2801190A503FFFF' },
  renameAsset: { external_key: 'RENAMED-1' },
  renameLocation: { external_key: 'RENAMED-2' },
  recoverWebhook: { since },
  resendDeliveries: { filter: { state: ['dead'] } },
  previewResend: { filter: { state: ['dead'] } },
  checkUrl: { url: 'https://receiver.example/hook' },
  triggerWebhook: { event_type: 'asset.moved' },
  replayPoison: { records: [{ partition: 0, offset: 0 }] },
  answerListener: { answers: [{ request_id: '00000000-0000-4000-8000-000000000003', status: 200 }] },
}

export function bodyOf({ id, contentType }: Operation): unknown {
  return contentType === null ? undefined : (bodies[id] ?? {})
}
