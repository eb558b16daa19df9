/** What of an OpenAPI document binds: without words and examples. What a release is remembered by. Pure. */
import type { Json } from './schema-breaks.ts'

const words = new Set(['description', 'summary', 'examples', 'example', 'tags', 'title'])

/** Of the same form, for `breakingChanges`. */
export function contractOf({ openapi, info, paths, webhooks, components }: Json): Json {
  const { version } = info as { readonly version: string }
  return { openapi, info: { version }, ...(wordless({ paths, webhooks, components }, false) as Json) }
}

/** `isNamed`: the keys are names that somebody gave, not words of OpenAPI. */
function wordless(value: unknown, isNamed: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => wordless(each, false))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNamed || !words.has(key))
      .map(([key, each]) => [key, wordless(each, !isNamed && holdsNames.has(key))]),
  )
}

const holdsNames = new Set([
  'properties',
  'schemas',
  'responses',
  'parameters',
  'headers',
  'content',
  'paths',
  'webhooks',
])

/** An operation, a webhook or a schema a line, so that a change of it is one. */
export function renderContract(contract: Json): string {
  const lines = (object: Json, depth: number): string =>
    depth === 0
      ? JSON.stringify(object)
      : `{\n${Object.entries(object)
          .map(([key, value]) => {
            const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
            return `${JSON.stringify(key)}: ${isObject ? lines(value as Json, depth - 1) : JSON.stringify(value)}`
          })
          .join(',\n')}\n}`
  return `${lines(contract, 3)}\n`
}
