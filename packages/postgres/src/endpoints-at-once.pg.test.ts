/** Several writers of the same endpoint at once, in whatever order PostgreSQL lets them through. */
import { type Endpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId as orgIdOf } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointLives } from './endpoint-lives.ts'
import { endpointDocument, endpoints, type NewSecret } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { sealedTexts } from './sealed-texts.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0

beforeAll(async () => {
  database = await createTestDatabase('endpoints-at-once', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 8 })
  orgId = (await organizations(pg).ensure('A')).id
})
afterAll(async () => {
  await pg.close()
  await database.drop()
})

let made = 0
const newSecret = (): NewSecret => ({ sealed: `v1.k1.s${++made}`, hint: 'abcd', publicKey: null })

async function makeEndpoint(): Promise<number> {
  const input = {
    url: 'https://example.test/hook',
    state: 'active',
    profile: 'standard',
    headers: {},
    subscriptions: [plainSubscription('*')],
    secret: newSecret(),
  } as const
  const created = await endpoints(pg).create(orgId, input, 10_000)
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row.id
}

interface Announced extends Endpoint {
  readonly isDeleted: boolean
}

async function announced(id: number): Promise<readonly Announced[]> {
  const { rows } = await sql<{ isDeleted: boolean; document: string }>`
    select is_deleted, document from outbox where entity_id = ${id} order by position`.execute(pg.db)
  return rows.map(({ isDeleted, document }) => ({ ...(JSON.parse(document) as Endpoint), isDeleted }))
}

const hourMs = 3_600_000
const soon = new Date(Date.now() - hourMs)

/** Everything that anybody changes about an endpoint, by who does it. */
const acts = {
  rename: (id, n) => endpoints(pg).update(orgId, id, { name: `name ${n}` }),
  addHeader: (id, n) =>
    endpoints(pg).update(orgId, id, ({ headers }) => ({ headers: { ...headers, [`X-${n}`]: 'v' } })),
  resubscribe: (id, n) =>
    endpoints(pg).update(orgId, id, {
      subscriptions: [plainSubscription(n % 2 === 0 ? 'asset.moved' : 'location.*')],
    }),
  pause: (id) => endpoints(pg).update(orgId, id, { state: 'paused' }),
  enable: (id) => endpoints(pg).update(orgId, id, { state: 'active' }),
  rotate: (id) => endpoints(pg).rotateSecret(orgId, id, newSecret(), hourMs),
  rotateAtOnce: (id) => endpoints(pg).rotateSecret(orgId, id, newSecret(), 0),
  end: (id) =>
    sql`update endpoint_secrets set expires_at = ${soon.toISOString()}::timestamptz
      where endpoint_id = ${id} and expires_at is not null`.execute(pg.db),
  forget: () => endpoints(pg).forgetEndedSecrets(100),
  mark: (id, n) =>
    endpointLives(pg).change(orgIdOf(orgId), endpointId(id), ({ life }) => ({
      life: { ...life, failingSinceMs: 1_000 * n, failingAtMs: 1_000 * n + 1 },
      notice: null,
    })),
  pace: (_, n) => organizations(pg).update(orgId, { deliveriesPerSecond: n + 1 }),
  reseal: async (id) => {
    const all = (await sealedTexts(pg).listSecrets(null, 10_000)).filter(({ endpointId: of }) => of === id)
    return sealedTexts(pg).replaceSecrets(all.map((each) => ({ ...each, resealed: `v1.k2.s${++made}` })))
  },
  remove: (id) => endpoints(pg).remove(orgId, id),
} satisfies Record<string, (id: number, n: number) => Promise<unknown>>

const names = Object.keys(acts) as (keyof typeof acts)[]
const writer = fc.array(fc.constantFrom(...names.filter((name) => name !== 'remove')), {
  minLength: 1,
  maxLength: 6,
})

test('E2, X2, E6: whatever is done at once, versions rise by one in the order of the announcements, none is missing, and the last says what is stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(writer, { minLength: 2, maxLength: 5 }),
      fc.boolean(),
      async (writers, isRemoved) => {
        const id = await makeEndpoint()
        const headers = new Set<string>()
        await Promise.all([
          ...writers.map(async (all, who) => {
            for (const [index, name] of all.entries()) {
              const n = who * 100 + index
              await acts[name](id, n)
              if (name === 'addHeader') headers.add(`X-${n}`)
            }
          }),
          ...(isRemoved ? [acts.remove(id)] : []),
        ])
        await endpoints(pg).forgetEndedSecrets(100)
        const all = await announced(id)
        expect(all.map(({ version }) => version)).toEqual(all.map((_, index) => index + 1))
        const last = all.at(-1)
        const row = await endpoints(pg).find(orgId, id)
        if (isRemoved) {
          expect([row, last?.isDeleted, last?.sealedSecrets]).toEqual([null, true, []])
          return
        }
        if (row === null || last === undefined) throw new Error('it is there')
        expect(last).toEqual({ ...endpointDocument(row), isDeleted: false })
        expect(new Set(Object.keys(row.headers))).toEqual(headers)
        expect(row.secrets.length).toBeLessThanOrEqual(5)
        expect(row.secrets.filter(({ expiresAt }) => expiresAt === null).length).toBe(1)
      },
    ),
    { numRuns: 60 },
  )
}, 120_000)

test('E6: what a decision throws is thrown, and nothing is changed', async () => {
  const id = await makeEndpoint()
  const refused = endpoints(pg).update(orgId, id, () => {
    throw new RangeError('refused')
  })
  await expect(refused).rejects.toThrow(new RangeError('refused'))
  expect((await announced(id)).length).toBe(1)
  await endpoints(pg).remove(orgId, id)
  expect(await endpoints(pg).update(orgId, id, () => ({ name: 'x' }))).toEqual({ kind: 'not_found' })
})
