/**
 * The AsyncAPI 3.0 document: every topic with its key, its setup, its headers and what it carries, Avro as it is registered
 * and JSON as upstream may send it. Pure, but for the Avro files that it reads.
 */
import { incomingEventForm, readForm } from '@scanhook/catalogue/upstream-forms'
import { loadSchema } from '@scanhook/schemas/load-schema'
import { type TopicNames, topicNames, topicSpecs } from '@scanhook/schemas/topics'

type Json = Readonly<Record<string, unknown>>

interface Carried {
  /** In AsyncAPI's sense: what our services do with it. */
  readonly action: 'receive' | 'send'
  readonly description: string
  readonly key: string
  /** File names of Avro schemas, or forms of JSON by their name. */
  readonly avro?: readonly string[]
  readonly json?: Readonly<Record<string, Json>>
  readonly headers?: 'upstream' | 'trace' | 'poison'
}

const byAsset = '`<organization id>:<asset id>`'
const byEndpoint = '`<endpoint id>`'
const delivery = ['delivery']

/** One entry for each name: a topic that is missing here does not compile. Retry tiers are alike. */
const carried: Readonly<Record<keyof TopicNames, Carried>> = {
  reads: {
    action: 'receive',
    description:
      'Reads of tags, as upstream sends them: Avro, JSON, or a reader’s own format (reader-formats.md)',
    key: 'Any; a reader’s records should share one, so that they stay in order',
    avro: ['scan-read'],
    json: { Read: readForm },
    headers: 'upstream',
  },
  businessEvents: {
    action: 'receive',
    description: 'Business events of an organization, as upstream sends them: Avro or JSON',
    key: 'Any',
    avro: ['incoming-event'],
    json: { IncomingEvent: incomingEventForm },
    headers: 'upstream',
  },
  scans: {
    action: 'send',
    description: 'Reads of known assets, and what moves the clock of a partition',
    key: `${byAsset}; none for what is for a whole partition`,
    avro: ['scan', 'tick', 'liveness', 'withdrawal'],
    headers: 'trace',
  },
  assetState: {
    action: 'send',
    description: 'The tracker’s state of each asset; the last record of a key is the truth',
    key: byAsset,
    avro: ['tracked-asset', 'asset-state'],
  },
  assetSeen: {
    action: 'send',
    description: 'When assets were seen last, between their events',
    key: 'None; the partition goes by asset',
    avro: ['asset-seen'],
  },
  events: {
    action: 'send',
    description: 'Events with everything that a webhook says about them; they never change',
    key: `${byAsset}, or \`<organization id>:<subject>\` for others`,
    avro: ['domain-event'],
    headers: 'trace',
  },
  deliveries: {
    action: 'send',
    description: 'One event for one endpoint, due now',
    key: byEndpoint,
    avro: delivery,
    headers: 'trace',
  },
  retry: {
    action: 'send',
    description: 'Deliveries that wait; stamped by the broker, so that they become due in order',
    key: byEndpoint,
    avro: delivery,
    headers: 'trace',
  },
  dead: {
    action: 'send',
    description: 'Deliveries that were given up; they can be sent again',
    key: byEndpoint,
    avro: delivery,
    headers: 'trace',
  },
  deliveryOrder: {
    action: 'send',
    description: 'What the order of an endpoint waits for',
    key: '`<endpoint id>:<asset id>:<sequence>`',
    json: { DeliveryOrder: { type: 'object' } },
  },
  clusterClock: {
    action: 'send',
    description: 'Nobody reads it: the broker’s stamp is the message',
    key: 'None',
    json: { ClusterClock: { description: 'One byte' } },
  },
  attempts: {
    action: 'send',
    description: 'What came of each request, or of a delivery without one',
    key: byEndpoint,
    avro: ['attempt'],
    headers: 'trace',
  },
  endpointEvents: {
    action: 'send',
    description: 'What attempts say about their endpoint',
    key: byEndpoint,
    avro: ['endpoint-event'],
  },
  masterData: {
    action: 'send',
    description: 'Changes of assets, tags, places, readers and endpoints, in order; secrets are sealed',
    key: '`<organization id>:<kind>:<id>`',
    avro: ['master-data-change'],
  },
  poison: {
    action: 'send',
    description: 'Records that could not be understood, byte for byte, with the reason',
    key: 'As received',
    json: { Poison: { description: 'The bytes as they were received; of more than 1 MiB the first' } },
    headers: 'poison',
  },
}

