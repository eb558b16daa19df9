/** Rotating the ring's keys over real PostgreSQL: interrupted, beside customers who rotate, with texts that do not open. */
import type { Endpoint } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { type EndpointInput, endpoints } from '@scanhook/postgres/endpoints'
import { idempotencyKeys } from '@scanhook/postgres/idempotency-keys'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { openOutboxSession } from '@scanhook/postgres/outbox'
import { type SealedTexts, sealedTexts } from '@scanhook/postgres/sealed-texts'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { type KeyRing, openKeyRing } from '@scanhook/signing/seal'
import { newSecret } from '@scanhook/signing/secret'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { announcedSecrets } from './announced-secrets.ts'
import { heldBy, resealSecrets, whereaboutsOf } from './reseal-secrets.ts'

const oldKey = `old_1:${Buffer.alloc(32, 1).toString('base64')}`
const newKey = `new-2:${Buffer.alloc(32, 2).toString('base64')}`
const before = openKeyRing(oldKey)
const both = openKeyRing(`${newKey},${oldKey}`)
const after = openKeyRing(newKey)

let database: TestDatabase
let pg: Postgres
let texts: SealedTexts
let orgId = 0

beforeEach(async () => {
  database = await createTestDatabase('reseal', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  texts = sealedTexts(pg)
  orgId = (await organizations(pg).ensure('A')).id
})
afterEach(async () => {
  await pg.close()
  await database.drop()
})

const stored = (ring: KeyRing, plain: string) => ({
  sealed: ring.seal(plain),
  hint: plain.slice(-4),
  publicKey: null,
})
const hourMs = 3_600_000

/** Endpoints with two secrets each, newest first, in clear. */
async function makeEndpoints(count: number): Promise<Map<number, string[]>> {
  const made = new Map<number, string[]>()
  for (let n = 0; n < count; n++) {
    const [first, second] = [newSecret(), newSecret()]
    const input: EndpointInput = {
      url: 'https://example.test/hook',
      state: 'active',
      profile: 'standard',
      headers: {},
      subscriptions: [],
      secret: stored(before, first),
    }
    const created = await endpoints(pg).create(orgId, input, 1_000)
    if (created.kind !== 'changed') throw new Error(created.kind)
    await endpoints(pg).rotateSecret(orgId, created.row.id, stored(before, second), hourMs)
    made.set(created.row.id, [second, first])
  }
  return made
}

const answer = (n: number) => ({ status: 201, headers: {}, body: `{"data":{"secret":"whsec_${n}"}}` })
const fingerprint = 'f'.repeat(43)

async function keepAnswers(count: number): Promise<void> {
  const keys = idempotencyKeys(pg, before)
  for (let n = 0; n < count; n++) {
    await keys.claim({ orgId, key: `key-${n}` }, fingerprint)
    await keys.keep({ orgId, key: `key-${n}` }, answer(n))
  }
}

/** What would be on `master-data`: everything that was announced, in order. */
async function announced() {
  const session = await openOutboxSession(pg, { onWake: () => undefined, onEnd: () => undefined })
  const all = await session.list(100_000)
  await session.close()
  return all
}

async function lastAnnounced(id: number): Promise<Endpoint> {
  const last = (await announced()).filter((change) => change.id === id).at(-1)
  return JSON.parse(last?.document ?? '{}') as Endpoint
}

const ports = (ring: KeyRing, over: Partial<SealedTexts> = {}, isStopped = () => false) => ({
  texts: { ...texts, ...over },
  ring,
  isStopped,
})
const run = { isDryRun: false }

test('R2, R4: afterwards everything opens with the new key alone, stored and announced; a second run writes nothing, a dry run nothing at all', async () => {
  const made = await makeEndpoints(12)
  await keepAnswers(45) // more than two pages
  await idempotencyKeys(pg, before).claim({ orgId, key: 'under way' }, fingerprint)
  const wouldBe = { secrets: 24, answers: 45, meanwhile: 0, unopened: [], unopenedCount: 0 }
  const announcedBefore = (await announced()).length
  expect(await resealSecrets(ports(both), { isDryRun: true })).toEqual(wouldBe)
  expect([...(await texts.countSecrets())]).toEqual([['old_1', 24]])
  expect((await announced()).length).toBe(announcedBefore)

  expect(await resealSecrets(ports(both), run)).toEqual(wouldBe)
  expect([...(await texts.countSecrets()), ...(await texts.countAnswers())]).toEqual([
    ['new-2', 24],
    ['new-2', 45],
  ])
  for (const [id, secrets] of made) {
    const row = await endpoints(pg).find(orgId, id)
    expect(row?.secrets.map(({ sealed }) => after.open(sealed))).toEqual(secrets)
    const document = await lastAnnounced(id)
    expect(document.sealedSecrets.map((sealed) => after.open(sealed))).toEqual(secrets)
    expect([document.version, row?.version]).toEqual([3, 3])
  }
  for (let n = 0; n < 45; n++)
    expect(await idempotencyKeys(pg, after).claim({ orgId, key: `key-${n}` }, fingerprint)).toEqual({
      kind: 'kept',
      answer: answer(n),
    })
  expect((await announced()).length).toBe(announcedBefore + 12)
  expect(await resealSecrets(ports(both), run)).toEqual({ ...wouldBe, secrets: 0, answers: 0 })
  expect((await announced()).length).toBe(announcedBefore + 12)
})

test('interrupted anywhere, it goes on when it is run again, and announces each endpoint once', async () => {
  const made = await makeEndpoints(10)
  await keepAnswers(3)
  const announcedBefore = (await announced()).length
  let replaced = 0
  const dies = {
    replaceSecrets: (all: Parameters<SealedTexts['replaceSecrets']>[0]) => {
      if (++replaced > 4) throw new Error('killed')
      return texts.replaceSecrets(all)
    },
  }
  await expect(resealSecrets(ports(both, dies), run)).rejects.toThrow('killed')
  expect(Object.fromEntries(await texts.countSecrets())).toEqual({ 'new-2': 8, old_1: 12 })
  for (const [id, secrets] of made) {
    const { sealedSecrets } = await lastAnnounced(id)
    expect(sealedSecrets.map((sealed) => both.open(sealed))).toEqual(secrets)
  }
  let looks = 0
  const stopped = await resealSecrets(
    ports(both, {}, () => ++looks > 3),
    run,
  )
  expect(stopped.secrets).toBeGreaterThan(0)
  expect(stopped.secrets).toBeLessThan(12)
  expect(await resealSecrets(ports(both), run)).toMatchObject({ secrets: 12 - stopped.secrets, answers: 3 })
  expect([...(await texts.countSecrets())]).toEqual([['new-2', 20]])
  expect((await announced()).length).toBe(announcedBefore + 10)
})

test('R1 of sealed-texts: what a customer rotates, ends or deletes between reading and replacing stays as the customer left it', async () => {
  const made = await makeEndpoints(3)
  const [rotated = 0, ended = 0, deleted = 0] = made.keys()
  const [afterwards, alone] = [newSecret(), newSecret()]
  let isDone = false
  const meanwhile = {
    replaceSecrets: async (all: Parameters<SealedTexts['replaceSecrets']>[0]) => {
      if (!isDone) {
        isDone = true
        await endpoints(pg).rotateSecret(orgId, rotated, stored(both, afterwards), hourMs)
        await endpoints(pg).rotateSecret(orgId, ended, stored(both, alone), 0)
        await endpoints(pg).remove(orgId, deleted)
      }
      return texts.replaceSecrets(all)
    },
  }
  expect(await resealSecrets(ports(both, meanwhile), run)).toMatchObject({ secrets: 2, meanwhile: 4 })
  const opened = async (id: number) =>
    (await lastAnnounced(id)).sealedSecrets.map((sealed) => after.open(sealed))
  expect(await opened(rotated)).toEqual([afterwards, ...(made.get(rotated) ?? [])])
  expect(await opened(ended)).toEqual([alone])
  expect(await endpoints(pg).find(orgId, deleted)).toBeNull()
  expect((await announced()).filter((change) => change.id === deleted).at(-1)?.isDeleted).toBe(true)
  expect([...(await texts.countSecrets())]).toEqual([['new-2', 4]])
})

test('beside customers who rotate all the time nothing is lost: what was given out last signs, under the new key alone', async () => {
  const made = await makeEndpoints(8)
  const last = new Map<number, string>()
  const customers = [...made.keys()].map(async (id) => {
    for (let n = 0; n < 5; n++) {
      const secret = newSecret()
      await endpoints(pg).rotateSecret(orgId, id, stored(both, secret), 0)
      last.set(id, secret)
    }
  })
  const operators = [1, 2, 3].map(() => resealSecrets(ports(both), run))
  for (const { unopenedCount } of await Promise.all(operators)) expect(unopenedCount).toBe(0)
  await Promise.all(customers)
  await resealSecrets(ports(both), run)
  for (const [id, secret] of last) {
    const versions = (await announced())
      .filter((change) => change.id === id)
      .map(({ document }) => (JSON.parse(document) as Endpoint).version)
    expect(versions).toEqual(versions.map((_, index) => index + 1))
    expect((await lastAnnounced(id)).sealedSecrets.map((sealed) => after.open(sealed))).toEqual([secret])
  }
})

test('R1 of sealed-texts: of three operators at once one replaces each text, and each endpoint is announced once', async () => {
  await makeEndpoints(10)
  await keepAnswers(30)
  const announcedBefore = (await announced()).length
  const all = await Promise.all([1, 2, 3].map(() => resealSecrets(ports(both), run)))
  const total = (of: 'secrets' | 'answers') => all.reduce((sum, each) => sum + each[of], 0)
  expect([total('secrets'), total('answers')]).toEqual([20, 30])
  expect((await announced()).length).toBe(announcedBefore + 10)
})

test('R1: what does not open is named by its ids and stays; everything else goes on, and nothing secret is told', async () => {
  const made = await makeEndpoints(3)
  await keepAnswers(2)
  const [id = 0] = made.keys()
  const lost = openKeyRing(`lost:${Buffer.alloc(32, 9).toString('base64')}`)
  await endpoints(pg).rotateSecret(orgId, id, stored(lost, newSecret()), hourMs)
  const keys = idempotencyKeys(pg, lost)
  await keys.claim({ orgId, key: 'gone' }, fingerprint)
  await keys.keep({ orgId, key: 'gone' }, answer(0))
  const done = await resealSecrets(ports(both), run)
  expect(done).toMatchObject({ secrets: 6, answers: 2, meanwhile: 0, unopenedCount: 2 })
  expect(done.unopened).toEqual([
    { what: expect.stringMatching(new RegExp(`^endpoint ${id}, secret \\d+$`)), code: 'SEAL_KEY_UNKNOWN' },
    { what: `organization ${orgId}, idempotency key "gone"`, code: 'SEAL_KEY_UNKNOWN' },
  ])
  expect(Object.fromEntries(await texts.countSecrets())).toEqual({ lost: 1, 'new-2': 6 })
})

test('R3: an old key is needed as long as the table, the outbox or the newest announcement has something under it', async () => {
  const made = await makeEndpoints(2)
  const relayed = [...(await announced())]
  const where = async () =>
    whereaboutsOf({ texts, countOnTopic: () => announcedSecrets(async (apply) => relayed.forEach(apply)) })
  const forget = async (): Promise<void> => {
    const session = await openOutboxSession(pg, { onWake: () => undefined, onEnd: () => undefined })
    await session.forget((await announced()).map(({ version }) => version))
    await session.close()
  }
  await forget()
  expect(heldBy(await where(), 'new-2')).toEqual(['old_1'])
  await resealSecrets(ports(both), run)
  const waiting = await where()
  expect(Object.fromEntries(waiting.secrets)).toEqual({ 'new-2': 4 })
  expect([Object.fromEntries(waiting.outbox), Object.fromEntries(waiting.topic)]).toEqual([
    { 'new-2': 4 },
    { old_1: 4 },
  ])
  expect(heldBy(waiting, 'new-2')).toEqual(['old_1']) // the topic has not heard of it
  const [first, second] = [...made.keys()]
  const told = await announced()
  relayed.push(...told.filter(({ id }) => id === first))
  expect(Object.fromEntries((await where()).topic)).toEqual({ 'new-2': 2, old_1: 2 })
  relayed.push(...told.filter(({ id }) => id === second))
  await forget()
  expect(heldBy(await where(), 'new-2')).toEqual([])
})
