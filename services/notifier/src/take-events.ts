/**
 * The notifier's handler: endpoint events into endpoints' lives and notices, dead deliveries into events. Decides nothing
 * itself (domain/endpoint-life does); knows no Kafka client, no table and no mail.
 *
 * Order of acts for each batch: change lives, one transaction each → append events of dead deliveries, and poison (ack)
 * → mark done.
 *
 * Invariants
 *   H1. A record is done only when what follows from it is committed or acknowledged. While PostgreSQL is away the
 *       partition rests and is read again: nothing is skipped.
 *   H2. A batch that is read again changes nothing more and gives the same event ids.
 *   H3. A record that can't be read or stored goes to poison and holds nobody.
 */
import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import { decideLife } from '@scanhook/domain/endpoint-life/decide-life'
import type { EndpointLife, LifeNotice } from '@scanhook/domain/endpoint-life/endpoint-life'
import type { DomainEvent } from '@scanhook/domain/event'
import type { EndpointId, OrgId } from '@scanhook/domain/ids'
import type { PoisonReason } from '@scanhook/domain/poison'
import type { ProfileName } from '@scanhook/domain/profile'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord, OutgoingRecord } from '@scanhook/kafka/record'
import { unlessAborted } from '@scanhook/runtime/unless-aborted'
import type { RecordDecoder } from '@scanhook/schemas/decode-record'
import { noticeFacts } from './notice-facts.ts'
import { deadEvent } from './render-event.ts'

export interface Living {
  readonly id: EndpointId
  readonly url: string
  readonly name: string | null
  readonly profile: ProfileName
  readonly life: EndpointLife
}

export interface Decision {
  readonly life: EndpointLife
  readonly notice: (LifeNotice & { readonly facts: object }) | null
}

/** Under the endpoint's lock; see packages/postgres/endpoint-lives. Resolves when it is committed. */
export type ChangeLife = (
  org: OrgId,
  id: EndpointId,
  decide: (endpoint: Living) => Decision | null,
) => Promise<void>

export interface TakePorts {
  readonly decode: RecordDecoder<EndpointEvent>
  readonly change: ChangeLife
  readonly describe: (
    ids: readonly EndpointId[],
  ) => Promise<ReadonlyMap<EndpointId, { readonly url: string; readonly name: string | null }>>
  readonly recordOf: (event: DomainEvent, cause: KafkaRecord) => OutgoingRecord
  readonly poisonOf: (record: KafkaRecord, reason: PoisonReason, detail: string) => OutgoingRecord
  /** Resolves when every record is acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
  /** What the database said lies in the record itself. */
  readonly isBadValue: (error: unknown) => boolean
  /** The database failed: when to come again (epoch ms). */
  readonly onFailure: (error: unknown) => number
  readonly onTaken: (event: EndpointEvent) => void
  readonly scale: number
}

export function endpointEventTaker(ports: TakePorts): (batch: RecordBatch) => Promise<void> {
  return (batch) => unlessAborted(batch.signal, take(ports, batch))
}

interface Read {
  readonly record: KafkaRecord
  readonly event: EndpointEvent
}

async function take(ports: TakePorts, batch: RecordBatch): Promise<void> {
  const [first] = batch.records
  const last = batch.records.at(-1)
  if (first === undefined || last === undefined) return
  const outgoing: OutgoingRecord[] = []
  const read = await readAll(ports, batch, outgoing)
  try {
    for (const each of read) await changeLife(ports, each, outgoing)
    outgoing.push(...(await tellDead(ports, read)))
  } catch (error) {
    batch.pauseUntil(first.offset, ports.onFailure(error)) // H1
    return
  }
  if (outgoing.length > 0) await ports.appendAll(outgoing)
  for (const { event } of read) ports.onTaken(event)
  batch.doneThrough(last.offset)
}

async function readAll(ports: TakePorts, batch: RecordBatch, outgoing: OutgoingRecord[]): Promise<Read[]> {
  const read: Read[] = []
  for (const record of batch.records) {
    const pending = ports.decode(record.value, batch)
    const decoded = pending instanceof Promise ? await pending : pending
    if (decoded.kind === 'good') read.push({ record, event: decoded.value })
    else outgoing.push(ports.poisonOf(record, decoded.reason, decoded.detail))
  }
  return read
}

async function changeLife(
  ports: TakePorts,
  { record, event }: Read,
  outgoing: OutgoingRecord[],
): Promise<void> {
  if (event.kind !== 'failing' && event.kind !== 'recovered' && event.kind !== 'disabled') return
  try {
    await ports.change(event.orgId, event.endpointId, (endpoint) => {
      const change = decideLife(endpoint.life, event)
      if (change === null) return null
      const { life, notice } = change
      const facts = noticeFacts(event, { endpoint, life, scale: ports.scale })
      return { life, notice: notice === null ? null : { ...notice, facts } }
    })
  } catch (error) {
    if (!ports.isBadValue(error)) throw error
    outgoing.push(ports.poisonOf(record, 'invalid_field', 'a value that the tables cannot hold')) // H3
  }
}

async function tellDead(ports: TakePorts, read: readonly Read[]): Promise<OutgoingRecord[]> {
  const dead = read.filter(({ event }) => event.kind === 'delivery_dead')
  if (dead.length === 0) return []
  const webhooks = await ports.describe([...new Set(dead.map(({ event }) => event.endpointId))])
  return dead.flatMap(({ record, event }) => {
    const webhook = webhooks.get(event.endpointId)
    const told = webhook === undefined ? null : deadEvent(event, webhook)
    return told === null ? [] : [ports.recordOf(told, record)]
  })
}
