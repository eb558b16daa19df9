/** Writes docs/cli.md anew from the table of commands; a test compares them. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { commandTable } from './command-table.ts'
import { pageIntroduction } from './page-introduction.ts'
import { renderPage } from './render-page.ts'

writeFileSync(
  resolve(import.meta.dirname, '../../../docs/cli.md'),
  renderPage(pageIntroduction, commandTable),
)
