/** Writes the documents anew from the code: `node tools/specifications/src/main.ts`. A test compares them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { documents } from './documents.ts'

const root = resolve(import.meta.dirname, '../../..')
// Types come and go: what is not made anew must not stay.
rmSync(join(root, 'packages/specifications/schemas'), { recursive: true, force: true })
for (const [path, text] of Object.entries(await documents())) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
