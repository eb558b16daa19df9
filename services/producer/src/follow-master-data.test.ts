import { orgId } from '@scanhook/domain/ids'
import { type MasterDataChange, type MasterDataKind, masterDataKinds } from '@scanhook/domain/master-data'
import { expect, test } from 'vitest'
import { followMasterData } from './follow-master-data.ts'

function staleAfter(kind: MasterDataKind, document = '{}'): string[] {
  const stale: string[] = []
  const change: MasterDataChange = {
    orgId: orgId(7),
    kind,
    id: 1,
    version: 1,
    changedAtMs: 0,
    isDeleted: false,
    document,
  }
  followMasterData(
    {
      forgetTag: (org, matchKey) => void stale.push(`tag ${org}:${matchKey}`),
      tagsChanged: (org) => void stale.push(`tags ${org}`),
      pointsChanged: (org) => void stale.push(`points ${org}`),
      fencesChanged: (org) => void stale.push(`fences ${org}`),
    },
    change,
  )
  return stale
}

test('every kind makes stale what depends on it', () => {
  expect(Object.fromEntries(masterDataKinds.map((kind) => [kind, staleAfter(kind)]))).toEqual({
    asset: ['tags 7'],
    tag: ['tags 7'],
    location: ['points 7', 'fences 7'],
    scan_device: ['points 7'],
    scan_point: ['points 7'],
    endpoint: [],
    organization: ['tags 7', 'points 7', 'fences 7'],
  })
})

test('a tag that names its key makes only itself stale; one that can not be read, all of them', () => {
  expect(staleAfter('tag', '{"match_key":"E280","tag_type":"rfid"}')).toEqual(['tag 7:E280'])
  expect(staleAfter('tag', '{"match_key":')).toEqual(['tags 7'])
  expect(staleAfter('tag', '{"match_key":7}')).toEqual(['tags 7'])
})
