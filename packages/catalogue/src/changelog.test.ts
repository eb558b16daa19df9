import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { changelogs } from './changelog.ts'
import { eventCatalogue, signalCatalogue } from './event-catalogue.ts'

const entries = [...eventCatalogue, ...signalCatalogue]

/** Without what only explains; a field that is called `description` is an object, and stays. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !(name === 'description' && typeof value === 'string'))
      .map(([name, value]) => [name, withoutWords(value)]),
  )
}

function hashOf(schema: z.ZodType): string {
  const text = JSON.stringify(withoutWords(z.toJSONSchema(schema, { io: 'input' })))
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

test.each(entries.map((entry) => [entry.type, entry] as const))(
  '%s: its schema is that of the newest version of its changelog',
  (type, { dataSchema }) => {
    const hash = hashOf(dataSchema)
    const newest = changelogs[type].at(-1)
    expect(
      newest?.schemaHash,
      `the schema of ${type} has changed: add a version to packages/catalogue/src/changelog.ts that says what, with the schemaHash ${hash}`,
    ).toBe(hash)
  },
)

test('a change of a field, of its type or its values is another hash; a change of words is none', () => {
  const schema = z.strictObject({ name: z.string().describe('one'), kind: z.enum(['a']) })
  const hash = hashOf(schema)
  expect(hashOf(z.strictObject({ name: z.string().describe('two'), kind: z.enum(['a']) }))).toBe(hash)
  expect(hashOf(schema.extend({ more: z.null() }))).not.toBe(hash)
  expect(hashOf(schema.extend({ name: z.string().nullable() }))).not.toBe(hash)
  expect(hashOf(schema.extend({ kind: z.enum(['a', 'b']) }))).not.toBe(hash)
  expect(hashOf(schema.extend({ description: z.string() }))).not.toBe(hash)
})

test('versions are counted from 1, by day, each of another schema, and say what changed', () => {
  expect(Object.keys(changelogs).sort()).toEqual(entries.map(({ type }) => type).sort())
  for (const [type, versions] of Object.entries(changelogs)) {
    expect(
      versions.map(({ version }) => version),
      type,
    ).toEqual(versions.map((_, index) => index + 1))
    expect(
      versions.map(({ date }) => date),
      type,
    ).toEqual(versions.map(({ date }) => date).toSorted())
    expect(new Set(versions.map(({ schemaHash }) => schemaHash)).size, type).toBe(versions.length)
    for (const { date, changes } of versions) {
      expect(date).toMatch(/^2\d{3}-\d\d-\d\d$/)
      expect(changes.length).toBeGreaterThan(0)
      for (const change of changes) expect(change).toMatch(/^\S.{8,}\.$/)
    }
  }
})

test('docs/reference/events.md tells every version', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/events.md'), 'utf8')
  const section = page.slice(page.indexOf('## Versions'))
  for (const [type, versions] of Object.entries(changelogs))
    for (const { version, date } of versions.slice(1)) {
      const group = `${type.slice(0, type.indexOf('.'))}.`
      const row = section
        .split('\n')
        .find((line) => line.includes(`| ${version} | ${date} |`) && line.includes(group))
      expect(row, `${type} ${version}`).toBeDefined()
    }
})
