/** M and C: what records and clocks do. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { openTestKafka } from '../../harness/open-test-kafka.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { furnishWarehouse } from '../../harness/warehouse.ts'
import type { Cell } from '../cell.ts'
import { inPostgres } from '../in-postgres.ts'
import { openOtherOrganization } from '../other-organization.ts'

const nothings: readonly (Buffer | null)[] = [
  null,
  Buffer.from([7, 1, 2, 3, 4, 5]),
  Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2, 3]),
  Buffer.from([0, 0, 0]),
  Buffer.from('{"org_id": 1,'),
  Buffer.from(JSON.stringify({ org_id: 1, id: 'large', junk: 'j'.repeat(950_000) })),
  Buffer.from(`${JSON.stringify({ org_id: 1, id: 'trailing', device: 'x', heartbeat: true })}{}`),
]
const manyHeaders = Object.fromEntries(Array.from({ length: 10_000 }, (_, number) => [`h${number}`, 'v']))
const rounds = 10
/** Of each round the bodies that are nothing, and one more that has 10,000 headers. */
const nothingCount = rounds * (nothings.length + 1)

export const recordCells: readonly Cell[] = [
  {
    id: 'M1',
    fault:
      'records that are nothing: null, bad magic, unknown schema, truncated, no JSON, 1 MB, trailing bytes, 10,000 headers; ten of each',
    invariants: ['I1', 'I4'],
    expectations: { poisonCount: nothingCount },
    run: async ({ world, fault, sleep }) => {
      const producer = await openTestKafka(world.innerEnv, 'chaos-nothings').openProducer({
        batchMaxBytes: 1_000_000,
      })
      await fault('records that are nothing', async () => {
        for (let round = 0; round < rounds; round += 1) {
          await producer.appendAll(
            nothings.map((value, number) => ({
              topic: `${world.prefix}reads`,
              key: `nothing-${round}-${number}`,
              value,
            })),
          )
          await producer.append({
            topic: `${world.prefix}reads`,
            key: `headers-${round}`,
            value: Buffer.from('no JSON'),
            headers: manyHeaders,
          })
          await sleep(1_000)
        }
        await producer.close()
      })
    },
  },
  {
    id: 'M2',
    fault:
      'the registry answers 500, is down, and is slow (3 s an answer), 6 s each, under warm services and under a router that starts cold',
    invariants: ['I1', 'I4'],
    run: async ({ stack, world, fault, sleep, violated }) => {
      const cold = await world.another('router', {
        env: { SCHEMA_CACHE_DIR: join(world.folder, 'cold-schemas') },
      })
      const { registry } = stack
      let asked = 0
      const failing = createServer((_, response) => {
        asked += 1
        response.writeHead(500).end('{"error_code":50001,"message":"chaos"}')
      })
      await new Promise<void>((resolve) => {
        failing.listen(0, '127.0.0.1', resolve)
      })
      // Without the registry it can't know its schemas, says so and ends; whoever runs it starts it again, as Kubernetes does.
      const supervisor = setInterval(() => {
        if (!isAlive(cold.pid())) void cold.start({ isReadinessAwaited: false })
      }, 1_000)
      const expectNotReady = async (when: string): Promise<void> => {
        if (await cold.isReady()) violated('I1', `the cold router was ready ${when}: it met no fault`)
      }
      try {
        await fault('the registry answers 500', async () => {
          registry.proxy.leadTo((failing.address() as AddressInfo).port)
          await sleep(6_000)
          await expectNotReady('while the registry answered 500')
        })
        if (asked === 0) violated('I1', 'nobody asked the registry: nothing was proven')
        await fault('the registry is down', async () => {
          // Before the way leads back to it, so that there is no moment in which it answers.
          await registry.kill()
          registry.proxy.leadTo(Number(new URL(registry.innerAddress).port))
          failing.close()
          failing.closeAllConnections()
          await sleep(6_000)
          await expectNotReady('while the registry was down')
        })
        await fault('the registry is slow', async () => {
          registry.proxy.delay({ meanMs: 3_000, jitterMs: 0 })
          await registry.start()
          await sleep(6_000)
          registry.proxy.heal()
          await waitUntil('the cold router is ready after all', () => cold.isReady())
        })
      } finally {
        clearInterval(supervisor)
        await cold.kill()
      }
    },
  },
  {
    id: 'M3',
    fault:
      'of another organization: reads that come five times, an hour late, from a clock a year off either way, and records dated half an hour or a year ahead',
    invariants: ['I2'],
    setup: { seconds: 36 },
    expectations: { poisonCount: 1 },
    run: async ({ world, fault, sleep, violated, figure }) => {
      const other = await openOtherOrganization(world)
      const { places, assets } = await furnishWarehouse({ api: other.api }, 1)
      const [here, away] = places
      const [asset] = assets
      if (here === undefined || away === undefined || asset === undefined)
        throw new Error('an empty warehouse')
      const topic = `${world.prefix}reads`
      const kafka = new Kafka({
        ...{
          clientId: 'chaos-m3',
          logLevel: logLevel.NOTHING,
          brokers: [world.innerEnv['KAFKA_BROKERS'] ?? ''],
        },
        retry: { retries: 0 },
      })
      const producer = kafka.producer()
      await producer.connect()
      let sent = 0
      const nextNumber = (): number => {
        sent += 1
        return sent
      }
      const read = (device: string, readAtMs: number, number = nextNumber()) => ({
        key: asset.tag,
        value: JSON.stringify({
          ...{ org_id: other.orgId, id: `m3-${number}`, device, antenna_port: 1, rssi_dbm: -40 },
          tag: { type: 'rfid', value: asset.tag },
          read_at: new Date(readAtMs).toISOString(),
        }),
      })
      const send = (
        ...messages: readonly { readonly key: string; readonly value: string; readonly timestamp?: string }[]
      ) => producer.send({ topic, messages: [...messages] })
      /** Every 200 ms for 5 s: longer than the 3 s after which a first sighting counts. */
      const steadily = async (make: () => ReturnType<typeof read>): Promise<void> => {
        for (let count = 0; count < 25; count += 1) {
          await send(make())
          await sleep(200)
        }
      }
      let refused = 0
      await fault('reads from all times', async () => {
        await steadily(() => read(here.device, Date.now()))
        const again = read(here.device, Date.now())
        await send(again, again, again, again, again)
        // The asset is still read here, so that what comes from elsewhere late is late against something.
        await steadily(() => {
          void send(read(away.device, Date.now() - hourMs))
          return read(here.device, Date.now())
        })
        for (const aheadMs of [-yearMs, hourMs, yearMs]) await send(read(here.device, Date.now() + aheadMs))
        await send({ ...read(away.device, Date.now()), timestamp: String(Date.now() + hourMs / 2) })
        await send({ ...read(away.device, Date.now()), timestamp: String(Date.now() + yearMs) }).catch(() => {
          refused += 1
        })
      })
      await producer.disconnect()
      figure('records a year ahead that the broker refused', refused)
      if (refused === 0) violated('I2', 'the broker took a record that is dated a year ahead')
    },
    check: async ({ world, violated, figure }) => {
      await inPostgres(world.innerEnv, async (client) => {
        const { rows } = await client.query<{ type: string; count: string; places: string }>(
          `SELECT e.type, count(*), string_agg(DISTINCT l.external_key, ' ') AS places FROM events e
             LEFT JOIN locations l ON l.id = coalesce(e.data #>> '{location,id}', e.data #>> '{to_location,id}')::bigint
           WHERE e.org_id <> $1 AND e.asset_id IS NOT NULL GROUP BY 1 ORDER BY 1`,
          [world.orgId],
        )
        const told = rows.map(({ type, count, places }) => `${count} ${type} ${places}`).join('; ')
        figure('events of it', told)
        const counts = new Map(rows.map(({ type, count }) => [type, Number(count)]))
        if (counts.get('asset.moved') !== 1 || counts.get('location.exited') !== undefined)
          violated('I2', `it entered one place and never moved, but there is: ${told}`)
        const { rows: now } = await client.query<{ place: string }>(
          `SELECT l.external_key AS place FROM asset_locations a JOIN locations l ON l.id = a.location_id WHERE a.org_id <> $1`,
          [world.orgId],
        )
        if (now.length !== 1 || now[0]?.place !== 'DOCK')
          violated('I2', `it is at ${now.map(({ place }) => place).join(', ')}, and was read at DOCK`)
      })
    },
  },
]

function isAlive(pid: number | null): boolean {
  if (pid === null) return false
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs
