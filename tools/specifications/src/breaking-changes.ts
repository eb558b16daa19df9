/**
 * What of an OpenAPI document would break clients of an older one. Whatever is added, but to what must be sent, is no break. Pure.
 *
 * Invariant
 *   C1. A document breaks nothing of itself, nor of what it was before something was added.
 */
import { type Direction, type Documents, type Json, resolveRef, schemaBreaks } from './schema-breaks.ts'

/** Reads as a sentence: `POST /api/v1/assets body.name: maxLength: 255 became 100`. */
export type Break = string

type Operations = Readonly<Record<string, Readonly<Record<string, Json>>>>

/** Empty: whoever works with `old` works with `now`. */
export function breakingChanges(old: Json, now: Json): readonly Break[] {
  const documents = { old, now }
  return [
    ...operationPairs(old['paths'], now['paths']).flatMap(({ name, old: before, now: after }) =>
      after === null ? [`${name}: is gone`] : operationBreaks(documents, { old: before, now: after }, name),
    ),
    ...operationPairs(old['webhooks'], now['webhooks']).flatMap(({ name, old: before, now: after }) =>
      after === null
        ? [`webhook ${name}: is gone`]
        : webhookBreaks(documents, { old: before, now: after }, name),
    ),
  ]
}

interface OperationPair {
  readonly name: string
  readonly old: Json
  readonly now: Json | null
}

function operationPairs(old: unknown, now: unknown): readonly OperationPair[] {
  const nows = (now ?? {}) as Operations
  return Object.entries((old ?? {}) as Operations).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      old: operation,
      now: nows[path]?.[method] ?? null,
    })),
  )
}

interface Both {
  readonly old: Json
  readonly now: Json
}

function operationBreaks(documents: Documents, { old, now }: Both, name: string): readonly Break[] {
  const isRenamed = old['operationId'] !== now['operationId']
  return [
    ...(isRenamed ? [`${name}: operationId: ${old['operationId']} became ${now['operationId']}`] : []),
    ...accessBreaks({ old, now }, name),
    ...parameterBreaks(documents, { old, now }, name),
    ...bodyBreaks(documents, { old, now }, name),
    ...responseBreaks(documents, { old, now }, name),
  ]
}

function accessBreaks({ old, now }: Both, name: string): readonly Break[] {
  const scopesOf = (operation: Json): readonly string[] =>
    (operation['x-required-scopes'] ?? []) as readonly string[]
  const more = scopesOf(now).filter((scope) => !scopesOf(old).includes(scope))
  const isOpen = (operation: Json): boolean => (operation['security'] as readonly unknown[])?.length === 0
  return [
    ...more.map((scope) => `${name}: scope: ${scope} is needed now`),
    ...(isOpen(old) && !isOpen(now) ? [`${name}: security: a key is needed now`] : []),
  ]
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: Json
}

function parametersOf(document: Json, operation: Json): ReadonlyMap<string, Parameter> {
  const list = (operation['parameters'] ?? []) as readonly (Json & { readonly $ref?: string })[]
  return new Map(
    list.map((given) => {
      const parameter = (given.$ref === undefined
        ? given
        : resolveRef(document, given.$ref)) as unknown as Parameter
      return [`${parameter.in} ${parameter.name}`, parameter]
    }),
  )
}

function parameterBreaks(documents: Documents, { old, now }: Both, name: string): readonly Break[] {
  const olds = parametersOf(documents.old, old)
  const nows = parametersOf(documents.now, now)
  const added = [...nows].filter(([key, { required }]) => required === true && !olds.has(key))
  return [
    ...[...olds].flatMap(([key, before]) => {
      const after = nows.get(key)
      // A header that is not listened to does not hurt; a key of a query that is not known is refused.
      if (after === undefined) return before.in === 'header' ? [] : [`${name} ${key}: is gone`]
      const isStricter = after.required === true && before.required !== true
      return [
        ...(isStricter ? [`${name} ${key}: required: must be sent now`] : []),
        ...told(
          schemaBreaks(documents, { old: before.schema, now: after.schema }, 'asked'),
          `${name} ${key}`,
        ),
      ]
    }),
    ...added.map(([key]) => `${name} ${key}: required: must be sent now`),
  ]
}

type Content = Readonly<Record<string, { readonly schema?: Json }>>

interface Body {
  readonly required?: boolean
  readonly content?: Content
}

function bodyBreaks(documents: Documents, operations: Both, name: string): readonly Break[] {
  const old = operations.old['requestBody'] as Body | undefined
  const now = operations.now['requestBody'] as Body | undefined
  if (old === undefined) return now?.required === true ? [`${name} body: required: must be sent now`] : []
  const isStricter = now?.required === true && old.required !== true
  return [
    ...(isStricter ? [`${name} body: required: must be sent now`] : []),
    ...contentBreaks(
      documents,
      { old: old.content, now: now?.content },
      { name: `${name} body`, direction: 'asked' },
    ),
  ]
}

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Content
}

function responseBreaks(documents: Documents, operations: Both, name: string): readonly Break[] {
  const nows = responsesOf(documents.now, operations.now)
  return [...responsesOf(documents.old, operations.old)].flatMap(([status, old]) => {
    const now = nows.get(status)
    if (now === undefined) return [`${name} ${status}: is gone`]
    const headers = Object.keys(old.headers ?? {}).filter((header) => !(header in (now.headers ?? {})))
    return [
      ...headers.map((header) => `${name} ${status}: header ${header}: is gone`),
      ...contentBreaks(
        documents,
        { old: old.content, now: now.content },
        { name: `${name} ${status}`, direction: 'told' },
      ),
    ]
  })
}

function responsesOf(document: Json, operation: Json): ReadonlyMap<string, Response> {
  const all = (operation['responses'] ?? {}) as Readonly<Record<string, Json & { readonly $ref?: string }>>
  return new Map(
    Object.entries(all).map(([status, given]) => {
      return [status, (given.$ref === undefined ? given : resolveRef(document, given.$ref)) as Response]
    }),
  )
}

function contentBreaks(
  documents: Documents,
  { old, now }: { readonly old: Content | undefined; readonly now: Content | undefined },
  { name, direction }: { readonly name: string; readonly direction: Direction },
): readonly Break[] {
  return Object.entries(old ?? {}).flatMap(([type, before]) => {
    const after = now?.[type]
    if (after === undefined) return [`${name}: ${type}: is gone`]
    return told(schemaBreaks(documents, { old: before.schema, now: after.schema }, direction), name)
  })
}

/** What we send must stay what receivers know; how they may answer must stay allowed. */
function webhookBreaks(documents: Documents, { old, now }: Both, name: string): readonly Break[] {
  const content = (operation: Json): Content | undefined =>
    (operation['requestBody'] as Body | undefined)?.content
  const headers = [...parametersOf(documents.old, old).keys()].filter(
    (key) => !parametersOf(documents.now, now).has(key),
  )
  const statuses = [...responsesOf(documents.old, old).keys()].filter(
    (status) => !responsesOf(documents.now, now).has(status),
  )
  return [
    ...headers.map((header) => `webhook ${name} ${header}: is gone`),
    ...statuses.map((status) => `webhook ${name} ${status}: is gone`),
    ...contentBreaks(
      documents,
      { old: content(old), now: content(now) },
      { name: `webhook ${name}`, direction: 'told' },
    ),
  ]
}

function told(breaks: ReturnType<typeof schemaBreaks>, name: string): readonly Break[] {
  return breaks.map(({ at, rule }) => (at === '' ? `${name}: ${rule}` : `${name} ${at}: ${rule}`))
}
