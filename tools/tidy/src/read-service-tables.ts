/** Loads the settings tables of all services, by importing each service's definition. Starts nothing. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServiceTable } from './configuration-page.ts'

const hasTable = (value: unknown): value is ServiceTable =>
  typeof value === 'object' && value !== null && 'name' in value && 'settings' in value && 'start' in value

/** Services in alphabetical order; one without a definition (a composition, a job without settings) is left out. */
export async function readServiceTables(root: string): Promise<readonly ServiceTable[]> {
  const tables: ServiceTable[] = []
  for (const name of readdirSync(join(root, 'services')).sort()) {
    const file = join(root, 'services', name, 'src', 'service.ts')
    if (!existsSync(file)) continue
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href)
    tables.push(...Object.values(exported).filter(hasTable))
  }
  return tables
}

/** The services' tables, and what every process has whichever services it runs: all that the page of settings lists. */
export async function readAllTables(root: string): Promise<readonly ServiceTable[]> {
  const file = join(root, 'packages/runtime/src/settings.ts')
  const { runtimeSettings }: { runtimeSettings: ServiceTable['settings'] } = await import(
    pathToFileURL(file).href
  )
  return [...(await readServiceTables(root)), { name: 'every process', settings: runtimeSettings }]
}
