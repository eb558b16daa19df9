/** Gathers what a cell left behind: ledgers from disk, topics from behind the proxies, rows from PostgreSQL. */

import { orgId as toOrgId } from '@scanhook/domain/ids'
import { businessEventId } from '@scanhook/identity/derived-ids'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { SchemasError } from '@scanhook/schemas/errors'
import { openCodecs } from '@scanhook/schemas/open-codecs'
import { topicNames } from '@scanhook/schemas/topics'
import { testLog } from '../harness/open-test-kafka.ts'
import { readTopic } from '../harness/read-topic.ts'
import { expectedOfWalk } from '../harness/warehouse.ts'
import type { CellWorld } from './cell-world.ts'
import type { Evidence, LogRow, PoisonFacts, Stored } from './evidence.ts'
import { inPostgres } from './in-postgres.ts'
import { readLedgerFile } from './ledger-file.ts'
import { type LoadLine, planLegs, readIdOf } from './load.ts'
import type { ReceiverLine } from './receivers.ts'

interface Upstream {
  readonly org_id: number
  readonly id: string
  readonly type: string
}

type World = Pick<CellWorld, 'prefix' | 'innerEnv' | 'orgId'>

const isRetriable = (error: unknown): boolean => error instanceof SchemasError && error.retriable

/** `name` without the prefix. Records without a value, and those that `decode` refuses, are left out. */
async function stored<T>(
  world: World,
  name: string,
  decode: (value: Buffer) => T | Promise<T>,
): Promise<readonly Stored<T>[]> {
  const records: KafkaRecord[] = []
  await readTopic({ prefix: world.prefix, env: world.innerEnv }, name, (record) => records.push(record))
  const decoded = await Promise.all(
    records.map(async ({ topic, partition, offset, timestampMs, value }) => {
      if (value === null) return null
      try {
        return { topic, partition, offset, timestampMs, value: await decode(value) }
      } catch (error) {
        // A schema that could not be asked for says nothing about the record: better no verdict than a wrong one.
        if (isRetriable(error)) throw error
        // Bytes that a cell injected to be refused.
        return null
      }
    }),
  )
  return decoded.filter((one) => one !== null)
}

async function collectPoison(world: World, name: string): Promise<Evidence['topics']['poison']> {
  const found: Stored<PoisonFacts>[] = []
  await readTopic({ prefix: world.prefix, env: world.innerEnv }, name, (record) => {
    const { topic, partition, offset, timestampMs, headers } = record
    const source = ['poison-topic', 'poison-partition', 'poison-offset'].map(
      (header) => headers[header] ?? '?',
    )
    const value = { reason: headers['poison-reason'] ?? '', source: source.join(':') }
    found.push({ topic, partition, offset, timestampMs, value })
  })
  return found
}

async function collectTopics(world: World): Promise<Evidence['topics']> {
  const { prefix, innerEnv } = world
  const codecs = await openCodecs({
    registryUrl: innerEnv['REGISTRY_URL'] ?? '',
    cacheDir: innerEnv['SCHEMA_CACHE_DIR'] ?? '',
    prefix,
    mode: 'lookup',
    log: testLog('chaos-audit'),
  })
  const names = topicNames(prefix)
  const short = (topic: string): string => topic.slice(prefix.length)
  // A second organization of a cell is judged by the cell.
  const upstream = async (name: string, word: (value: Upstream) => string) => {
    const all = await stored(world, name, (value) => JSON.parse(value.toString()) as Upstream)
    return all
      .filter(({ value }) => value.org_id === world.orgId)
      .map((one) => ({ ...one, value: word(one.value) }))
  }
  const own = async <T extends { readonly orgId: number }>(
    name: string,
    decode: (value: Buffer) => T | Promise<T>,
  ) => (await stored(world, name, decode)).filter(({ value }) => value.orgId === world.orgId)
  const [scans, reads, business, events, deliveries, dead, attempts, poison, ...tiers] = await Promise.all([
    stored(world, short(names.scans), (value) => codecs.scans.decode(value)),
    upstream(short(names.reads), ({ id }) => `read\n${id}`),
    upstream(
      short(names.businessEvents),
      ({ id, type }) => `event\n${businessEventId(toOrgId(world.orgId), type, id)}`,
    ),
    own(short(names.events), (value) => codecs.events.decode(value)),
    own(short(names.deliveries), (value) => codecs.deliveries.decode(value)),
    own(short(names.dead), (value) => codecs.deliveries.decode(value)),
    own(short(names.attempts), (value) => codecs.attempts.decode(value)),
    collectPoison(world, short(names.poison)),
    ...Object.values(names.retry).map((topic) =>
      own(short(topic), (value) => codecs.deliveries.decode(value)),
    ),
  ])
  return {
    scanIds: scans.flatMap((one) =>
      one.value.kind === 'scan' ? [{ ...one, value: one.value.scanId as string }] : [],
    ),
    upstreamIds: [...reads, ...business],
    events,
    deliveries,
    tiers: tiers.flat(),
    dead,
    attempts,
    poison,
  }
}

