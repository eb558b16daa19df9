/** The documents that describe us to others, as they are committed. `tools/specifications` makes them from the code's schemas. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../documents')

/** AsyncAPI 3.0, as JSON text. */
export function asyncApiDocument(): string {
  return readFileSync(join(folder, 'asyncapi.json'), 'utf8')
}

/** OpenAPI 3.1, as JSON text. */
export function openApiDocument(): string {
  return readFileSync(join(folder, 'openapi.json'), 'utf8')
}
