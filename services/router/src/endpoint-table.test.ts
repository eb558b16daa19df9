import type { Endpoint } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointTable } from './endpoint-table.ts'

function changeOf(id: number, version: number, given: Partial<MasterDataChange> = {}): MasterDataChange {
  const endpoint: Endpoint = {
    id: endpointId(id),
    orgId: orgId(1),
    url: `https://example.com/${version}`,
    state: 'active',
    profile: 'standard',
    sealedSecrets: [],
    headers: {},
    subscriptions: [{ eventType: '*', filter: null }],
    createdAtMs: 1,
    version,
  }
  return {
    orgId: orgId(1),
    kind: 'endpoint',
    id,
    version,
    changedAtMs: 1,
    isDeleted: false,
    document: JSON.stringify(endpoint),
    ...given,
  }
}

test('E1, E2: whatever the order of announcements, the newest of each endpoint counts', () => {
  const changes = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 4 }),
      version: fc.integer({ min: 1, max: 40 }),
      isDeleted: fc.boolean(),
    }),
    { selector: ({ version }) => version, maxLength: 30 },
  )
  fc.assert(
    fc.property(changes, (script) => {
      const table = endpointTable()
      for (const { id, version, isDeleted } of script) {
        expect(table.apply(changeOf(id, version, isDeleted ? { isDeleted, document: '{}' } : {}))).toBeNull()
      }
      const newest = new Map<number, (typeof script)[number]>()
      for (const change of script) {
        if ((newest.get(change.id)?.version ?? 0) < change.version) newest.set(change.id, change)
      }
      const expected = [...newest.values()]
        .filter(({ isDeleted }) => !isDeleted)
        .sort((one, other) => one.id - other.id)
      expect(table.ofOrganization(orgId(1)).map(({ id, version }) => [id, version])).toEqual(
        expected.map(({ id, version }) => [id, version]),
      )
      expect(table.size()).toBe(expected.length)
    }),
  )
})

test('E3: an announcement that is no endpoint is refused and changes nothing', () => {
  const table = endpointTable()
  table.apply(changeOf(1, 1))
  for (const document of ['{', '[]', 'null', '{}', JSON.stringify({ id: 2 })]) {
    expect(table.apply(changeOf(1, 2, { document }))).toContain('endpoint 1')
  }
  expect(table.apply(changeOf(1, 2, { orgId: orgId(9) }))).toContain('endpoint 1')
  expect(table.ofOrganization(orgId(1)).map(({ version }) => version)).toEqual([1])
  expect(table.apply(changeOf(1, 3))).toBeNull()
  expect(table.ofOrganization(orgId(1)).map(({ version }) => version)).toEqual([3])
})

test('other kinds and other organizations do not show', () => {
  const table = endpointTable()
  expect(table.apply(changeOf(5, 1, { kind: 'asset', document: '{}' }))).toBeNull()
  table.apply(changeOf(1, 1))
  expect(table.ofOrganization(orgId(2))).toEqual([])
  expect(table.size()).toBe(1)
})
