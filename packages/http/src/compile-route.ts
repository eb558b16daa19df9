/** A route made ready: strict schemas, accepted body kinds, and the path as a pattern. Pure. */
import { z } from 'zod'
import { bodyKindsOf, decodeText, judgeContentType, parseForm, parseJson } from './body.ts'
import { parseOrRefuse } from './field-problems.ts'
import type { AnyRoute, BodyKind } from './route.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface ReadBody {
  readonly body: unknown
  readonly bodyKind: BodyKind | null
  readonly text: string
  readonly bytes: Buffer
}

export interface CompiledRoute {
  readonly route: AnyRoute
  /** Matches the path of a request, for telling 405 from 404. */
  readonly pattern: RegExp
  /** Throws unsupported_media_type. Null when there is no body. */
  readonly bodyKind: (headers: Headers) => BodyKind | null
  readonly params: (given: unknown) => unknown
  readonly query: (given: unknown) => unknown
  readonly body: (kind: BodyKind | null, bytes: Buffer) => ReadBody
}

const noFields = z.strictObject({})
const noBytes = Buffer.alloc(0)

export function compileRoute(route: AnyRoute): CompiledRoute {
  const accepted = bodyKindsOf(route)
  const query = strict(route.query ?? noFields)
  const bodySchema = strict(route.body ?? noFields)
  const isBodyOptional = route.body === undefined && route.bodyKind === undefined
  const hasBody = route.method !== 'GET'
  return {
    route,
    pattern: patternOf(route.path),
    params: (given) =>
      route.params === undefined ? given : parseOrRefuse(route.params, { ...(given as object) }),
    query: (given) => parseOrRefuse(query, { ...(given as object) }),
    bodyKind: (headers) => {
      const isEmpty =
        headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
      if (!hasBody || (isEmpty && isBodyOptional)) return null
      return judgeContentType(accepted, headers)
    },
    body: (kind, bytes) => {
      if (kind === null) return { body: undefined, bodyKind: null, text: '', bytes: noBytes }
      if (kind === 'raw') return { body: undefined, bodyKind: kind, text: '', bytes }
      if (kind === 'ndjson')
        return { body: undefined, bodyKind: kind, text: decodeText(bytes), bytes: noBytes }
      const given = kind === 'form' ? parseForm(bytes) : parseJson(bytes)
      return { body: parseOrRefuse(bodySchema, given), bodyKind: kind, text: '', bytes: noBytes }
    },
  }
}

/** An object schema that would drop unknown keys refuses them instead; one that says what it does with them is left alone. */
export function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema
}

function patternOf(path: string): RegExp {
  const segments = path.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+'
    return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${segments.join('/')}$`)
}
