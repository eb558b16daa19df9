/**
 * The world of the reads bench: services as separate processes, the master data of all its assets, and the hands by which
 * the bench feeds it and looks at it.
 */

import type { KafkaAdmin, KafkaClient, KafkaProducer } from '@scanhook/kafka/contract'
import { type Codecs, openCodecs } from '@scanhook/schemas/open-codecs'
import pg from 'pg'
import { deleteTopics } from '../harness/delete-topics.ts'
import { openTestKafka, testLog } from '../harness/open-test-kafka.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'
import { benchTag } from './load-spec.ts'
import { readMetric } from './read-metric.ts'
import { forgetClaims, giveRedisRoom } from './redis-room.ts'
import type { LoadGateway } from './walk-load.ts'

export interface BenchWorld {
  readonly world: World
  readonly kafka: KafkaClient
  readonly producer: KafkaProducer
  readonly admin: KafkaAdmin
  readonly close: () => Promise<void>
}

export async function openBenchWorld(): Promise<BenchWorld> {
  const takeRoomBack = await giveRedisRoom(process.env['REDIS_URL'] ?? '')
  const world = await openWorld({
    env: {
      LOG_LEVEL: 'warn',
      PRODUCER_TRUST_RECEIVED_AT: 'true',
      // Should the end of the run not come to forget them: 18 million reads leave some 3 GB of claims.
      CLAIM_KEPT_HOURS: '1',
    },
    // A proxy in this process would be measured as well.
    isDirect: true,
  })
  const kafka = openTestKafka(world.env, 'bench')
  const [producer, admin] = await Promise.all([kafka.openProducer(), kafka.openAdmin()])
  await startServices(world, ['api', 'producer'])
  return {
    world,
    kafka,
    producer,
    admin,
    close: async () => {
      await Promise.all([producer.close(0), admin.close()])
      await world.close()
      await deleteTopics(world)
      await forgetClaims(process.env['REDIS_URL'] ?? '', world.prefix)
      await takeRoomBack()
    },
  }
}

export function benchCodecs({ env, prefix }: World): Promise<Codecs> {
  return openCodecs({
    registryUrl: env['REGISTRY_URL'] ?? '',
    cacheDir: env['SCHEMA_CACHE_DIR'] ?? '',
    prefix,
    mode: 'lookup',
    log: testLog('bench'),
  })
}

export interface AssetCounts {
  readonly walker: number
  readonly portal: number
  readonly passer: number
  readonly mover: number
}

export const portalDevices: readonly string[] = ['portal-1', 'portal-2', 'portal-3', 'portal-4']
export const moverDevices = ['mover-near', 'mover-far'] as const

/** Places and gateways through the API, as a customer would; assets, which may be a million, straight into the tables. */
export async function furnish(
  { world }: BenchWorld,
  gateways: readonly LoadGateway[],
  counts: AssetCounts,
): Promise<void> {
  const { data } = world.api
  const site = await data<{ id: number }>('POST', '/api/v1/locations', { external_key: 'SITE', name: 'Site' })
  const location = async (key: string): Promise<number> => {
    const body = { external_key: key, name: `Place ${key}`, parent_id: site.id }
    return (await data<{ id: number }>('POST', '/api/v1/locations', body)).id
  }
  const device = async (key: string, locationId: number, kind: string): Promise<void> => {
    const body = { external_key: key, name: `Gateway ${key}`, type: 'gl_s10' }
    const { id } = await data<{ id: number }>('POST', '/api/v1/scan-devices', body)
    const point = { scan_device_id: id, antenna_port: 1, location_id: locationId, kind }
    await data('POST', '/api/v1/scan-points', point)
  }
  const zones = new Map<number, number>()
  for (const { device: key, zone } of gateways) {
    const zoneId = zones.get(zone) ?? (await location(`ZONE-${zone}`))
    zones.set(zone, zoneId)
    await device(key, zoneId, 'zone')
  }
  for (const key of portalDevices) await device(key, await location(key.toUpperCase()), 'portal')
  for (const key of moverDevices) await device(key, await location(key.toUpperCase()), 'zone')
  await insertAssets(world, counts)
}

async function insertAssets({ env, orgId }: World, counts: AssetCounts): Promise<void> {
  const client = new pg.Client({ connectionString: env['POSTGRES_URL'] })
  await client.connect()
  try {
    for (const kind of ['walker', 'portal', 'passer', 'mover'] as const) {
      const first = benchTag(kind, 0).slice(0, 8)
      const values = [orgId, counts[kind], kind, first]
      await client.query(
        `with made as (
           insert into assets (org_id, external_key, name)
           select $1::bigint, upper($3::text) || '-' || $4::text || lpad(upper(to_hex(n)), 16, '0'), initcap($3::text) || ' ' || n
           from generate_series(0, $2::integer - 1) n returning id, org_id, right(external_key, 24) as tag
         ) insert into tags (org_id, asset_id, tag_type, value, match_key) select org_id, id, 'rfid', tag, tag from made`,
        values,
      )
    }
    // The echo of a million rows (vacuum, checkpoint) must not fall into what is measured. A checkpoint takes a right that
    // the user of a database elsewhere may not have.
    await client.query('vacuum analyze assets, tags')
    await client.query('checkpoint').catch(() => undefined)
  } finally {
    await client.end()
  }
}

/** Claims that Redis did not take, of all reads so far: for these duplicates would have passed. */
export function readClaimsNotMarked({ services }: World): Promise<number> {
  return readMetric(services.producer, 'scanhook_claims_confirmed_total', 'outcome="not_marked"')
}

/** Scans that the tracker is through with. A restart counts from 0. */
export async function readApplied(world: World): Promise<number> {
  const [applied, unheard] = await Promise.all([
    readMetric(world.services.tracker, 'scanhook_scans_applied_total'),
    readMetric(world.services.tracker, 'scanhook_scans_unheard_total'),
  ])
  return applied + unheard
}

export async function countRecords({ admin, world }: BenchWorld, topic: string): Promise<number> {
  const ends = await admin.endOffsets(`${world.prefix}${topic}`)
  return ends.reduce((total, end) => total + end, 0)
}
