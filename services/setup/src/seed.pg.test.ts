import { scopes } from '@scanhook/domain/scope'
import { silentLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase } from '@scanhook/postgres/test-database'
import { expect, test } from 'vitest'
import { seed } from './seed.ts'

test('the same organization each time, a key that works with all scopes, and never more than ten of them', async () => {
  const database = await createTestDatabase('seed', process.env['POSTGRES_URL'])
  const pg = openPostgres({ url: database.url, log: silentLog })
  const ports = { ensureOrganization: organizations(pg).ensure, keys: apiKeys(pg) }
  const first = await seed(ports, 'Demo')
  const second = await seed(ports, 'Demo')
  expect(second.orgId).toBe(first.orgId)
  expect((await seed(ports, 'Other')).orgId).not.toBe(first.orgId)
  for (const { apiKey } of [first, second])
    expect(await apiKeys(pg).authenticate(apiKey)).toMatchObject({ orgId: first.orgId, scopes })
  for (let run = 0; run < 10; run++) await seed(ports, 'Demo')
  expect((await apiKeys(pg).list(first.orgId, { limit: 50, offset: 0 })).totalCount).toBe(10)
  expect(await apiKeys(pg).authenticate(first.apiKey)).toBeNull()
  await pg.close()
  await database.drop()
})
