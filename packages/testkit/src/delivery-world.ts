/**
 * Topics, codecs and a sealed secret under a prefix of their own: what the dispatcher and the retry tiers need from the
 * outside, on a real broker and registry. A test announces endpoints, writes deliveries and reads what came of them.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { deliveryId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import type { KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import type { Codec } from '@scanhook/schemas/codec'
import { endpointKey, masterDataKey } from '@scanhook/schemas/keys'
import type { Codecs } from '@scanhook/schemas/open-codecs'
import type { TopicNames } from '@scanhook/schemas/topics'
import { openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { ownTopics } from './own-topics.ts'

export interface DeliveryWorld {
  /** For the settings of a service; add TIME_SCALE, WEBHOOK_ALLOWED_TARGETS and the like. */
  readonly env: Readonly<Record<string, string>>
  readonly topics: TopicNames
  readonly codecs: Codecs
  readonly kafka: KafkaClient
  readonly producer: KafkaProducer
  /** In clear: of every endpoint that this world announces. */
  readonly secret: string
  /** Writes the endpoint to `master-data`; fields given win. */
  announce(id: number, url: string, change?: Partial<Endpoint>): Promise<void>
  /** Writes deliveries under their endpoints' keys. */
  send(deliveries: readonly Delivery[]): Promise<void>
  /** Everything that a topic holds now, decoded. */
  read<T>(
    topic: string,
    codec: Pick<Codec<T>, 'decode'>,
  ): Promise<{ readonly record: KafkaRecord; readonly value: T }[]>
  /** Records written and not committed yet by the group of a service. */
  lag(service: string, topic: string): Promise<number>
  close(): Promise<void>
}

/** A delivery of a made-up event, due now. */
export function deliveryTo(endpoint: number, change: Partial<Delivery> = {}): Delivery {
  const id = randomUUID()
  const nowMs = Date.now()
  return {
    deliveryId: deliveryId(randomUUID()),
    orgId: orgId(1),
    endpointId: endpointId(endpoint),
    trigger: 'event',
    event: {
      eventId: eventId(id),
      orgId: orgId(1),
      type: 'shipment.approved',
      occurredAtMs: nowMs,
      receivedAtMs: nowMs,
      subject: `shipment:${id}`,
      assetId: null,
      sequence: null,
      previousEventId: null,
      transitionId: null,
      dataJson: `{"shipment":{"id":"${id}","reference":"BU-1341","status":"approved","pallets_count":42}}`,
    },
    attemptNumber: 1,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    firstAttemptAtMs: null,
    rendered: null,
    ...change,
  }
}

export interface DeliveryWorldOptions {
  /** Of every topic; one puts all endpoints into each other's way. */
  readonly partitions?: number | undefined
  /** Of a broker of the test's own, else the environment's. */
  readonly brokerAddresses?: string | undefined
}

export async function openDeliveryWorld(options: DeliveryWorldOptions = {}): Promise<DeliveryWorld> {
  const keys = `k1:${randomBytes(32).toString('base64')}`
  const { env, topics, codecs, kafka, producer, readAll, close } = await ownTopics(
    'delivery',
    options.partitions,
    options.brokerAddresses,
  )
  const admin = await kafka.openAdmin()
  const ring = openKeyRing(keys)
  const secret = newSecret()
  let version = 0

  return {
    env: { ...env, SECRET_KEYS: keys },
    topics,
    codecs,
    kafka,
    producer,
    secret,
    announce: async (id, url, change = {}) => {
      version += 1
      const endpoint: Endpoint = {
        id: endpointId(id),
        orgId: orgId(1),
        url,
        state: 'active',
        profile: 'standard',
        sealedSecrets: [ring.seal(secret)],
        headers: {},
        subscriptions: [plainSubscription('*')],
        ...plainEndpoint,
        createdAtMs: Date.now(),
        version,
        ...change,
      }
      const value = codecs.masterData.encode({
        orgId: endpoint.orgId,
        kind: 'endpoint',
        id,
        version,
        changedAtMs: Date.now(),
        isDeleted: false,
        document: JSON.stringify(endpoint),
      })
      await producer.append({
        topic: topics.masterData,
        key: masterDataKey(endpoint.orgId, 'endpoint', id),
        value,
      })
    },
    send: (deliveries) =>
      producer.appendAll(
        deliveries.map((delivery) => ({
          topic: topics.deliveries,
          key: endpointKey(delivery.endpointId),
          value: codecs.deliveries.encode(delivery),
        })),
      ),
    read: async (topic, codec) => {
      const records = await readAll(topic)
      return Promise.all(records.map(async (record) => ({ record, value: await codec.decode(record.value) })))
    },
    lag: async (service, topic) => {
      const ends = await admin.endOffsets(topic)
      const committed = await admin.committedOffsets(`${env['TOPIC_PREFIX'] ?? ''}${service}`, topic)
      return ends.reduce((total, end, partition) => total + end - (committed[partition] ?? 0), 0)
    },
    close: async () => {
      await admin.close()
      await close()
    },
  }
}
