/** Where assets were and are, from events to what the API reads: written in batches, again and out of order. */
import type { DomainEvent } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import { silentLog } from '@scanhook/observability/log'
import { assetLocations, type StoredAssetLocation } from '@scanhook/postgres/asset-locations'
import { assets } from '@scanhook/postgres/assets'
import { type History, history } from '@scanhook/postgres/history'
import { locations } from '@scanhook/postgres/locations'
import { openPostgres, type Postgres, type Session } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assetRows } from './asset-rows.ts'
import { eventRow } from './event-row.ts'

let database: TestDatabase
let pg: Postgres
let store: History
let session: Session
let org = 0
let places: readonly number[] = []

beforeAll(async () => {
  database = await createTestDatabase('asset_history', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog })
  session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  store = history(pg)
  org = (await organizations(pg).ensure('A')).id
  places = await Promise.all(
    ['P1', 'P2', 'P3'].map(async (name) => {
      const made = await locations(pg).create(org, { name, externalKey: name })
      if (made.kind !== 'changed') throw new Error(made.kind)
      return made.row.id
    }),
  )
})
afterAll(async () => {
  await session.close()
  await pg.close()
  await database.drop()
})

async function newAsset(): Promise<number> {
  const made = await assets(pg).create(org, { name: 'Forklift' })
  if (made.kind !== 'changed') throw new Error(made.kind)
  return made.row.id
}

const t0 = Date.UTC(2026, 10, 20, 12)
let made = 0
function uuid(): string {
  made++
  return `00000000-0000-5000-8000-${made.toString(16).padStart(12, '0')}`
}

type Kind = 'scanned' | 'nowhere' | 'late' | 'entered' | 'moved' | 'absence'
interface Step {
  readonly kind: Kind
  readonly place: number
  /** Seconds since the step before. */
  readonly later: number
}

const types: Readonly<Record<Kind, DomainEvent['type']>> = {
  scanned: 'asset.scanned',
  nowhere: 'asset.scanned',
  late: 'asset.scanned',
  entered: 'location.entered',
  moved: 'asset.moved',
  absence: 'location.exited',
}

/** One asset's events, numbered without a gap. A late scan lies a day back. */
function lifeOf(asset: number, steps: readonly Step[]): readonly DomainEvent[] {
  let atMs = t0
  return steps.map(({ kind, place, later }, index) => {
    atMs += later * 1000
    const location = kind === 'nowhere' ? null : { id: places[place] }
    const occurredAtMs = kind === 'late' ? atMs - 86_400_000 : atMs
    return {
      eventId: eventId(uuid()),
      orgId: orgId(org),
      type: types[kind],
      occurredAtMs,
      receivedAtMs: atMs,
      subject: `asset:${asset}`,
      assetId: assetId(asset),
      sequence: index + 1,
      previousEventId: null,
      transitionId: null,
      dataJson: JSON.stringify({
        ...(kind === 'moved' ? { to_location: location } : { location }),
        reason: kind === 'absence' ? 'absence' : null,
        ...(types[kind] === 'asset.scanned' ? { late: kind === 'late' } : {}),
      }),
    }
  })
}

/** What the rules of docs/adr/0008 say of a whole life, told from its end instead of step by step. */
function expectedOf(steps: readonly Step[]): Partial<StoredAssetLocation> | undefined {
  let atMs = t0
  const life = steps
    .map((step) => {
      atMs += step.later * 1000
      return { ...step, atMs }
    })
    .filter(({ kind }) => kind !== 'late')
  const lastSeenAt = life.at(-1)?.atMs
  if (lastSeenAt === undefined) return undefined
  const located = life.findLastIndex(({ kind }) => kind === 'entered' || kind === 'moved')
  const left = life.findLastIndex(({ kind }) => kind === 'absence')
  const nowhere = life.findLastIndex(({ kind }) => kind === 'nowhere')
  const resumed = life.find(({ kind }, index) => kind === 'scanned' && index > nowhere)
  const stay = life[located]
  const isPresent = located > left
  const isSeenSinceItLeft = left > located && lastSeenAt > (life[left]?.atMs ?? 0)
  const started = nowhere > located ? (resumed?.atMs ?? null) : (stay?.atMs ?? null)
  return {
    lastSeenAt,
    isPresent,
    locationId: stay === undefined ? null : (places[stay.place] ?? null),
    dwellStartedAt: stay === undefined || isSeenSinceItLeft ? null : started,
  }
}

async function record(events: readonly DomainEvent[]): Promise<void> {
  await store.recordEvents(events.map(eventRow), assetRows(events), t0)
}

