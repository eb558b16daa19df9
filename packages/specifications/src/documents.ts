/** The documents that describe us to others, as they are committed. `tools/specifications` makes them from the code's schemas. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../documents')

/** OpenAPI 3.1, as JSON text. */
export function openApiDocument(): string {
  return readFileSync(join(folder, 'openapi.json'), 'utf8')
}