async function collectLog(world: World): Promise<readonly LogRow[]> {
  return inPostgres(world.innerEnv, async (client) => {
    const { rows } = await client.query<{
      delivery_id: string
      attempt_number: number
      endpoint_id: string
      event_id: string
      disposition: string
      outcome: 'responded' | 'failed' | null
      status: number | null
    }>(
      'SELECT delivery_id, attempt_number, endpoint_id, event_id, disposition, outcome, status FROM attempts WHERE org_id = $1',
      [world.orgId],
    )
    return rows.map((row) => ({
      deliveryId: row.delivery_id,
      attemptNumber: row.attempt_number,
      endpointId: Number(row.endpoint_id),
      eventId: row.event_id,
      disposition: row.disposition,
      outcome: row.outcome,
      status: row.status,
    }))
  })
}

/** What the load planned, as far as it came. */
export function walked(
  load: readonly LoadLine[],
  plan: { readonly seed: number; readonly seconds: number; readonly warehouse: CellWorld['warehouse'] },
): Pick<Evidence, 'plannedTransitions' | 'perhapsTransitions' | 'ackedReadIds'> {
  const { seed, seconds, warehouse } = plan
  const legs = planLegs(seed, seconds, warehouse.places.length)
  const hasEnded = load.some(({ kind }) => kind === 'end')
  const begun = new Set(load.flatMap((line) => (line.kind === 'tried-round' ? [line.leg] : [])))
  const transitions = (count: number): readonly string[] =>
    expectedOfWalk(warehouse, legs.slice(0, count)).filter((event) => !event.includes('asset.scanned'))
  const acked = load.flatMap((line) => (line.kind === 'acked-round' ? [line] : []))
  // A leg that was cut short may or may not have been long enough to count.
  return {
    plannedTransitions: transitions(hasEnded ? legs.length : Math.max(0, begun.size - 1)),
    perhapsTransitions: transitions(begun.size),
    ackedReadIds: acked.flatMap(({ leg, round }) =>
      warehouse.assets.map(({ tag }) => readIdOf(seed, leg, round, tag)),
    ),
  }
}

export async function collectEvidence(
  world: CellWorld,
  known: Omit<
    Evidence,
    | 'orgId'
    | 'endpoints'
    | 'load'
    | 'plannedTransitions'
    | 'perhapsTransitions'
    | 'ackedReadIds'
    | 'received'
    | 'topics'
    | 'logRows'
  > & { readonly seed: number; readonly seconds: number },
): Promise<Evidence> {
  const { seed, seconds, ...rest } = known
  const load = readLedgerFile<LoadLine>(world.loadLedgerFile)
  const [topics, logRows] = await Promise.all([collectTopics(world), collectLog(world)])
  return {
    ...rest,
    orgId: world.orgId,
    endpoints: world.endpoints,
    load,
    ...walked(load, { seed, seconds, warehouse: world.warehouse }),
    received: readLedgerFile<ReceiverLine>(world.receivers.ledgerFile),
    topics,
    logRows,
  }
}
