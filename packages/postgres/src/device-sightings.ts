/** When each reader was heard last: producers tell it, heartbeats to receivers say who is silent. */
import type { OrgId, ScanDeviceId } from '@scanhook/domain/ids'
import { sql } from 'kysely'
import type { Postgres } from './open.ts'

export interface DeviceSighting {
  readonly orgId: OrgId
  readonly deviceId: ScanDeviceId
  readonly lastHeardMs: number
  /** Silence after which it counts as offline; null: it is not asked. */
  readonly offlineMs: number | null
}

export interface DeviceSightings {
  /** The latest word counts; one of a device that does not exist is not taken. */
  record(sightings: readonly DeviceSighting[]): Promise<void>
}

export function deviceSightings(pg: Postgres): DeviceSightings {
  return {
    record: async (sightings) => {
      if (sightings.length === 0) return
      // Sorted, so that two producers never wait for each other.
      const sorted = sightings.toSorted((one, other) => one.deviceId - other.deviceId)
      const column = <T>(of: (sighting: DeviceSighting) => T): T[] => sorted.map(of)
      await sql`
        insert into device_sightings as known (org_id, scan_device_id, last_heard_at, offline_ms)
        select distinct on (d.org_id, d.id) d.org_id, d.id, to_timestamp(r.heard_ms / 1000), r.offline_ms
        from unnest(${column(({ orgId }) => orgId)}::bigint[], ${column(({ deviceId }) => deviceId)}::bigint[],
          ${column(({ lastHeardMs }) => lastHeardMs)}::double precision[],
          ${column(({ offlineMs }) => offlineMs)}::bigint[]) as r (org_id, device_id, heard_ms, offline_ms)
        join scan_devices d on d.org_id = r.org_id and d.id = r.device_id
        order by d.org_id, d.id, r.heard_ms desc
        on conflict (org_id, scan_device_id) do update
          set last_heard_at = excluded.last_heard_at, offline_ms = excluded.offline_ms
          where excluded.last_heard_at > known.last_heard_at`.execute(pg.db)
    },
  }
}
