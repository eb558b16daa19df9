/** The JSON Schemas of what receivers get, as they are committed. `tools/specifications` makes them from the catalogue. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'

const folder = resolve(import.meta.dirname, '../schemas')

/** JSON text by path: `events/standard/asset.moved.json`, in the order of their names. */
export function eventSchemaFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  )
  return new Map(
    names
      .map((name) => name.split(sep).join('/'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  )
}
