/**
 * How a value looks on the wire where zod cannot tell: a query parameter is text to zod and an integer to whoever reads
 * the document. A schema says it itself, `z.….meta({ wire: { type: 'integer' } })`; what it accepts does not change. Pure.
 */
import { z } from 'zod'

export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schema (2020-12) of what a client sends, or of what it is given. Named schemas are under `$defs`. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    // What was transformed, and has no wire form of its own, is anything.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // To zod it is a promise of TypeScript's; in a document the word means what a client must not send.
      if (zodSchema._zod.def.type === 'readonly') delete jsonSchema.readOnly
      const wire = z.globalRegistry.get(zodSchema)?.['wire']
      if (wire === undefined) return
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
      Object.assign(jsonSchema, wire)
    },
  })
  return rest
}

/** What we say may gain fields in later versions: a document that closed it would forbid that. */
export function openForm(schema: JsonSchema): JsonSchema {
  return opened(schema) as JsonSchema
}

function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'additionalProperties' && value === false ? [] : [[key, opened(value)]],
    ),
  )
}
