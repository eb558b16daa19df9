/** The ids of all scans of a world: a read that came with an id gives it to its scan. */
import { readValues } from './read-topic.ts'
import type { World } from './world.ts'

export async function readScanIds(world: World): Promise<ReadonlySet<string>> {
  const records = await readValues(world, 'scans', (codecs, value) => codecs.scans.decode(value))
  return new Set(records.flatMap((record) => (record.kind === 'scan' ? [record.scanId] : [])))
}
