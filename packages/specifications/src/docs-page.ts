/** The page on which the OpenAPI document can be read and tried: swagger-ui, from our own origin. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  readonly contentType: string
  readonly content: string | Buffer
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Scanhook API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

// Nothing is asked of anybody else: the validator's badge would send the document's address away.
const start = `SwaggerUIBundle({
  url: 'docs/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'none',
  persistAuthorization: false,
})
`

/** Inline styles are swagger-ui's own. */
export const docsPolicy: string =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The files of the page by the names that it asks for; the page itself has none. Read once. */
export function openDocsPage(documents: {
  readonly openApi: string
  readonly asyncApi: string
}): ReadonlyMap<string, PageFile> {
  const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
  const file = (name: string, contentType: string) =>
    [name, { contentType, content: readFileSync(join(folder, name)) }] as const
  return new Map<string, PageFile>([
    ['', { contentType: 'text/html; charset=utf-8', content: page }],
    ['start.js', { contentType: 'text/javascript; charset=utf-8', content: start }],
    ['openapi.json', { contentType: 'application/json; charset=utf-8', content: documents.openApi }],
    ['asyncapi.json', { contentType: 'application/json; charset=utf-8', content: documents.asyncApi }],
    file('swagger-ui.css', 'text/css; charset=utf-8'),
    file('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
  ])
}
