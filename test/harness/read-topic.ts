/** Everything on one topic of a world, as it is at the call: what a check after the fact reads. */
import type { KafkaRecord } from '@scanhook/kafka/record'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import { openTestKafka, testLog } from './open-test-kafka.ts'
import type { World } from './world.ts'

/** `name` without the world's prefix. `apply` sees the records of each partition in offset order. */
export async function readTopic(
  world: Pick<World, 'prefix' | 'env'>,
  name: string,
  apply: (record: KafkaRecord) => void,
): Promise<void> {
  const topic = `${world.prefix}${name}`
  const kafka = openTestKafka(world.env, `${name}-check`)
  const admin = await kafka.openAdmin()
  const partitions = Array.from({ length: await admin.partitionCount(topic) }, (_, index) => index)
  await admin.close()
  await kafka.readToEnd(topic, partitions, apply)
}

/** The decoded values of a topic, records without a value left out. */
export async function readValues<T>(
  world: Pick<World, 'prefix' | 'env'>,
  name: string,
  decode: (codecs: Codecs, value: Buffer) => T | Promise<T>,
): Promise<readonly T[]> {
  const codecs = await openCodecs({
    registryUrl: world.env['REGISTRY_URL'] ?? '',
    cacheDir: world.env['SCHEMA_CACHE_DIR'] ?? '',
    prefix: world.prefix,
    mode: 'lookup',
    log: testLog(`${name}-check`),
  })
  const values: Buffer[] = []
  await readTopic(world, name, ({ value }) => {
    if (value !== null) values.push(value)
  })
  return Promise.all(values.map((value) => decode(codecs, value)))
}
