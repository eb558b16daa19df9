/** Writes the documents anew from the code: `node tools/specifications/src/main.ts`. A test compares them. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { documents } from './documents.ts'

const root = resolve(import.meta.dirname, '../../..')
for (const [path, text] of Object.entries(await documents())) writeFileSync(join(root, path), text)
