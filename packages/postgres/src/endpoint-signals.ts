/**
 * What endpoints are told of themselves: who asked for it, what was told last, and what the log knows that is to be told
 * (domain/completeness says when and how). Heartbeats and manifests themselves, and tests, are left out of all counts.
 *
 * Invariants
 *   G1. While one has an endpoint's signals in hand nobody else has: the row is locked until what was told is marked.
 *   G2. Who could not say that it told, has not: the mark commits last, and what is told again has the same id.
 *   G3. A pass over a day reads it in pages, by id; one page is in memory.
 */
import type {
  HeartbeatFacts,
  HeartbeatProgress,
  SilentDevice,
  ToldLocation,
} from '@scanhook/domain/completeness/heartbeat'
import { type LateEvents, type ManifestEntry, namedIdsMax } from '@scanhook/domain/completeness/manifest'
import { endpointOnlyTypes } from '@scanhook/domain/event'
import { type EndpointId, endpointId, type OrgId, orgId } from '@scanhook/domain/ids'
import { sql } from 'kysely'
import { shownStateSql } from './deliveries.ts'
import type { Db, Postgres } from './open.ts'
import { isoOf } from './tables.ts'

/** An active endpoint that asked for signals, and what it was told last. */
export interface SignalledEndpoint {
  readonly endpointId: EndpointId
  readonly orgId: OrgId
  readonly heartbeatMinutes: number | null
  readonly isDailyManifest: boolean
  readonly heartbeat: HeartbeatProgress
  readonly manifest: ManifestProgress
}

/** Both null before the first. */
export interface ManifestProgress {
  readonly dayAtMs: number | null
  readonly cutMs: number | null
}

export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

export interface DayOfEndpoint {
  readonly dayAtMs: number
  readonly cutMs: number
}

/** An endpoint in hand (G1). */
export interface EndpointInHand extends SignalledEndpoint {
  heartbeatFacts(period: Period): Promise<HeartbeatFacts>
  /** What occurred that day and was recorded before the cut, in ascending order of ids, a page at a time. */
  manifestEntries(day: DayOfEndpoint): AsyncIterable<readonly ManifestEntry[]>
  /** What occurred before that day and was recorded from the last manifest's cut on and before this one's. */
  lateEvents(day: DayOfEndpoint, lastCutMs: number): Promise<LateEvents>
  markHeartbeat(told: { readonly slotAtMs: number; readonly untilMs: number }): Promise<void>
  markManifest(told: DayOfEndpoint): Promise<void>
}

export interface EndpointSignals {
  /** By id, those after `afterId`. */
  list(afterId: number, limit: number): Promise<readonly SignalledEndpoint[]>
  /** Calls `act` with the endpoint as it is now; not when somebody else has it, or when it asks for nothing any more. */
  take(endpoint: EndpointId, act: (inHand: EndpointInHand) => Promise<void>): Promise<void>
}

export function endpointSignals(pg: Postgres): EndpointSignals {
  return {
    list: async (afterId, limit) => {
      const { rows } = await sql<SignalRow>`
        select ${signalColumns} from endpoints e left join endpoint_signals g on g.endpoint_id = e.id
        where e.id > ${afterId} and ${isAsking} order by e.id limit ${limit}`.execute(pg.db)
      return rows.map(signalledOf)
    },
    take: async (endpoint, act) => {
      // By itself, and only where there is none: an insert waits for whoever has changed the row and goes on sending.
      await sql`
        insert into endpoint_signals (endpoint_id, org_id)
        select id, org_id from endpoints e
        where id = ${endpoint} and not exists (select from endpoint_signals g where g.endpoint_id = e.id)
        on conflict do nothing`.execute(pg.db)
      await pg.db.transaction().execute(async (db) => {
        const { rows } = await sql<SignalRow>`
          select ${signalColumns} from endpoint_signals g join endpoints e on e.id = g.endpoint_id
          where g.endpoint_id = ${endpoint} and ${isAsking} for update of g skip locked`.execute(db)
        const [row] = rows
        if (row !== undefined) await act(inHandOf(db, signalledOf(row)))
      })
    },
  }
}

interface SignalRow {
  readonly id: number
  readonly orgId: number
  readonly heartbeatMinutes: number | null
  readonly dailyManifest: boolean
  readonly heartbeatSlotAt: number | null
  readonly heartbeatUntil: number | null
  readonly manifestDayAt: number | null
  readonly manifestCutAt: number | null
}

const signalColumns = sql.raw(
  'e.id, e.org_id, e.heartbeat_minutes, e.daily_manifest, g.heartbeat_slot_at, g.heartbeat_until, g.manifest_day_at, g.manifest_cut_at',
)

/** As the index endpoints_signals has it. */
const isAsking = sql<boolean>`(e.heartbeat_minutes is not null or e.daily_manifest) and e.state = 'active'
  and e.deleted_at is null`

