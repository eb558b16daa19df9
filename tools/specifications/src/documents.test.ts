import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { documents } from './documents.ts'
import { routesOfServices } from './routes-of-services.ts'

const root = resolve(import.meta.dirname, '../../..')
const made = await documents()

test.each(Object.entries(made))(
  '%s is what the code says: node tools/specifications/src/main.ts',
  (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  },
)

test('every route is in the document, under its method', () => {
  const { paths } = JSON.parse(made['packages/specifications/documents/openapi.json'] ?? '') as {
    paths: Record<string, Record<string, unknown>>
  }
  const written = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const listening = routesOfServices().map(
    ({ method, path }) => `${method} ${path.replaceAll(/:([a-z_]+)/g, '{$1}')}`,
  )
  expect(written.sort()).toEqual(listening.sort())
  expect(listening.length).toBeGreaterThan(50)
})
