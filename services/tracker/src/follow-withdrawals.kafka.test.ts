/** Deletions in master data against the real broker: what reaches `scans`, and that the asset then leaves. */
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, locationId, orgId, scanDeviceId, scanPointId } from '@scanhook/domain/ids'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import type { Scan, Withdrawal } from '@scanhook/domain/scan'
import type { KafkaAdmin } from '@scanhook/kafka/contract'
import { type StartedService, startService } from '@scanhook/runtime/start-service'
import { assetKey, masterDataKey } from '@scanhook/schemas/keys'
import { type OwnTopics, ownTopics } from '@scanhook/testkit/own-topics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trackerService } from './service.ts'

const eventually = { timeout: 20_000, interval: 100 }
const org = orgId(42)
const failures: string[] = []
let own: OwnTopics
let admin: KafkaAdmin
let started: StartedService

beforeEach(async () => {
  own = await ownTopics('withdrawals')
  admin = await own.kafka.openAdmin()
})

afterEach(async () => {
  await started.stop()
  await admin.close()
  await own.close()
  expect(failures.splice(0)).toEqual([])
})

/** Up to when the group of withdrawals knows where it is. */
async function start(): Promise<void> {
  started = await startService(
    trackerService,
    { ...own.env, TRACKER_TICK_MS: '100' },
    { onFail: (reason, error) => void failures.push(`${reason}: ${error}`) },
  )
  const group = `${own.env['TOPIC_PREFIX']}tracker-withdrawals`
  await vi.waitFor(
    async () => expect(await admin.committedOffsets(group, own.topics.masterData)).not.toContain(null),
    eventually,
  )
}

let version = 0
async function announce(kind: MasterDataChange['kind'], id: number, document: object = {}): Promise<void> {
  version += 1
  await own.producer.append({
    topic: own.topics.masterData,
    key: masterDataKey(org, kind, id),
    value: own.codecs.masterData.encode({
      orgId: org,
      kind,
      id,
      version,
      changedAtMs: Date.now(),
      isDeleted: true,
      document: JSON.stringify(document),
    }),
  })
}

async function withdrawals(): Promise<readonly (readonly [partition: number, withdrawal: Withdrawal])[]> {
  const found: (readonly [number, Withdrawal])[] = []
  for (const { partition, value } of await own.readAll(own.topics.scans)) {
    const record = await own.codecs.scans.decode(value)
    if (record.kind === 'withdrawal') found.push([partition, record])
  }
  return found
}

function scan(asset: number, atMs: number): Scan {
  return {
    kind: 'scan',
    orgId: org,
    scanId: `scan-${asset}-${atMs}`,
    asset: { id: assetId(asset), externalKey: `A-${asset}`, name: `Asset ${asset}` },
    place: {
      path: [
        { id: locationId(11), externalKey: 'BAY', name: 'Bay', parentId: null, parentExternalKey: null },
      ],
      device: { id: scanDeviceId(7), externalKey: 'D', name: 'D', type: 'csl_cs463' },
      point: { id: scanPointId(8), antennaPort: 1, kind: 'portal' },
      settings: defaultMovementSettings.portal,
    },
    tag: { tagType: 'rfid', value: `E28${asset}` },
    fix: null,
    readAtMs: null,
    receivedAtMs: atMs,
    atMs,
    rssiCdbm: -6_000,
    reads: 1,
  }
}

async function feed(...scans: readonly Scan[]): Promise<void> {
  await own.producer.appendAll(
    scans.map((each) => ({
      topic: own.topics.scans,
      key: assetKey(each.orgId, each.asset.id),
      value: own.codecs.scans.encode(each),
    })),
  )
}

async function exits(): Promise<readonly DomainEvent[]> {
  const found: DomainEvent[] = []
  for (const { value } of await own.readAll(own.topics.events))
    found.push(await own.codecs.events.decode(value))
  return found.filter(({ type }) => type === 'location.exited')
}

test('a new group begins at the end, and what is deleted while no tracker runs is withdrawn later', async () => {
  await announce('asset', 1)
  await start()
  await announce('asset', 2)
  await vi.waitFor(async () => expect(await withdrawals()).toHaveLength(1), eventually)
  await started.stop()
  await announce('tag', 80, { match_key: 'E283', tag_type: 'rfid', asset_id: 3, value: 'E283' })
  await announce('location', 11)
  await start()
  await vi.waitFor(async () => expect(await withdrawals()).toHaveLength(5), eventually)
  const found = await withdrawals()
  expect(found.map(([, { withdrawn }]) => withdrawn).filter(({ kind }) => kind !== 'location')).toEqual(
    expect.arrayContaining([
      { kind: 'asset', assetId: 2 },
      { kind: 'tag', assetId: 3, value: 'E283' },
    ]),
  )
  const places = found.filter(([, { withdrawn }]) => withdrawn.kind === 'location')
  expect(places.map(([partition]) => partition)).toEqual([0, 1, 2])
})

test('an asset that is deleted, that loses its tag, or whose location is deleted leaves, each once', async () => {
  await start()
  const nowMs = Date.now()
  await feed(...[1, 2, 3, 4].map((asset) => scan(asset, nowMs)))
  await announce('asset', 1)
  await announce('tag', 80, { match_key: 'E282', tag_type: 'rfid', asset_id: 2, value: 'E282' })
  await announce('tag', 81, { match_key: 'FFFF', tag_type: 'rfid', asset_id: 3, value: 'FFFF' })
  await vi.waitFor(async () => expect(await exits()).toHaveLength(2), eventually)
  expect((await exits()).map(({ assetId: id }) => id).sort()).toEqual([1, 2])
  await announce('asset', 1)
  await announce('location', 11)
  await vi.waitFor(async () => expect(await exits()).toHaveLength(4), eventually)
  expect(
    (await exits()).map(({ assetId: id, dataJson }) => [id, JSON.parse(dataJson).reason]).sort(),
  ).toEqual([1, 2, 3, 4].map((id) => [id, 'reassigned']))
})