function signalledOf(row: SignalRow): SignalledEndpoint {
  return {
    endpointId: endpointId(row.id),
    orgId: orgId(row.orgId),
    heartbeatMinutes: row.heartbeatMinutes,
    isDailyManifest: row.dailyManifest,
    heartbeat: { slotAtMs: row.heartbeatSlotAt, untilMs: row.heartbeatUntil },
    manifest: { dayAtMs: row.manifestDayAt, cutMs: row.manifestCutAt },
  }
}

function inHandOf(db: Db, endpoint: SignalledEndpoint): EndpointInHand {
  return {
    ...endpoint,
    heartbeatFacts: (period) => heartbeatFacts(db, endpoint, period),
    manifestEntries: (day) => manifestEntries(db, endpoint, day),
    lateEvents: (day, lastCutMs) => lateEvents(db, endpoint, day, lastCutMs),
    markHeartbeat: async ({ slotAtMs, untilMs }) => {
      await sql`
        update endpoint_signals set heartbeat_slot_at = ${isoOf(slotAtMs)}, heartbeat_until = ${isoOf(untilMs)}
        where endpoint_id = ${endpoint.endpointId}`.execute(db)
    },
    markManifest: async ({ dayAtMs, cutMs }) => {
      await sql`
        update endpoint_signals set manifest_day_at = ${isoOf(dayAtMs)}, manifest_cut_at = ${isoOf(cutMs)}
        where endpoint_id = ${endpoint.endpointId}`.execute(db)
    },
  }
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Two machines' clocks, one of which has made a delivery and the other recorded it. */
const clockToleranceMs = 5 * 60_000
/**
 * A delivery is recorded with its first attempt, or when it is put aside, usually within seconds. What took longer than an
 * hour, because the recorder was down, is counted by the day's manifest only; to look farther back would cost every
 * heartbeat the reading of a day.
 */
const lookBackMs = hourMs
/** Looked at for their locations: some 100 ms. */
const locatedMax = 10_000
/** A person reads some tens; a page with a hundred of each stays below 64 KiB. */
const listedMax = 100
/** Counting them takes some 50 ms, and nobody needs the number beyond. */
const pendingMax = 100_000
/** Producers tell every ten seconds what they heard; three rounds. */
const sightingGraceMs = 30_000

const isCounted = sql<boolean>`event_type <> all(${[...endpointOnlyTypes]}::text[])`

function ofEndpoint({ orgId: org, endpointId: endpoint }: SignalledEndpoint) {
  return sql<boolean>`org_id = ${org} and endpoint_id = ${endpoint} and ${isCounted}`
}

async function heartbeatFacts(db: Db, endpoint: SignalledEndpoint, period: Period): Promise<HeartbeatFacts> {
  const counted = await countPeriod(db, endpoint, period)
  const locations = counted.events === 0 ? [] : await listLocations(db, endpoint, period)
  const devices = await listSilent(db, endpoint, period.toMs)
  return {
    ...counted,
    locations: locations.slice(0, listedMax),
    areLocationsComplete: locations.length <= listedMax && counted.events <= locatedMax,
    silentDevices: devices.slice(0, listedMax),
    areDevicesComplete: devices.length <= listedMax,
    pending: await countPending(db, endpoint),
  }
}

function recordedWithin(endpoint: SignalledEndpoint, { fromMs, toMs }: Period, backMs: number) {
  return sql<boolean>`${ofEndpoint(endpoint)}
    and created_at >= ${isoOf(fromMs - backMs)}::timestamptz and created_at < ${isoOf(toMs + clockToleranceMs)}::timestamptz
    and recorded_at >= ${isoOf(fromMs)}::timestamptz and recorded_at < ${isoOf(toMs)}::timestamptz`
}

async function countPeriod(
  db: Db,
  endpoint: SignalledEndpoint,
  period: Period,
): Promise<Pick<HeartbeatFacts, 'events' | 'lastEvent'>> {
  const within = recordedWithin(endpoint, period, lookBackMs)
  const counted = await sql<{ count: number }>`select count(*) from deliveries where ${within}`.execute(db)
  const { rows } = await sql<{ eventId: string; type: string; occurredAtMs: number }>`
    select event_id, event_type as type, event_occurred_at as occurred_at_ms from deliveries where ${within}
    order by event_occurred_at desc, created_at desc, event_id desc limit 1`.execute(db)
  return { events: counted.rows[0]?.count ?? 0, lastEvent: rows[0] ?? null }
}

/** One more than is listed, where there are more. Of asset events alone: the data of others is not ours. */
async function listLocations(
  db: Db,
  endpoint: SignalledEndpoint,
  period: Period,
): Promise<readonly ToldLocation[]> {
  const { rows } = await sql<{
    id: number
    externalKey: string
    events: number
    eventId: string
    type: string
    occurredAtMs: number
  }>`
    select * from (
      select distinct on (l.id) l.id, l.external_key, count(*) over (partition by l.id) as events, t.event_id,
        t.event_type as type, t.event_occurred_at as occurred_at_ms
      from (
        select event_id, event_type, event_occurred_at from deliveries
        where ${recordedWithin(endpoint, period, lookBackMs)} order by created_at desc limit ${locatedMax}) t
      join events v on v.event_id = t.event_id and v.org_id = ${endpoint.orgId} and v.asset_id is not null
        and v.received_at >= ${isoOf(period.fromMs - dayMs)}::timestamptz
        and v.received_at < ${isoOf(period.toMs + clockToleranceMs)}::timestamptz
      join locations l on l.org_id = ${endpoint.orgId}
        and l.id = coalesce(v.data -> 'location' ->> 'id', v.data -> 'to_location' ->> 'id')::bigint
      order by l.id, t.event_occurred_at desc, v.sequence desc, t.event_id) told
    order by occurred_at_ms desc, id limit ${listedMax + 1}`.execute(db)
  return rows.map(({ id, externalKey, events, ...last }) => ({ id, externalKey, events, last }))
}

async function listSilent(
  db: Db,
  { orgId: org }: SignalledEndpoint,
  atMs: number,
): Promise<readonly SilentDevice[]> {
  const { rows } = await sql<SilentDevice>`
    select d.id, d.external_key, s.last_heard_at as last_heard_at_ms
    from device_sightings s join scan_devices d on d.org_id = s.org_id and d.id = s.scan_device_id
    where s.org_id = ${org} and d.is_active and d.deleted_at is null
      and s.last_heard_at + (s.offline_ms + ${sightingGraceMs}) * interval '1 millisecond' < ${isoOf(atMs)}::timestamptz
    order by s.last_heard_at, d.id limit ${listedMax + 1}`.execute(db)
  return rows
}

/** By the automatic chain: what a person has sent again is not what the endpoint waits for. */
async function countPending(db: Db, endpoint: SignalledEndpoint): Promise<HeartbeatFacts['pending']> {
  const { rows } = await sql<{ count: number; oldestCreatedAtMs: number | null }>`
    select count(*), min(created_at) as oldest_created_at_ms from (
      select created_at from deliveries where ${ofEndpoint(endpoint)} and state = 'pending'
      order by created_at limit ${pendingMax}) waiting`.execute(db)
  return rows[0] ?? { count: 0, oldestCreatedAtMs: null }
}

/** About 1 MB; a million deliveries are 200 round trips of some 20 ms. */
const pageSize = 5_000

interface EntryRow extends ManifestEntry {
  readonly deliveryId: string
  readonly isOurs: boolean
}

/**
 * Over the whole organization's day, whose index has the ids in order: one for every endpoint would cost each delivery
 * another entry when it is recorded, and this is read once a day.
 */
async function* manifestEntries(
  db: Db,
  { orgId: org, endpointId: endpoint }: SignalledEndpoint,
  { dayAtMs, cutMs }: DayOfEndpoint,
): AsyncGenerator<readonly ManifestEntry[]> {
  let last: EntryRow | undefined
  do {
    const after: ReturnType<typeof sql<boolean>> =
      last === undefined
        ? sql<boolean>`true`
        : sql<boolean>`event_id >= ${last.eventId}::uuid
            and (event_id, delivery_id) > (${last.eventId}::uuid, ${last.deliveryId}::uuid)`
    const { rows } = await sql<EntryRow>`
      select event_id, event_type as type, ${shownStateSql} as state, delivery_id,
        endpoint_id = ${endpoint} and recorded_at < ${isoOf(cutMs)}::timestamptz and ${isCounted} as is_ours
      from deliveries
      where org_id = ${org} and event_occurred_at >= ${isoOf(dayAtMs)}::timestamptz
        and event_occurred_at < ${isoOf(dayAtMs + dayMs)}::timestamptz and ${after}
      order by event_id, delivery_id limit ${pageSize}`.execute(db)
    yield rows.filter(({ isOurs }) => isOurs)
    last = rows.length < pageSize ? undefined : rows.at(-1)
  } while (last !== undefined)
}

async function lateEvents(
  db: Db,
  endpoint: SignalledEndpoint,
  { dayAtMs, cutMs }: DayOfEndpoint,
  lastCutMs: number,
): Promise<LateEvents> {
  // A recorder that was down for a day is the longest that is looked back for.
  const within = recordedWithin(endpoint, { fromMs: lastCutMs, toMs: cutMs }, dayMs)
  const { rows } = await sql<{ eventId: string }>`
    select event_id from deliveries where ${within} and event_occurred_at < ${isoOf(dayAtMs)}::timestamptz
    order by event_id limit ${namedIdsMax + 1}`.execute(db)
  return {
    eventIds: rows.slice(0, namedIdsMax).map(({ eventId }) => eventId),
    areComplete: rows.length <= namedIdsMax,
  }
}
