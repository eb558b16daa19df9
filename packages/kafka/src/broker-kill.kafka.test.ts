/**
 * A broker of its own that is killed and frozen while records flow. `bin/stack` starts it in a temporary folder; where
 * it can't (no Java, no Docker), the test is skipped and says so.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRig, textOf, uniqueName, until } from './conformance-rig.ts'

const run = promisify(execFile)
const stack = resolve(import.meta.dirname, '../../../bin/stack')
const stackDir = mkdtempSync(join(tmpdir(), 'scanhook-broker-kill-'))
// The other pieces are taken as they are; only Kafka is started.
const { KAFKA_BROKERS: _shared, ...environment } = process.env
const env = { ...environment, SCANHOOK_STACK_DIR: stackDir }
let whyNot: string | null = null

beforeAll(async () => {
  try {
    await run(stack, ['up'], { env })
  } catch (error) {
    whyNot = `no broker of its own: ${error instanceof Error ? error.message : error}`
  }
}, 120_000)

afterAll(async () => {
  await run(stack, ['down', '--wipe'], { env })
  rmSync(stackDir, { recursive: true, force: true })
}, 60_000)

function broker(): { address: string; pid: number } {
  const { kafka } = JSON.parse(readFileSync(join(stackDir, 'state.json'), 'utf8'))
  return { address: kafka.ownAddress, pid: kafka.process.pid }
}

test('K1, K4: kill -9 and a freeze of the broker: acknowledged is stored, and what is stored is read', async ({
  skip,
}) => {
  if (whyNot !== null) skip(whyNot)
  const rig = await openRig(broker().address)
  const topic = await rig.topic(4)
  const groupId = uniqueName('group')
  const acknowledged = new Set<string>()
  const seen = new Set<string>()
  const consumer = rig.consumer({
    groupId,
    topics: [topic],
    handle: async ({ records, doneThrough }) => {
      for (const record of records) seen.add(textOf(record))
      doneThrough(records.at(-1)?.offset ?? -1)
    },
  })
  await consumer.start()

  let isWriting = true
  let failures = 0
  const writing = (async () => {
    for (let i = 0; isWriting; i += 1) {
      const text = String(i)
      rig.producer.append({ topic, key: text, value: Buffer.from(text) }).then(
        () => acknowledged.add(text),
        () => {
          failures += 1
        },
      )
      await new Promise((done) => setTimeout(done, 2))
    }
  })()
  const moreThan = (count: number) => () => acknowledged.size > count
  await until('records flow', moreThan(300))

  process.kill(broker().pid, 'SIGKILL')
  await run(stack, ['up'], { env })
  await until('records flow again', moreThan(acknowledged.size + 300), 60_000)

  process.kill(broker().pid, 'SIGSTOP')
  await new Promise((done) => setTimeout(done, 4_000))
  process.kill(broker().pid, 'SIGCONT')
  await until('and again', moreThan(acknowledged.size + 300), 60_000)

  isWriting = false
  await writing
  await rig.producer.close()
  expect(failures).toBe(0)
  const stored = new Set<string>()
  await rig.kafka.readToEnd(topic, [0, 1, 2, 3], (record) => stored.add(textOf(record)))
  expect([...acknowledged].filter((text) => !stored.has(text))).toEqual([])
  await until('everything is read', () => seen.size === stored.size)
  await until('and committed', async () => {
    const [committed, ends] = await Promise.all([
      rig.admin.committedOffsets(groupId, topic),
      rig.admin.endOffsets(topic),
    ])
    return JSON.stringify(committed) === JSON.stringify(ends)
  })
  expect(rig.fatal).toEqual([])
  await rig.close()
}, 180_000)
