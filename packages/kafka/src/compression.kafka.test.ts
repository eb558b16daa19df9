/** The broker compresses what we write where the topic says so: its compressors are the ones that Java producers use. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRig, type Rig, textOf } from './conformance-rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'])(
  'records in a topic with %s compression are read back',
  async (codec) => {
    const topic = await rig.topic(1, { 'compression.type': codec })
    const count = 3_000
    // Runs, repeats and noise: literals, far copies and overlapping ones.
    const texts = Array.from({ length: count }, (_, i) => {
      const noise = Array.from({ length: i % 40 }, (_, j) =>
        ((i * 7_919 + j * 104_729) % 36).toString(36),
      ).join('')
      return `{"device":"reader-${i % 17}","tag":"E28011${i.toString(16)}","pad":"${'x'.repeat(i % 300)}","noise":"${noise}"}`
    })
    await rig.producer.appendAll(texts.map((text, i) => ({ topic, key: `k${i}`, value: Buffer.from(text) })))
    const read: string[] = []
    await rig.kafka.readToEnd(topic, [0], (record) => read.push(textOf(record)))
    expect(read).toEqual(texts)
  },
)
