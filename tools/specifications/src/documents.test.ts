import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { topicSpecs } from '@scanhook/schemas/topics'
import { eventSchemaFiles } from '@scanhook/specifications/event-schemas'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
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

test('no schema stays that nobody makes any more', () => {
  const paths = [...eventSchemaFiles().keys()].map((path) => `packages/specifications/schemas/${path}`)
  expect(paths.sort()).toEqual(
    Object.keys(made)
      .filter((path) => path.startsWith('packages/specifications/schemas/'))
      .sort(),
  )
})

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

test('the AsyncAPI document is one, by the schema of the specification', () => {
  const schema = JSON.parse(
    readFileSync(
      fileURLToPath(import.meta.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json')),
      'utf8',
    ),
  ) as object
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const isAsyncApi = ajv.compile(schema)
  isAsyncApi(JSON.parse(made['packages/specifications/documents/asyncapi.json'] ?? ''))
  expect(isAsyncApi.errors).toBeNull()
})

test('every topic is in it, with the setup that setup gives it', () => {
  const { channels } = JSON.parse(made['packages/specifications/documents/asyncapi.json'] ?? '') as {
    channels: Record<string, { address: string; messages: object }>
  }
  const specs = topicSpecs('scanhook.', { partitions: 12, replicationFactor: 3 })
  expect(
    Object.values(channels)
      .map(({ address }) => address)
      .sort(),
  ).toEqual(specs.map(({ name }) => name).sort())
  for (const { address, messages } of Object.values(channels)) {
    expect(Object.keys(messages), address).not.toEqual([])
  }
})

test('every Avro schema that is registered is in it', () => {
  const text = made['packages/specifications/documents/asyncapi.json'] ?? ''
  const files = readdirSync(join(root, 'packages/schemas/avro'))
  for (const file of files) {
    const { name } = JSON.parse(readFileSync(join(root, 'packages/schemas/avro', file), 'utf8')) as {
      name: string
    }
    expect(text, file).toContain(`"name": "${name}"`)
  }
})
