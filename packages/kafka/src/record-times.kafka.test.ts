/** How old what waits is, as an operator asks it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numbered, openRig, type Rig } from './conformance-rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig(process.env['KAFKA_BROKERS'])
})
afterAll(async () => {
  await rig.close()
})

test('the time of a record is that of its batch, and null where nothing is asked or nothing is', async () => {
  const topic = await rig.topic(3)
  const beganAtMs = Date.now()
  await rig.producer.appendAll(numbered(topic, 2, 0))
  await rig.producer.appendAll(numbered(topic, 2, 0))
  const endedAtMs = Date.now()
  const [first, unasked, empty] = await rig.admin.recordTimes(topic, [0, null, 0])
  expect([unasked, empty]).toEqual([null, null])
  expect(first).toBeGreaterThanOrEqual(beganAtMs)
  expect(first).toBeLessThanOrEqual(endedAtMs)
  const [last] = await rig.admin.recordTimes(topic, [3])
  expect(last).toBeGreaterThanOrEqual(first ?? Number.NaN)
  expect(last).toBeLessThanOrEqual(endedAtMs)
  // Beyond the end, as an offset that retention has overtaken: no error.
  expect(await rig.admin.recordTimes(topic, [99])).toEqual([null])
})

test('the broker’s stamp is read where the topic has it', async () => {
  const topic = await rig.topic(1, { 'message.timestamp.type': 'LogAppendTime' })
  await rig.producer.append({ topic, key: 'k', value: Buffer.from('v'), partition: 0 })
  const [stamped] = await rig.admin.recordTimes(topic, [0])
  const from = await rig.admin.offsetsFrom(topic, stamped ?? 0)
  const after = await rig.admin.offsetsFrom(topic, (stamped ?? 0) + 1)
  expect([from, after]).toEqual([[0], [1]])
})
