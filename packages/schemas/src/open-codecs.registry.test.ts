import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orgId } from '@scanhook/domain/ids'
import type { ScanRead } from '@scanhook/domain/read'
import { openLog } from '@scanhook/observability/log'
import { openTcpDoor, type TcpDoor } from '@scanhook/testkit/tcp-door'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codecSubjects, type OpenCodecsOptions, openCodecs } from './open-codecs.ts'
import { readSubjects } from './read-subjects.ts'

const registry = new URL(process.env['REGISTRY_URL'] ?? 'http://127.0.0.1:0')
const log = openLog({ name: 'test', level: 'fatal' })
const read: ScanRead = {
  orgId: orgId(7),
  readId: 'r-1',
  deviceKey: 'dock-3',
  antennaPort: 2,
  tagType: 'rfid',
  tagValue: 'E280',
  readAtMs: 1,
  rssiCdbm: -5_650,
  reads: 1,
  position: null,
}

let door: TcpDoor
let options: OpenCodecsOptions

beforeEach(async () => {
  door = await openTcpDoor({ host: registry.hostname, port: Number(registry.port) })
  const cacheDir = await mkdtemp(join(tmpdir(), 'scanhook-schemas-'))
  options = {
    registryUrl: `http://127.0.0.1:${door.port}${registry.pathname}`,
    cacheDir,
    prefix: `t${randomUUID()}.`,
    log,
    mode: 'register',
    timeoutMs: 3_000,
  }
})

