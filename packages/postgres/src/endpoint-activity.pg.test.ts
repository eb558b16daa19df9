import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttemptRow, appendAttempts } from './attempts.ts'
import { type DeliveryRow, mergeDeliveries } from './deliveries.ts'
import { endpointActivities } from './endpoint-activity.ts'
import { type EndpointInput, endpoints } from './endpoints.ts'
import { openPostgres, type Postgres } from './open.ts'
import { organizations } from './organizations.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0
let otherOrgId = 0
const ids = { failing: 0, quiet: 0, theirs: 0 }
const nowMs = Date.UTC(2026, 10, 20, 12)

beforeAll(async () => {
  database = await createTestDatabase('endpoint_activity', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  orgId = (await organizations(pg).ensure('A')).id
  otherOrgId = (await organizations(pg).ensure('B')).id
  ids.failing = await endpointOf(orgId)
  ids.quiet = await endpointOf(orgId)
  ids.theirs = await endpointOf(otherOrgId)
})
afterAll(async () => {
  await pg?.close()
  await database?.drop()
})

async function endpointOf(org: number): Promise<number> {
  const input: EndpointInput = {
    ...{ url: 'https://receiver.example/hook', profile: 'standard', state: 'active', headers: {} },
    subscriptions: [plainSubscription('*')],
    secret: { sealed: 'v1.k1.a.b.c', hint: '2c7d', publicKey: null },
  }
  const created = await endpoints(pg).create(org, input, 50)
  if (created.kind !== 'changed') throw new Error(created.kind)
  return created.row.id
}

const uuid = (n: number): string => `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`

function attempt(n: number, change: Partial<AttemptRow>): AttemptRow {
  const nothing = { responseHeadersJson: null, responseBody: null, isBodyTruncated: null, retryAfterMs: null }
  const untimed = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null }
  return {
    ...{ ...nothing, ...untimed, batchId: null, batchSize: null, remoteAddress: null, nextAttemptAtMs: null },
    ...{ deliveryId: uuid(n), attemptNumber: 1, disposition: 'retry', startedAtMs: nowMs, orgId },
    ...{ endpointId: ids.failing, eventId: uuid(n), eventType: 'asset.moved', trigger: 'event' },
    ...{ url: 'https://receiver.example/hook', requestHeadersJson: '{}', requestBody: '{}' },
    ...{ outcome: 'responded' as const, status: 503, errorClass: null, errorMessage: null },
    ...{ totalMs: 10, reason: null },
    ...change,
  }
}

function delivery(n: number, change: Partial<DeliveryRow>): DeliveryRow {
  return {
    ...{ deliveryId: uuid(n), orgId, endpointId: ids.failing, eventId: uuid(n), eventType: 'asset.moved' },
    ...{ eventOccurredAtMs: nowMs, trigger: 'event', state: 'pending', attempts: 1 },
    ...{ nextAttemptAtMs: nowMs + 60_000, deadReason: null, heldReason: null, createdAtMs: nowMs },
    ...{ firstAttemptAtMs: nowMs, lastAttemptAtMs: nowMs, lastStatus: 503, lastErrorClass: null },
    ...{ completedAtMs: null, rankAttemptNumber: 1, supersededBy: null, rankAtMs: nowMs, manualChains: null },
    ...change,
  }
}

test('A1, A2: the newest request and the soonest attempt, of the living endpoints of one organization', async () => {
  await appendAttempts(
    pg.db,
    [
      attempt(1, { startedAtMs: nowMs - 5_000, status: 200, disposition: 'delivered' }),
      attempt(2, { startedAtMs: nowMs }),
      // A hold is no request.
      attempt(2, {
        attemptNumber: 2,
        startedAtMs: nowMs + 9_000,
        disposition: 'held',
        outcome: null,
        status: null,
      }),
      attempt(3, { orgId: otherOrgId, endpointId: ids.theirs, startedAtMs: nowMs + 20_000 }),
    ],
    0,
  )
  await mergeDeliveries(pg.db, [
    delivery(1, { state: 'delivered', nextAttemptAtMs: null, completedAtMs: nowMs }),
    delivery(2, {}),
    delivery(4, { nextAttemptAtMs: nowMs + 30_000, createdAtMs: nowMs - 1 }),
    delivery(3, { orgId: otherOrgId, endpointId: ids.theirs, nextAttemptAtMs: nowMs + 1 }),
  ])
  const { rows, isComplete } = await endpointActivities(pg).list(orgId)
  expect(isComplete).toBe(true)
  expect(rows.toSorted((one, other) => one.endpointId - other.endpointId)).toEqual([
    {
      endpointId: ids.failing,
      nextAttemptAt: nowMs + 30_000,
      last: { deliveryId: uuid(2), startedAt: nowMs, disposition: 'retry', status: 503, errorClass: null },
    },
    { endpointId: ids.quiet, nextAttemptAt: null, last: null },
  ])
})

test('another organization’s endpoints are nobody’s', async () => {
  expect((await endpointActivities(pg).list(orgId, [ids.theirs])).rows).toEqual([])
  const [only, ...others] = (await endpointActivities(pg).list(orgId, [ids.quiet, ids.theirs])).rows
  expect([only?.endpointId, others]).toEqual([ids.quiet, []])
})

test('A2: where more wait than are looked at, that is said', async () => {
  const many = Array.from({ length: 2_000 }, (_, n) => delivery(1_000 + n, { createdAtMs: nowMs + 1 + n }))
  await mergeDeliveries(pg.db, many)
  expect((await endpointActivities(pg).list(orgId)).isComplete).toBe(false)
})
