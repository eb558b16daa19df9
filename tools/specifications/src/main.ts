/** Writes the documents anew from the code: `node tools/specifications/src/main.ts`. A test compares them. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { documents } from './documents.ts'

const folder = resolve(import.meta.dirname, '../../../packages/specifications/documents')
for (const [name, text] of Object.entries(documents())) writeFileSync(join(folder, name), text)