const text = (description: string): Json => ({ type: 'string', description })
const traceparent = text(
  'W3C Trace Context; goes along to the webhook request of an endpoint that asked for it',
)
const tracestate = text('W3C Trace Context; goes along with `traceparent`, but to no receiver')
const headerForms: Readonly<Record<NonNullable<Carried['headers']>, Json>> = {
  upstream: {
    type: 'object',
    properties: {
      'content-type': text(
        '`application/json`, `application/x-ndjson`, or one that names Avro; else the first byte decides',
      ),
      'scanhook-org': text('Id of the organization, where neither the topic nor the record says it'),
      'scanhook-format': text('Reads: the format of this record'),
      'scanhook-device': text('Reads: the device’s external key'),
      traceparent,
      tracestate,
    },
  },
  trace: { type: 'object', properties: { traceparent, tracestate } },
  poison: {
    type: 'object',
    properties: {
      'poison-reason': text('One of a closed list of reasons (upstream.md)'),
      'poison-detail': text('Which fields, in words'),
      'poison-topic': text('Where it came from'),
      'poison-partition': text('Its partition'),
      'poison-offset': text('Its offset'),
      'poison-service': text('Who set it aside'),
    },
  },
}

const prefix = 'scanhook.'
const partitions = 12
const replicationFactor = 3

export function asyncApi(): Json {
  const messages: Record<string, Json> = {}
  const channels: Record<string, Json> = {}
  const operations: Record<string, Json> = {}
  const setups = new Map(
    topicSpecs(prefix, { partitions, replicationFactor }).map((spec) => [spec.name, spec]),
  )
  for (const [name, topics] of topicsByName()) {
    const { action, description } = carried[name]
    const own = messagesOf(name)
    Object.assign(messages, own)
    for (const topic of topics) {
      const id = topic.slice(prefix.length)
      channels[id] = {
        address: topic,
        description,
        messages: Object.fromEntries(
          Object.keys(own).map((message) => [message, { $ref: `#/components/messages/${message}` }]),
        ),
        bindings: { kafka: { ...bindingOf(setups.get(topic)), topic, bindingVersion } },
      }
      operations[`${action === 'receive' ? 'read' : 'write'}.${id}`] = {
        action,
        channel: { $ref: `#/channels/${id}` },
        summary: description,
      }
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Scanhook',
      version: '1.0.0',
      description:
        'The topics of an installation with the prefix `scanhook.` (`TOPIC_PREFIX`). Upstream writes `reads` and `business-events`, under these or other names; all others are between our own services. Avro travels in the Confluent wire format, with subjects `<topic>-<full name>`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/vnd.apache.avro',
    servers: {
      kafka: {
        host: 'localhost:9092',
        protocol: 'kafka',
        description: '`KAFKA_BROKERS`',
        bindings: {
          kafka: {
            schemaRegistryUrl: 'http://localhost:8081',
            schemaRegistryVendor: 'confluent',
            bindingVersion,
          },
        },
      },
    },
    channels,
    operations,
    components: { messages },
  }
}

const bindingVersion = '0.5.0'

function topicsByName(): readonly (readonly [keyof TopicNames, readonly string[]])[] {
  return Object.entries(topicNames(prefix)).map(([name, topic]: [string, string | object]) => [
    name as keyof TopicNames,
    typeof topic === 'string' ? [topic] : (Object.values(topic) as string[]),
  ])
}

function messagesOf(name: keyof TopicNames): Readonly<Record<string, Json>> {
  const { avro = [], json = {}, key, headers } = carried[name]
  const common = headers === undefined ? {} : { headers: headerForms[headers] }
  const bound = (extra: Json): Json => ({
    kafka: { key: { type: 'string', description: key }, ...extra, bindingVersion },
  })
  const binary = avro.map((file) => {
    const { fullName, schema } = loadSchema(file)
    const short = fullName.slice(fullName.lastIndexOf('.') + 1)
    return [
      `${name}.${short}`,
      {
        name: fullName,
        contentType: 'application/vnd.apache.avro',
        ...common,
        payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema },
        bindings: bound({
          schemaIdLocation: 'payload',
          schemaIdPayloadEncoding: 'confluent',
          schemaLookupStrategy: 'TopicRecordNameStrategy',
        }),
      },
    ] as const
  })
  const textual = Object.entries(json).map(
    ([short, payload]) =>
      [
        `${name}.${short}Json`,
        { name: short, contentType: 'application/json', ...common, payload, bindings: bound({}) },
      ] as const,
  )
  return Object.fromEntries([...binary, ...textual])
}

/** `cleanup.policy` is a list here, and numbers are numbers. */
function bindingOf(
  setup:
    | {
        readonly partitions: number
        readonly replicationFactor: number
        readonly configs: Readonly<Record<string, string>>
      }
    | undefined,
): Json {
  if (setup === undefined) throw new Error('SPECIFICATIONS_NO_TOPIC: a topic without a setup')
  const known = ['cleanup.policy', 'retention.ms', 'delete.retention.ms', 'max.message.bytes']
  return {
    partitions: setup.partitions,
    replicas: setup.replicationFactor,
    topicConfiguration: Object.fromEntries(
      Object.entries(setup.configs)
        .filter(([name]) => known.includes(name))
        .map(([name, value]) => [name, name === 'cleanup.policy' ? [value] : Number(value)]),
    ),
  }
}
