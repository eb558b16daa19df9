/** `POST /api/v1/validate` beside the consumer of the same process: what it says of records, and what became of them. */
import { orgId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { assets } from '@scanhook/postgres/assets'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { upstreamRecord } from '@scanhook/testkit/upstream-records'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { producerService } from './service.ts'

let own: OwnTopics
let database: TestDatabase
let pg: Postgres
let started: StartedService
let url = ''
let org = 0
let token = ''

beforeAll(async () => {
  own = await ownTopics('validate')
  database = await createTestDatabase('validate', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  ;({ id: org } = await organizations(pg).ensure('Acme'))
  const device = await scanDevices(pg).create(org, {
    externalKey: 'dock-3',
    name: 'Dock 3',
    type: 'csl_cs463',
  })
  if (device.kind !== 'changed') throw new Error(device.kind)
  await scanPoints(pg).create(org, { scanDevice: { id: device.row.id }, antennaPort: 1, kind: 'zone' })
  await assets(pg).create(org, {
    name: 'Forklift 7',
    externalKey: 'FORK-7',
    tags: [{ tagType: 'rfid', value: 'E280', matchKey: 'E280' }],
  })
  ;({ token } = await apiKeys(pg).create(org, { name: 'test', scopes: ['events:write'] }))
  started = await startService(
    producerService,
    {
      ...own.env,
      POSTGRES_URL: database.url,
      PRODUCER_PORT: '0',
      API_RATE_LIMIT_PER_MINUTE: '100000',
      API_RATE_LIMIT_BURST: '100000',
    },
    {
      log: {
        ...silentLog,
        info: (fields: unknown) => {
          if (typeof fields === 'object' && fields !== null && 'url' in fields) url = `${fields.url}`
        },
      },
      onFail: (reason, error) => {
        throw new Error(`${reason}: ${error}`)
      },
    },
  )
})

afterAll(async () => {
  await started?.stop()
  await pg?.close()
  await database?.drop()
  await own?.close()
})

interface Verdict {
  readonly ok: boolean
  readonly reason: string | null
  readonly outcomes: readonly { readonly becomes: string; readonly id: string | null }[]
}

async function validate(body: object): Promise<Verdict> {
  const answer = await fetch(`${url}/api/v1/validate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { data: Verdict }).data
}

async function poisoned(): Promise<ReadonlyMap<string, string>> {
  const records = await own.readAll(own.topics.poison)
  return new Map(
    records.map(({ headers }) => [`${headers['number']}`, `${headers['poison-reason']}`] as const),
  )
}

test('what it calls wrong is set aside for that reason, what it calls right is not, over 300 records', async () => {
  const read = own.codecs.reads.encode({
    orgId: orgId(org),
    readId: null,
    deviceKey: 'dock-3',
    antennaPort: 1,
    tagType: 'rfid',
    tagValue: 'E280',
    readAtMs: null,
    rssiCdbm: -5_650,
    reads: 3,
    position: null,
  })
  const drafts = fc
    .sample(
      upstreamRecord({ orgId: org, otherOrgId: org + 1, device: 'dock-3', tag: 'E280', avro: [read] }),
      300,
    )
    // The broker stamps what is produced here.
    .filter(({ behindMs }) => behindMs === 60_000)
  const said = new Map<string, string>()
  for (const [number, { kind, key, value, headers }] of drafts.entries()) {
    const { ok, reason } = await validate({
      topic: kind === 'reads' ? 'reads' : 'business-events',
      key: key?.toString() ?? null,
      value_base64: value?.toString('base64') ?? null,
      headers,
    })
    expect(ok).toBe(reason === null)
    if (reason !== null) said.set(`${number}`, reason)
  }
  expect(await poisoned()).toEqual(new Map())
  expect(await own.readAll(own.topics.scans)).toEqual([])
  await own.producer.appendAll(
    drafts.map(({ kind, key, value, headers }, number) => ({
      topic: kind === 'reads' ? own.topics.reads : own.topics.businessEvents,
      key,
      value,
      headers: { ...headers, number: `${number}` },
    })),
  )
  // Behind all others, whatever their partition.
  const last = [own.topics.reads, own.topics.businessEvents].flatMap((topic) =>
    [0, 1, 2].map((partition) => ({ topic, partition, number: `last of ${topic} ${partition}` })),
  )
  await own.producer.appendAll(
    last.map(({ topic, partition, number }) => ({
      topic,
      partition,
      key: null,
      value: Buffer.from('last'),
      headers: { number },
    })),
  )
  await vi.waitFor(
    async () => {
      const seen = await poisoned()
      expect(last.filter(({ number }) => !seen.has(number))).toEqual([])
    },
    { timeout: 20_000, interval: 200 },
  )
  const found = new Map(await poisoned())
  for (const { number } of last) found.delete(number)
  expect(found).toEqual(said)
  expect(said.size).toBeGreaterThan(30)
  expect(drafts.length - said.size).toBeGreaterThan(30)
})

test('a copy of what was really sent is told, and telling it takes nothing', async () => {
  const value = { org_id: org, id: 'once', device: 'dock-3', tag: { value: 'E280' } }
  const becomes = async (): Promise<string | undefined> =>
    (await validate({ topic: own.topics.reads, key: 'dock-3', value })).outcomes[0]?.becomes
  expect([await becomes(), await becomes()]).toEqual(['scan', 'scan'])
  await own.producer.append({
    topic: own.topics.reads,
    key: 'dock-3',
    value: Buffer.from(JSON.stringify(value)),
  })
  await vi.waitFor(async () => expect(await becomes()).toBe('nothing'), { timeout: 20_000, interval: 100 })
})
