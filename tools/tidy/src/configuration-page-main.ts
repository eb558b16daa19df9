import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { renderConfigurationPage } from './configuration-page.ts'
import { readAllTables } from './read-service-tables.ts'

const root = resolve(import.meta.dirname, '../../..')
writeFileSync(
  join(root, 'docs/reference/configuration.md'),
  renderConfigurationPage(await readAllTables(root)),
)
