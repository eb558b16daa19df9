/** All documents as text, by their names in `packages/specifications/documents`. */
import { openApiOf } from './openapi.ts'
import { routesOfServices } from './routes-of-services.ts'

export function documents(): Readonly<Record<string, string>> {
  return { 'openapi.json': render(openApiOf(routesOfServices())) }
}

const render = (document: unknown): string => `${JSON.stringify(document, null, 1)}\n`
