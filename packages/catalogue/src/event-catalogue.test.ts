import { eventTypes } from '@scanhook/domain/event'
import { eventTypePatterns } from '@scanhook/domain/event-type-pattern'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { eventCatalogue, signalCatalogue } from './event-catalogue.ts'

test('every event type that can be subscribed to is in the catalogue once', () => {
  const types = eventCatalogue.map((entry) => entry.type)
  expect(types).toEqual(eventTypes.filter((type) => eventTypePatterns.includes(type)))
})

test.each([...eventCatalogue, ...signalCatalogue].map((entry) => [entry.type, entry] as const))(
  '%s: its example is what it says',
  (_, entry) => {
    expect(entry.dataSchema.parse(entry.exampleData)).toEqual(entry.exampleData)
    expect(entry.description.length).toBeGreaterThan(10)
  },
)

interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  /** Of a field that may be null: what it is otherwise comes first. */
  readonly anyOf?: readonly JsonSchema[]
}

test.each([...eventCatalogue, ...signalCatalogue].map((entry) => [entry.type, entry] as const))(
  '%s: every field of its schema, at every level, says what it means',
  (_, entry) => {
    const undescribed: string[] = []
    const walk = (schema: JsonSchema, path: string): void => {
      const value = schema.anyOf?.[0] ?? schema
      for (const [name, field] of Object.entries(value.properties ?? {})) {
        const words = field.description ?? field.anyOf?.[0]?.description ?? ''
        if (words.length < 5) undescribed.push(`${path}.${name}`)
        walk(field, `${path}.${name}`)
      }
    }
    walk(z.toJSONSchema(entry.dataSchema, { io: 'input' }) as JsonSchema, 'data')
    expect(undescribed).toEqual([])
  },
)
