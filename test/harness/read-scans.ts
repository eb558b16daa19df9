/** The ids of all scans of a world: a read that came with an id gives it to its scan. */
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { openTestKafka, testLog } from './open-test-kafka.ts'
import type { World } from './world.ts'

export async function readScanIds(world: World): Promise<ReadonlySet<string>> {
  const topic = `${world.prefix}scans`
  const codecs = await openCodecs({
    registryUrl: world.env['REGISTRY_URL'] ?? '',
    cacheDir: world.env['SCHEMA_CACHE_DIR'] ?? '',
    prefix: world.prefix,
    mode: 'lookup',
    log: testLog('scan-check'),
  })
  const kafka = openTestKafka(world.env, 'scan-check')
  const admin = await kafka.openAdmin()
  const partitions = Array.from({ length: await admin.partitionCount(topic) }, (_, index) => index)
  await admin.close()
  const values: Buffer[] = []
  await kafka.readToEnd(topic, partitions, ({ value }) => {
    if (value !== null) values.push(value)
  })
  const records = await Promise.all(values.map((value) => codecs.scans.decode(value)))
  return new Set(records.flatMap((record) => (record.kind === 'scan' ? [record.scanId] : [])))
}
