/** The programs of docs/quickstarts, as they stand there, against a whole Scanhook: what they write arrives at a webhook. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { provideJava, provideKcat, providePython } from '../harness/other-languages.ts'
import { readPoison } from '../harness/read-poison.ts'
import { readTopic } from '../harness/read-topic.ts'
import { root } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { describeEvent, furnishWarehouse, type Warehouse } from '../harness/warehouse.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

const run = promisify(execFile)
const folder = join(root, 'docs/quickstarts')

interface QuickStart {
  readonly name: string
  /** With the program; the rest of the environment is that of the page. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly whyNot: string | null
}

const java = await provideJava(join(folder, 'java/pom.xml'))
const python = await providePython(join(folder, 'python/requirements.txt'))
const kcat = await provideKcat()
const path = { PATH: process.env['PATH'] ?? '' }

const quickStarts: readonly QuickStart[] = [
  {
    name: 'typescript',
    command: [process.execPath, join(folder, 'typescript/produce.ts')],
    env: path,
    whyNot: null,
  },
  {
    name: 'python',
    command: [...(python.command ?? []), join(folder, 'python/produce.py')],
    env: path,
    whyNot: python.whyNot,
  },
  {
    name: 'java',
    command: [...(java.command ?? []), join(folder, 'java/Produce.java')],
    env: path,
    whyNot: java.whyNot,
  },
  {
    name: 'kcat',
    command: ['sh', join(folder, 'kcat/produce.sh')],
    env: kcat.env ?? path,
    whyNot: kcat.whyNot,
  },
]

let world: World
let warehouse: Warehouse

beforeAll(async () => {
  world = await openWorld()
  await startServices(world, ['api', 'producer', 'tracker', 'router', 'dispatcher'])
  warehouse = await furnishWarehouse(world, quickStarts.length)
  await registerEndpoint(world, '/hook', { eventTypes: ['asset.scanned', 'shipment.*'] })
})
afterAll(() => world?.close())

/** An asset and a shipment of its own for each program. */
const envOf = (index: number): Readonly<Record<string, string>> => ({
  KAFKA_BROKERS: world.env['KAFKA_BROKERS'] ?? '',
  ORG_ID: String(world.orgId),
  READ_TOPIC: `${world.prefix}reads`,
  EVENT_TOPIC: `${world.prefix}business-events`,
  DEVICE: warehouse.places[0]?.device ?? '',
  TAG: warehouse.assets[index]?.tag ?? '',
  SHIPMENT: `ship_${quickStarts[index]?.name}`,
})

for (const [index, { name, command, env, whyNot }] of quickStarts.entries()) {
  const title = `${name}: its read and its event are delivered`
  test.skipIf(whyNot !== null)(whyNot === null ? title : `${title} (skipped: ${whyNot})`, async () => {
    const [file = '', ...args] = command
    const given = envOf(index)
    const { stdout } = await run(file, args, { env: { ...env, ...given }, timeout: 60_000 })
    expect(stdout).toMatch(/^acknowledged: /m)
    expect(stdout).toContain(given['READ_TOPIC'])
    expect(stdout).toContain(given['EVENT_TOPIC'])
    const asset = warehouse.assets[index]?.external_key
    await waitUntil('both are delivered', () => {
      const bodies = world.receiver.received('/hook').map(({ body }) => body)
      return bodies.some(isScanOf(asset)) && bodies.some(isApprovalOf(given['SHIPMENT']))
    })
  })
}

const isScanOf =
  (asset: string | undefined) =>
  (body: string): boolean =>
    JSON.parse(body).type === 'asset.scanned' && describeEvent(body) === `${asset} asset.scanned DOCK`
const isApprovalOf =
  (shipment: string | undefined) =>
  (body: string): boolean => {
    const { type, data } = JSON.parse(body)
    return type === 'shipment.approved' && data.shipment.id === shipment
  }

test('what they wrote is right in the eyes of the validator, without a warning but that it is sent already', async () => {
  const seen: Record<string, unknown>[] = []
  for (const topic of ['reads', 'business-events']) {
    await readTopic(world, topic, ({ key, value, headers, timestampMs }) => {
      const timestamp = new Date(timestampMs).toISOString()
      seen.push({ topic, key: String(key), value: String(value), headers, timestamp })
    })
  }
  expect(seen).toHaveLength(2 * quickStarts.filter(({ whyNot }) => whyNot === null).length)
  for (const record of seen) {
    const response = await fetch(`${world.producerUrl}/api/v1/validate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(record),
    })
    expect(response.status).toBe(200)
    const { data } = (await response.json()) as { data: { ok: boolean; warnings: { code: string }[] } }
    expect(data).toMatchObject({ ok: true, problems: [] })
    expect(data.warnings.map(({ code }) => code)).toEqual(['duplicate'])
    expect(record['key']).toMatch(record['topic'] === 'reads' ? /^gw-DOCK$/ : /^shipment:ship_/)
  }
  expect(await readPoison(world)).toEqual([])
})

test('all keys of a reader are on one partition, whichever program wrote them', async () => {
  const partitions = new Set<number>()
  await readTopic(world, 'reads', ({ partition }) => partitions.add(partition))
  expect(partitions.size).toBe(1)
})

test('a program whose record is not acknowledged ends with an error', async () => {
  const [typescript] = quickStarts
  const [file = '', ...args] = typescript?.command ?? []
  const env = { ...typescript?.env, ...envOf(0), READ_TOPIC: `${world.prefix}nothing` }
  await expect(run(file, args, { env, timeout: 60_000 })).rejects.toMatchObject({ code: 1 })
})

test('the page shows the programs that are run here, under the names that they have', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const file of ['typescript/produce.ts', 'python/produce.py', 'java/Produce.java', 'kcat/produce.sh'])
    expect(page).toContain(`(${file})`)
  const versionIn = (file: string, pattern: RegExp): string | undefined =>
    pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1]
  // The clients are those that this repository runs with.
  expect(versionIn('docs/quickstarts/typescript/package.json', /"kafkajs": "([^"]+)"/)).toBe(
    versionIn('packages/kafka/package.json', /"kafkajs": "([^"]+)"/),
  )
  expect(versionIn('docs/quickstarts/java/pom.xml', /kafka-clients<\/artifactId>\s*<version>([^<]+)</)).toBe(
    versionIn('tools/stack/pom.xml', /<kafka.version>([^<]+)</),
  )
})
