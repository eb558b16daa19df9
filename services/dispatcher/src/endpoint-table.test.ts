import { endpointId, orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointTable } from './endpoint-table.ts'

function change(version: number, given: Partial<MasterDataChange> = {}): MasterDataChange {
  const document = {
    id: 7,
    orgId: 1,
    url: `https://v${version}.example/`,
    state: 'active',
    profile: 'standard',
    sealedSecrets: ['s'],
    headers: {},
    subscriptions: [],
    createdAtMs: 1,
    version,
  }
  return {
    orgId: orgId(1),
    kind: 'endpoint',
    id: 7,
    version,
    changedAtMs: version,
    isDeleted: false,
    document: JSON.stringify(document),
    ...given,
  }
}

const id = endpointId(7)

test('E1: the newest version counts, in whatever order they arrive', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }), (versions) => {
      const table = endpointTable()
      for (const version of versions) expect(table.apply(change(version))).toBeNull()
      expect(table.find(id)).toMatchObject({ kind: 'known', endpoint: { url: 'https://v5.example/' } })
      expect(table.size()).toBe(1)
    }),
  )
})

test('E2: deleted is known as deleted and stays so; never announced is unknown', () => {
  const table = endpointTable()
  expect(table.find(id)).toEqual({ kind: 'unknown' })
  table.apply(change(1))
  table.apply(change(3, { isDeleted: true, document: '{}' }))
  table.apply(change(2))
  expect(table.find(id)).toEqual({ kind: 'deleted' })
  expect(table.size()).toBe(0)
})

test.each([
  ['no JSON', '{'],
  ['another endpoint', JSON.stringify({ id: 8 })],
  ['no object', '7'],
  ['a state nobody knows', change(2).document.replace('active', 'sleeping')],
  ['a profile nobody knows', change(2).document.replace('"standard"', '"other"')],
  ['secrets that are none', change(2).document.replace('["s"]', '[1]')],
])('E3: %s changes nothing and is reported', (_what, document) => {
  const table = endpointTable()
  table.apply(change(1))
  expect(table.apply(change(2, { document }))).toMatch(/endpoint 7/)
  expect(table.find(id)).toMatchObject({ kind: 'known', endpoint: { url: 'https://v1.example/' } })
})

test('E1: other kinds are none of its business', () => {
  expect(endpointTable().apply(change(1, { kind: 'asset', document: 'x' }))).toBeNull()
})