afterEach(async () => {
  await door.shut()
  // An opening that was refused may still be writing what it learned.
  await rm(options.cacheDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
})

test('O3: lookup before setup says so; after setup it finds the same ids, with the compatibility level set', async () => {
  await expect(openCodecs({ ...options, mode: 'lookup' })).rejects.toMatchObject({
    code: 'SCHEMA_NOT_REGISTERED',
    retriable: false,
  })
  const first = await openCodecs(options)
  const again = await openCodecs(options)
  const found = await openCodecs({ ...options, mode: 'lookup' })
  expect(again.reads.encode(read).equals(first.reads.encode(read))).toBe(true)
  expect(found.reads.encode(read).equals(first.reads.encode(read))).toBe(true)
  expect(found.reads.decode(first.reads.encode(read))).toEqual(read)
  const level = await fetch(`${registry.href}/config/${options.prefix}reads-scanhook.ScanRead`)
  expect(await level.json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
})

test('O1: encoding never waits, also where a topic carries two schemas, told apart by their ids', async () => {
  const { scans, reads } = await openCodecs(options)
  const tick = scans.encode({ kind: 'tick', atMs: 5 })
  expect(scans.decode(tick)).toEqual({ kind: 'tick', atMs: 5 })
  await expect(async () => scans.decode(reads.encode(read))).rejects.toMatchObject({
    poisonReason: 'unknown_schema',
  })
})

test('O2: a process that has seen its schemas starts and works with the registry gone', async () => {
  const before = await openCodecs(options)
  const foreign = await writerOfNewerRead()
  expect(await before.reads.decode(foreign)).toEqual(read)
  await door.shut()
  const after = await openCodecs({ ...options, mode: 'lookup' })
  expect(after.reads.encode(read).equals(before.reads.encode(read))).toBe(true)
  expect(await after.reads.decode(foreign)).toEqual(read)
})

test('with the registry gone and nothing seen, opening is refused as retriable', async () => {
  await door.shut()
  await expect(openCodecs({ ...options, mode: 'lookup' })).rejects.toMatchObject({
    code: 'SCHEMA_REGISTRY_UNAVAILABLE',
    retriable: true,
  })
})

test('O3: a setup that died before it set the compatibility level can be repeated', async () => {
  const subject = `${options.prefix}reads-scanhook.ScanRead`
  const schema = JSON.stringify({ type: 'record', name: 'ScanRead', namespace: 'scanhook', fields: [] })
  await fetch(`${registry.href}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  })
  // No field that ScanRead has may be missing without a default, so the repaired level refuses to go on from here.
  await expect(openCodecs(options)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE', retriable: false })
  const level = await fetch(`${registry.href}/config/${subject}`)
  expect(await level.json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
})

test('an id first met while the registry is gone is unavailable, and decodes when it is back', async () => {
  const codecs = await openCodecs(options)
  const foreign = await writerOfNewerRead()
  await door.shut()
  await expect(codecs.reads.decode(foreign)).rejects.toMatchObject({
    code: 'SCHEMA_REGISTRY_UNAVAILABLE',
    poisonReason: null,
  })
  await door.open()
  expect(await codecs.reads.decode(foreign)).toEqual(read)
})

test('a registry that accepts and never answers is as good as away', async () => {
  await openCodecs(options)
  door.freeze()
  const codecs = await openCodecs({ ...options, mode: 'lookup', timeoutMs: 200 })
  expect(codecs.reads.decode(codecs.reads.encode(read))).toEqual(read)
})

test('an id that the registry does not know is poison', async () => {
  const codecs = await openCodecs(options)
  const unknown = Buffer.from(codecs.reads.encode(read))
  unknown.writeInt32BE(2_000_000_000, 1)
  await expect(codecs.reads.decode(unknown)).rejects.toMatchObject({ poisonReason: 'unknown_schema' })
})

test('D1: files are complete or absent, also with several writers at once', async () => {
  await Promise.all(Array.from({ length: 5 }, () => openCodecs(options)))
  const [folder] = await readdir(options.cacheDir)
  const root = join(options.cacheDir, folder ?? '')
  const files = await readdir(root)
  expect(files.every((file) => /^subject-[0-9a-f]{16}\.json$/.test(file))).toBe(true)
  for (const file of files) expect(JSON.parse(await readFile(join(root, file), 'utf8'))).toHaveProperty('id')
})

test('D2: a damaged cache is as good as none', async () => {
  await openCodecs(options)
  const [folder] = await readdir(options.cacheDir)
  const root = join(options.cacheDir, folder ?? '')
  for (const file of await readdir(root)) await writeFile(join(root, file), '{"id":')
  await openCodecs({ ...options, mode: 'lookup' })
  for (const file of await readdir(root)) await writeFile(join(root, file), '{"id":')
  await door.shut()
  await expect(openCodecs({ ...options, mode: 'lookup' })).rejects.toMatchObject({
    code: 'SCHEMA_REGISTRY_UNAVAILABLE',
  })
})

test('D2: a folder that can not be written does not stop a service', async () => {
  const file = join(options.cacheDir, 'a-file')
  await writeFile(file, '')
  const codecs = await openCodecs({ ...options, cacheDir: join(file, 'below') })
  expect(codecs.reads.decode(codecs.reads.encode(read))).toEqual(read)
})

/** Registers ScanRead with one field more, as a newer upstream would, and writes `read` with it. */
async function writerOfNewerRead(): Promise<Buffer> {
  const subject = `${options.prefix}reads-scanhook.ScanRead`
  const current = (await (await fetch(`${registry.href}/subjects/${subject}/versions/latest`)).json()) as {
    schema: string
  }
  const schema = JSON.parse(current.schema) as { fields: unknown[] }
  schema.fields.push({ name: 'phase', type: ['null', 'int'], default: null, doc: 'Phase angle.' })
  const answer = await fetch(`${registry.href}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  })
  const { id } = (await answer.json()) as { id: number }
  const ours = (await openCodecs({ ...options, registryUrl: registry.href })).reads.encode(read)
  const bytes = Buffer.concat([ours, Buffer.of(0)])
  bytes.writeInt32BE(id, 1)
  return bytes
}

test('the subjects that are told are those that opening registers, with versions, ids and level', async () => {
  const asked = { registryUrl: options.registryUrl, prefix: options.prefix, timeoutMs: 3_000 }
  expect((await readSubjects(asked)).every(({ facts }) => facts === null)).toBe(true)
  await openCodecs(options)
  const all = (await (await fetch(`${registry.href}/subjects`)).json()) as readonly string[]
  const told = codecSubjects(options.prefix).map(({ subject }) => subject)
  expect(told.toSorted()).toEqual(all.filter((each) => each.startsWith(options.prefix)).toSorted())
  for (const { facts } of await readSubjects(asked))
    expect(facts).toEqual({
      ...{ versionCount: 1, compatibility: 'FULL_TRANSITIVE' },
      versions: [{ version: 1, id: expect.any(Number) }],
    })
  await door.shut()
  await expect(readSubjects(asked)).rejects.toMatchObject({ code: 'SCHEMA_REGISTRY_UNAVAILABLE' })
})
