/** Both documents in the eyes of Redocly's linter, which has read the specifications more closely than we have. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../packages/specifications/documents')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** All that it recommends, as errors, and what else says something about a document like ours. */
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'no-ambiguous-paths': 'error',
    'no-duplicated-tag-names': 'error',
    'no-invalid-media-type-examples': 'error',
    'no-invalid-schema-examples': 'error',
    'no-path-trailing-slash': 'error',
    'no-unused-components': 'error',
    'operation-4xx-response': 'error',
    'operation-operationId': 'error',
    'operation-singular-tag': 'error',
    'path-params-defined': 'error',
  },
})

async function problemsOf(name: string, text: string): Promise<readonly string[]> {
  const found = await lintFromString({ source: text, absoluteRef: `/${name}`, config })
  return found.map(({ ruleId, message, location: [at] }) => `${ruleId} ${at?.pointer ?? ''}: ${message}`)
}

test('the OpenAPI document has nothing that a linter would say', async () => {
  // The door may answer 405, and no operation that is in the document can be asked with another method than its own.
  const unreached = 'no-unused-components #/components/responses/MethodNotAllowed'
  const problems = await problemsOf('openapi.json', read('openapi.json'))
  expect(problems.filter((problem) => !problem.startsWith(unreached))).toEqual([])
})

test('nor has the AsyncAPI document', async () => {
  expect(await problemsOf('asyncapi.json', read('asyncapi.json'))).toEqual([])
})

test.each([
  [
    'a reference to nothing',
    '"$ref": "#/components/responses/Unauthorized"',
    '"$ref": "#/x"',
    'no-unresolved-refs',
  ],
  [
    'one id twice',
    '"operationId": "createAsset"',
    '"operationId": "listAssets"',
    'operation-operationId-unique',
  ],
  [
    'an example that is not as its schema says',
    '"sequence": 41',
    '"sequence": "x"',
    'no-invalid-media-type-examples',
  ],
])('the linter finds %s', async (_, right, wrong, rule) => {
  const text = read('openapi.json')
  expect(text).toContain(right)
  const problems = await problemsOf('openapi.json', text.replace(right, wrong))
  expect(problems.some((problem) => problem.startsWith(rule))).toBe(true)
})
