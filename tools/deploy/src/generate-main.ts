/** Writes what is made from the services' settings tables: `node tools/deploy/src/generate-main.ts`. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generatedFiles } from './generated-files.ts'

const root = resolve(import.meta.dirname, '../../..')
for (const { path, text } of await generatedFiles(root)) {
  writeFileSync(join(root, path), text)
  process.stdout.write(`${path}\n`)
}