async function stored(asset: number): Promise<StoredAssetLocation | undefined> {
  const page = await assetLocations(pg).list(org, {
    limit: 1,
    offset: 0,
    sort: [],
    assetIds: [asset],
    includeDeleted: true,
  })
  return page.rows[0]
}

const step = fc.record({
  kind: fc.constantFrom<Kind>('scanned', 'scanned', 'nowhere', 'late', 'entered', 'moved', 'absence'),
  place: fc.nat({ max: 2 }),
  later: fc.nat({ max: 90 }),
})

/** A dwell that a scan without location ended and the next one began anew, with two more after it, one at a time. */
const resumedDwell = {
  steps: (['moved', 'nowhere', 'scanned', 'scanned', 'scanned'] as const).map((kind) => ({
    kind,
    place: 0,
    later: 60,
  })),
  readings: Array.from({ length: 5 }, () => ({ back: 0, count: 1 })),
}

test('F2: read again from an earlier record, in whatever batches, the row comes out as the whole life says', async () => {
  const plan = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 14 }),
    // Each goes back by so many events and reads on by so many.
    readings: fc.array(fc.record({ back: fc.nat({ max: 6 }), count: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 8,
    }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, readings }) => {
      const asset = await newAsset()
      const life = lifeOf(asset, steps)
      let next = 0
      for (const { back, count } of readings) {
        const from = Math.max(0, next - back)
        await record(life.slice(from, from + count))
        next = Math.max(next, Math.min(life.length, from + count))
      }
      await record(life.slice(next))
      const expected = expectedOf(steps)
      if (expected === undefined) expect(await stored(asset)).toBeUndefined()
      else expect(await stored(asset)).toMatchObject(expected)
    }),
    { numRuns: 60, examples: [[resumedDwell]] },
  )
})

test('F2: in whatever order events come, place, presence and last sighting are those of the whole life', async () => {
  const plan = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 10 }),
    order: fc.array(fc.nat(), { minLength: 5, maxLength: 20 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, order }) => {
      const asset = await newAsset()
      const life = lifeOf(asset, steps)
      for (const index of order) await record(life.slice(index % life.length, (index % life.length) + 1))
      for (const event of life.toReversed()) await record([event])
      const expected = expectedOf(steps)
      const row = await stored(asset)
      expect(
        row && { lastSeenAt: row.lastSeenAt, isPresent: row.isPresent, locationId: row.locationId },
      ).toEqual(
        expected && {
          lastSeenAt: expected.lastSeenAt,
          isPresent: expected.isPresent,
          locationId: expected.locationId,
        },
      )
    }),
    { numRuns: 40 },
  )
})

test('each scan is one row of its month, however often it is recorded, late ones too', async () => {
  const asset = await newAsset()
  const life = lifeOf(asset, [
    { kind: 'scanned', place: 0, later: 0 },
    { kind: 'late', place: 1, later: 10 },
    { kind: 'moved', place: 0, later: 0 },
    { kind: 'nowhere', place: 0, later: 60 },
  ])
  await record(life)
  await record(life.slice(1))
  const rows = await session.query(
    `select (extract(epoch from observed_at) * 1000)::bigint as at, location_id, is_late, tableoid::regclass::text as part
      from asset_scans where asset_id = $1 order by observed_at`,
    [asset],
  )
  expect(rows).toEqual([
    { at: t0 + 10_000 - 86_400_000, location_id: places[1], is_late: true, part: 'asset_scans_202611' },
    { at: t0, location_id: places[0], is_late: false, part: 'asset_scans_202611' },
    { at: t0 + 70_000, location_id: null, is_late: false, part: 'asset_scans_202611' },
  ])
})

test('a scan of a month that nobody foresaw is kept, and moves when its partition is made', async () => {
  const asset = await newAsset()
  const [scan] = lifeOf(asset, [{ kind: 'scanned', place: 0, later: 0 }])
  if (scan === undefined) throw new Error('no scan')
  const odd = { ...scan, occurredAtMs: Date.UTC(2031, 4, 31, 23) }
  const partOf = async () =>
    (
      await session.query<{ part: string }>(
        'select tableoid::regclass::text as part from asset_scans where asset_id = $1',
        [asset],
      )
    ).map(({ part }) => part)
  await record([odd])
  expect(await partOf()).toEqual(['asset_scans_default'])
  await store.prepare(Date.UTC(2031, 5, 1))
  await record([odd])
  expect(await partOf()).toEqual(['asset_scans_203105'])
})
