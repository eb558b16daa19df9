/** Writes rules and dashboards to where the chart takes them from. `--check` writes nothing and fails when a file differs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { renderBoards } from './render-boards.ts'
import { renderRules } from './render-rules.ts'

const root = join(import.meta.dirname, '../../..')
const isCheck = process.argv.includes('--check')
let different = 0
for (const { path, text } of [...renderRules(), ...renderBoards()]) {
  const file = join(root, path)
  if (isCheck) {
    if (readOr(file) === text) continue
    different += 1
    process.stderr.write(`${path} is not what tools/monitoring makes\n`)
  } else {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    process.stdout.write(`${path}\n`)
  }
}
process.exitCode = different === 0 ? 0 : 1

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
