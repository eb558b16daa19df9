// One read and one business event, written so that neither is lost and neither counts twice.
//   npm install && KAFKA_BROKERS=localhost:9092 ORG_ID=42 node produce.ts      (Node 24)
import { Kafka, type KafkaConfig, Partitioners } from 'kafkajs'

function setting(name: string, byDefault?: string): string {
  const value = process.env[name] ?? byDefault
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

const device = setting('DEVICE', 'dock-1')
const tag = setting('TAG', 'E2801190A503006543E21224')
const shipment = setting('SHIPMENT', 'ship_1')
const now = new Date().toISOString()

// Whom a record is for, where the topic is not bound to one organization; and what is in it.
const headers = { 'scanhook-org': setting('ORG_ID'), 'content-type': 'application/json' }

const read = {
  // With an id of your own, sending again is harmless. The same read must have the same id.
  id: `${device}-${tag}-${now}`,
  device,
  antenna_port: 1,
  tag: { type: 'rfid', value: tag },
  read_at: now,
  rssi_dbm: -56,
}
const event = {
  id: `${shipment}-approved`,
  type: 'shipment.approved',
  occurred_at: now,
  data: { shipment: { id: shipment, reference: 'BU-1341', status: 'approved', pallets_count: 42 } },
}

// KAFKA_SECURITY=plaintext, or sasl_scram512_tls with KAFKA_USERNAME and KAFKA_PASSWORD.
const security: Pick<KafkaConfig, 'ssl' | 'sasl'> =
  setting('KAFKA_SECURITY', 'plaintext') === 'plaintext'
    ? {}
    : {
        ssl: true,
        sasl: {
          mechanism: 'scram-sha-512',
          username: setting('KAFKA_USERNAME'),
          password: setting('KAFKA_PASSWORD'),
        },
      }
const kafka = new Kafka({ clientId: 'quickstart', brokers: setting('KAFKA_BROKERS').split(','), ...security })
const producer = kafka.producer({
  // A retry inside the client writes nothing twice; it needs acks=all and one request at a time.
  idempotent: true,
  maxInFlightRequests: 1,
  // murmur2, as Java: every producer puts a key on the same partition.
  createPartitioner: Partitioners.DefaultPartitioner,
})

await producer.connect()
try {
  const acknowledged = await producer.sendBatch({
    acks: -1,
    topicMessages: [
      {
        topic: setting('READ_TOPIC', 'scanhook.reads'),
        // The reader: its reads then stay in order.
        messages: [{ key: device, value: JSON.stringify(read), headers }],
      },
      {
        topic: setting('EVENT_TOPIC', 'scanhook.business-events'),
        // What the event is about: its events then stay in order.
        messages: [{ key: `shipment:${shipment}`, value: JSON.stringify(event), headers }],
      },
    ],
  })
  for (const { topicName, partition, baseOffset } of acknowledged)
    console.log(`acknowledged: ${topicName} ${partition} ${baseOffset}`)
} finally {
  await producer.disconnect()
}
