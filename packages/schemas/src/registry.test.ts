/** Against a server of our own that answers as registries, and what stands before them, do. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegistry, type Registry } from './registry.ts'

/** Null cuts the connection. */
let answer: { readonly status: number; readonly body: string } | null = null
let server: Server
let registry: Registry

beforeAll(async () => {
  server = createServer((request, response) => {
    if (answer === null) request.socket.destroy()
    else response.writeHead(answer.status).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  registry = openRegistry({ url: `http://127.0.0.1:${port}/apis/ccompat/v7`, timeoutMs: 1_000 })
})
afterAll(() => void server.close())

const html = '<html><body>It works!</body></html>'
const unavailable = { code: 'SCHEMA_REGISTRY_UNAVAILABLE', retriable: true }
const schema = '{"type":"record","name":"A","fields":[]}'

test('fetch: a schema is its text; what is not Avro is as good as unknown', async () => {
  answer = { status: 200, body: JSON.stringify({ schema }) }
  expect(await registry.fetch(1)).toBe(schema)
  answer = { status: 200, body: JSON.stringify({ schema, schemaType: 'AVRO', references: [] }) }
  expect(await registry.fetch(2)).toBe(schema)
  answer = { status: 200, body: JSON.stringify({ schema: 'syntax = "proto3";', schemaType: 'PROTOBUF' }) }
  expect(await registry.fetch(3)).toBeNull()
})

test('R1: only the registry itself says that an id is unknown', async () => {
  answer = { status: 404, body: '{"error_code":40403,"message":"No content with id"}' }
  expect(await registry.fetch(1)).toBeNull()
})

test.each([
  ['a page of a proxy', 200, html],
  ['a page of a proxy that knows no way', 404, html],
  // What Apicurio says to a path that it does not have: the address is wrong, not the id.
  ['a path that is not there', 404, '{"error_code":0,"message":"RESTEASY003210: Could not find resource"}'],
  ['an unknown version, for which nobody asked', 404, '{"error_code":40402,"message":""}'],
  ['JSON of somebody else', 200, '{"ok":true}'],
  ['no JSON at all', 200, ''],
  ['a fault', 500, '{"error_code":50001,"message":"Error in the backend data store"}'],
  ['a refusal', 401, '{"error_code":40101,"message":"Unauthorized"}'],
])('R1: %s is no answer of the registry', async (_, status, body) => {
  answer = { status, body }
  await expect(registry.fetch(11)).rejects.toMatchObject(unavailable)
  await expect(registry.lookup('s', schema)).rejects.toMatchObject(unavailable)
})

test('fetch, lookup: a connection that is cut is no answer', async () => {
  answer = null
  await expect(registry.fetch(12)).rejects.toMatchObject(unavailable)
  await expect(registry.lookup('s', schema)).rejects.toMatchObject(unavailable)
})

test.each([
  ['the subject', 40401],
  ['the schema', 40403],
])('lookup: %s is not there', async (_, code) => {
  answer = { status: 404, body: JSON.stringify({ error_code: code, message: '' }) }
  expect(await registry.lookup('s', schema)).toBeNull()
})

test('lookup: the id', async () => {
  answer = { status: 200, body: JSON.stringify({ subject: 's', id: 5, version: 1, schema }) }
  expect(await registry.lookup('s', schema)).toBe(5)
})
