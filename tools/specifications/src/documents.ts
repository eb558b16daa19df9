/** All that is made here as text, by its path in the repository. */
import { asyncApi } from './asyncapi.ts'
import { clientTypes } from './client-types.ts'
import { eventSchemas } from './event-schemas.ts'
import { openApiOf } from './openapi.ts'
import { routesOfServices } from './routes-of-services.ts'

export async function documents(): Promise<Readonly<Record<string, string>>> {
  const openApi = render(openApiOf(routesOfServices()))
  return {
    'packages/specifications/documents/openapi.json': openApi,
    'packages/specifications/documents/asyncapi.json': render(asyncApi()),
    'packages/client/src/schema.ts': await clientTypes(openApi),
    ...Object.fromEntries(
      Object.entries(eventSchemas()).map(([path, schema]) => [
        `packages/specifications/schemas/${path}`,
        render(schema),
      ]),
    ),
  }
}

const render = (document: unknown): string => `${JSON.stringify(document, null, 1)}\n`
