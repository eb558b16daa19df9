/**
 * A second organization of a cell: master data and endpoints of its own, which the auditor leaves out and the cell judges
 * itself.
 */
import { exampleData } from '@scanhook/catalogue/examples'
import { type ApiClient, apiClient } from '../harness/api-client.ts'
import {
  type Behaviour,
  behaviours,
  type FaultyReceiver,
  openFaultyReceiver,
} from '../harness/faulty-receiver.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { runStep } from '../harness/world.ts'
import type { Surroundings } from './cell.ts'
import type { CellWorld } from './cell-world.ts'

/** Answers after a moment, as a receiver with work to do; knows how many it had at a time. */
export interface OwnReceiver extends Surroundings {
  readonly receiver: FaultyReceiver
  /** Answers with this status from the next request on. */
  readonly answer: (status: number) => void
  readonly inFlightMax: () => number
  /** From now on. */
  readonly forgetInFlight: () => void
  /** Ids that were answered with 200. */
  readonly taken: ReadonlySet<string>
  /** Epoch ms of each 200, in their order. */
  readonly takenAtMs: readonly number[]
}

const workMs = 20

export async function openOwnReceiver(): Promise<OwnReceiver> {
  let status = 200
  let inFlight = 0
  let inFlightMax = 0
  const taken = new Set<string>()
  const takenAtMs: number[] = []
  const behave: Behaviour = (socket, seen) => {
    inFlight += 1
    inFlightMax = Math.max(inFlightMax, inFlight)
    const now = status
    setTimeout(() => {
      inFlight -= 1
      if (socket.destroyed) return
      if (now === 200) {
        taken.add(seen.id)
        takenAtMs.push(Date.now())
      }
      behaviours.status(now)(socket, seen)
    }, workMs)
  }
  const receiver = await openFaultyReceiver(behave)
  return {
    env: {},
    targets: [receiver.port],
    receiver,
    answer: (next) => {
      status = next
    },
    inFlightMax: () => inFlightMax,
    forgetInFlight: () => {
      inFlightMax = inFlight
    },
    taken,
    takenAtMs,
    close: () => receiver.close(),
  }
}

export interface OtherOrganization {
  readonly orgId: number
  readonly api: ApiClient
  readonly subscribe: (url: string) => Promise<number>
  /** Business events, evenly; resolves when all are acknowledged. */
  readonly send: (count: number, perSecond: number) => Promise<void>
}

const type = 'shipment.approved'
const rounds = 10

export async function openOtherOrganization(world: CellWorld): Promise<OtherOrganization> {
  const seeded: { org_id: number; api_key: string } = JSON.parse(
    await runStep('services/setup/src/seed-main.ts', ['--org', 'The other', '--json'], { ...world.innerEnv }),
  )
  const api = apiClient(world.api.url, seeded.api_key)
  let sent = 0
  return {
    orgId: seeded.org_id,
    api,
    subscribe: async (url) => {
      const { id } = await api.data<{ id: number }>('POST', '/api/v1/webhooks', {
        ...{ url, name: 'the other', enabled: true, event_types: [type] },
      })
      return id
    },
    send: async (count, perSecond) => {
      const producer = await openTestKafka(world.innerEnv, 'chaos-other').openProducer()
      const perRound = Math.ceil(perSecond / rounds)
      for (let left = count; left > 0; left -= perRound) {
        const endsAtMs = performance.now() + 1_000 / rounds
        await producer.appendAll(
          Array.from({ length: Math.min(left, perRound) }, () => {
            sent += 1
            const id = `other-${sent}`
            const value = { org_id: seeded.org_id, id, type, data: exampleData[type] }
            return {
              topic: `${world.prefix}business-events`,
              key: id,
              value: Buffer.from(JSON.stringify(value)),
            }
          }),
        )
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, endsAtMs - performance.now())))
      }
      await producer.close()
    },
  }
}

/** Ten thousand in line take a minute on a quiet machine. */
export async function untilTaken(own: OwnReceiver, count: number): Promise<void> {
  await waitUntil(`${count} of the other organization have arrived`, () => own.taken.size >= count, {
    deadlineMs: 400_000,
  })
}
