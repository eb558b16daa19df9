/**
 * The load as a process of its own: `node load-main.ts PLAN_AS_JSON`. Writes what it tried before it tries it and what was
 * acknowledged after it was, both fsynced. Goes on through every fault; ends by itself when all of the walk is acknowledged.
 */
import { exampleData } from '@scanhook/catalogue/examples'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { openLedgerFile } from './ledger-file.ts'
import {
  businessIdOf,
  businessTypeOf,
  type LoadLine,
  type LoadPlan,
  loudnessOf,
  planLegs,
  readIdOf,
  roundMs,
  roundsPerLeg,
} from './load.ts'

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan
const ledger = openLedgerFile<LoadLine>(plan.ledgerFile)
const kafka = openTestKafka({ KAFKA_BROKERS: plan.brokers }, 'chaos-load')
const producer = await kafka.openProducer()
let isWalking = true

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms))
  })

async function walk(): Promise<void> {
  for (const [leg, place] of planLegs(plan.seed, plan.seconds, plan.devices.length).entries()) {
    for (let round = 0; round < roundsPerLeg; round += 1) {
      const endsAtMs = performance.now() + roundMs
      await ledger.append({ kind: 'tried-round', leg, round, atMs: Date.now() })
      await producer.appendAll(
        plan.tags.map((tag) => ({
          topic: `${plan.prefix}reads`,
          key: tag,
          value: Buffer.from(
            JSON.stringify({
              org_id: plan.orgId,
              id: readIdOf(plan.seed, leg, round, tag),
              device: plan.devices[place],
              antenna_port: 1,
              tag: { type: 'rfid', value: tag },
              rssi_dbm: loudnessOf(leg),
            }),
          ),
        })),
      )
      await ledger.append({ kind: 'acked-round', leg, round, atMs: Date.now() })
      // The pace of the readers is part of the input: a round that had to wait is not made up for by a burst.
      await pause(endsAtMs - performance.now())
    }
  }
}

/** More than this many unacknowledged events, some 50 s of them, and no further one is begun. */
const pendingMax = 1_000

async function sendEvents(): Promise<void> {
  const pending = new Set<Promise<void>>()
  for (let number = 0; isWalking; number += 1) {
    const type = businessTypeOf(number)
    const id = businessIdOf(plan.seed, number)
    const send = async (): Promise<void> => {
      await ledger.append({ kind: 'tried-event', id, type, atMs: Date.now() })
      await producer.append({
        topic: `${plan.prefix}business-events`,
        key: id,
        value: Buffer.from(JSON.stringify({ org_id: plan.orgId, id, type, data: exampleData[type] })),
      })
      await ledger.append({ kind: 'acked-event', id, type, atMs: Date.now() })
    }
    const one: Promise<void> = send().finally(() => pending.delete(one))
    pending.add(one)
    if (pending.size >= pendingMax) await Promise.race(pending)
    await pause(1_000 / plan.eventsPerSecond)
  }
  await Promise.all(pending)
}

const events = plan.eventsPerSecond > 0 ? sendEvents() : Promise.resolve()
await walk()
isWalking = false
await events
await ledger.append({ kind: 'end', atMs: Date.now() })
await ledger.close()
await producer.close()
process.exit(0)
