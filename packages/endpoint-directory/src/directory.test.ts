import { plainEndpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { endpointId, orgId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointDirectory } from './directory.ts'

function changeOf(id: number, version: number, given: Partial<MasterDataChange> = {}): MasterDataChange {
  const document = {
    id,
    orgId: 1,
    url: `https://v${version}.example/`,
    state: 'active',
    profile: 'standard',
    sealedSecrets: ['s'],
    headers: {},
    subscriptions: [plainSubscription('*')],
    ...plainEndpoint,
    createdAtMs: 1,
    version,
  }
  return {
    orgId: orgId(1),
    kind: 'endpoint',
    id,
    version,
    changedAtMs: version,
    isDeleted: false,
    document: JSON.stringify(document),
    ...given,
  }
}

const deletion = { isDeleted: true, document: '{}' }

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
      const directory = endpointDirectory()
      for (const { id, version, isDeleted } of script) {
        expect(directory.apply(changeOf(id, version, isDeleted ? deletion : {}))).toBeNull()
      }
      const oldestFirst = script.toSorted((one, other) => one.version - other.version)
      const newest = new Map(oldestFirst.map((change) => [change.id, change]))
      const expected = [...newest.values()]
        .filter(({ isDeleted }) => !isDeleted)
        .sort((one, other) => one.id - other.id)
      expect(directory.ofOrganization(orgId(1)).map(({ id, version }) => [id, version])).toEqual(
        expected.map(({ id, version }) => [id, version]),
      )
      expect(directory.size()).toBe(expected.length)
      for (const { id, version, isDeleted } of newest.values()) {
        expect(directory.find(endpointId(id))).toMatchObject(
          isDeleted ? { kind: 'deleted' } : { kind: 'known', endpoint: { id, version } },
        )
      }
    }),
  )
})

test('E2: deleted is known as deleted and stays so; never announced is unknown', () => {
  const directory = endpointDirectory()
  expect(directory.find(endpointId(7))).toEqual({ kind: 'unknown' })
  directory.apply(changeOf(7, 1))
  directory.apply(changeOf(7, 3, deletion))
  directory.apply(changeOf(7, 2))
  expect(directory.find(endpointId(7))).toEqual({ kind: 'deleted' })
  expect(directory.ofOrganization(orgId(1))).toEqual([])
  expect(directory.size()).toBe(0)
})

const { document } = changeOf(7, 2)

test.each<[what: string, given: Partial<MasterDataChange>]>([
  ['no JSON', { document: '{' }],
  ['a list', { document: '[]' }],
  ['null', { document: 'null' }],
  ['another endpoint', { document: document.replace('"id":7', '"id":8') }],
  ['an endpoint of another organization', { orgId: orgId(9) }],
  ['a state nobody knows', { document: document.replace('active', 'sleeping') }],
  ['a profile nobody knows', { document: document.replace('"standard"', '"other"') }],
  ['secrets that are none', { document: document.replace('["s"]', '[1]') }],
  ['a filter that is no text', { document: document.replace('"filter":null', '"filter":7') }],
  ['a subscription without a type', { document: document.replace('"eventType"', '"type"') }],
])('E3: %s changes nothing and is reported', (_what, given) => {
  const directory = endpointDirectory()
  directory.apply(changeOf(7, 1))
  expect(directory.apply(changeOf(7, 2, given))).toMatch(/endpoint 7/)
  expect(directory.find(endpointId(7))).toMatchObject({ kind: 'known', endpoint: { version: 1 } })
  expect(directory.ofOrganization(orgId(1)).map(({ version }) => version)).toEqual([1])
  expect(directory.apply(changeOf(7, 3))).toBeNull()
  expect(directory.ofOrganization(orgId(1)).map(({ version }) => version)).toEqual([3])
})

test('other kinds and other organizations do not show', () => {
  const directory = endpointDirectory()
  expect(directory.apply(changeOf(5, 1, { kind: 'asset', document: '{}' }))).toBeNull()
  directory.apply(changeOf(1, 1))
  expect(directory.ofOrganization(orgId(2))).toEqual([])
  expect(directory.size()).toBe(1)
})
