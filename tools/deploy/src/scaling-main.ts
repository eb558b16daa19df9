import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { bigLoad, renderScaling, withTables } from './scaling.ts'

const page = resolve(import.meta.dirname, '../../../docs/scaling.md')
writeFileSync(page, withTables(readFileSync(page, 'utf8'), renderScaling(bigLoad)))
