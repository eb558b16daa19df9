/**
 * With a release: what is promised from then on. `node tools/specifications/src/raise-baseline-main.ts` prints what
 * breaks, if anything does, and writes `openapi.baseline.json` anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { breakingChanges } from './breaking-changes.ts'
import { contractOf, renderContract } from './contract.ts'
import type { Json } from './schema-breaks.ts'

const folder = resolve(import.meta.dirname, '../../../packages/specifications/documents')
const read = (name: string): Json => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json

const now = read('openapi.json')
for (const broken of breakingChanges(read('openapi.baseline.json'), now)) process.stdout.write(`${broken}\n`)
writeFileSync(join(folder, 'openapi.baseline.json'), renderContract(contractOf(now)))
