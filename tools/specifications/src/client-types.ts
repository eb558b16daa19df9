/** The OpenAPI document as TypeScript types, for packages/client. */
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'

/** `document`: its JSON text. */
export async function clientTypes(document: string): Promise<string> {
  const nodes = await openapiTS(JSON.parse(document) as OpenAPI3, {
    alphabetize: false,
    immutable: false,
    defaultNonNullable: false,
  })
  return `// Made by tools/specifications from packages/specifications/documents/openapi.json.\n${astToString(nodes)}`
}
