/** What the OpenAPI document says is what the API does, in the eyes of a client that has read nothing else. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ApiWorld, openApiWorld } from '../conformance/open-api-world.ts'
import type { Ids } from '../conformance/operations.ts'
import { runSchemathesis } from '../conformance/run-schemathesis.ts'
import { providePython } from '../harness/other-languages.ts'

// Thousands of requests, one after the other, in Python: minutes, and more beside a browser. The deadline only ends a broken run.
vi.setConfig({ testTimeout: 900_000 })

const { command, whyNot } = await providePython('test/conformance/requirements.txt')
const python = command?.[0] ?? ''
/** `npm run conformance` asks for more. */
const examplesMax = Number(process.env['CONFORMANCE_EXAMPLES'] ?? '3')
const title = (text: string): string => (whyNot === null ? text : `${text} (skipped: ${whyNot})`)

let it: ApiWorld
let common: Pick<Parameters<typeof runSchemathesis>[0], 'python' | 'url' | 'folder' | 'examplesMax'>

beforeAll(async () => {
  if (whyNot !== null) return
  it = await openApiWorld()
  common = { python, url: it.api.url, folder: it.world.folder, examplesMax }
})
afterAll(() => it?.close())

const omitKey = ({ api_key_id: _, ...others }: Ids): Ids => others

test.skipIf(whyNot !== null)(title('no request of its own making surprises schemathesis'), async () => {
  const { exitCode, cases, output } = await runSchemathesis({
    ...common,
    key: it.world.apiKey,
    // Cases should reach more than a 404. Keys are left to chance: this one is among them.
    parameters: omitKey(await it.existing()),
    include: null,
    exclude: '^delete',
  })
  expect(exitCode, output.slice(-20_000)).toBe(0)
  expect(cases).toBeGreaterThan(1_000)
})

test.skipIf(whyNot !== null)(title('nor does what deletes'), async () => {
  // What it deletes may be the key that it came with: nothing comes after this.
  const scopes = ['assets:write', 'locations:write', 'scan-devices:write', 'webhooks:write', 'keys:admin']
  const { key } = await it.api.data<{ key: string }>('POST', '/api/v1/api-keys', { name: 'outside', scopes })
  const run = { ...common, key, parameters: {}, include: '^delete', exclude: null }
  const { exitCode, cases, output } = await runSchemathesis(run)
  expect(exitCode, output.slice(-20_000)).toBe(0)
  expect(cases).toBeGreaterThan(50)
})
