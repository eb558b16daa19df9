/** The console's screens, from the areas' own files: a new screen is found without being named anywhere. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './service-process.ts'

interface AreaFile {
  readonly area: { readonly screens: readonly { readonly path: string }[] }
}

/** As the router has them: `/deliveries/$deliveryId`. Sorted. */
export async function listScreenPaths(): Promise<readonly string[]> {
  const folder = join(root, 'apps/console/src/screens')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('area.ts'))
    .map((name) => pathToFileURL(join(folder, name)).href)
  const areas = await Promise.all(files.map((file): Promise<AreaFile> => import(/* @vite-ignore */ file)))
  return areas.flatMap(({ area }) => area.screens.map(({ path }) => path)).sort()
}

/** `/deliveries/$deliveryId` with the ids that are given. Throws for a name that has none: a new screen needs an example. */
export function exampleOf(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`${path} has no example: say what ${name} is`)
    return encodeURIComponent(id)
  })
}
