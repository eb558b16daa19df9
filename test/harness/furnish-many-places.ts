/**
 * An organization of a size that a large customer has: 2,000 locations, six levels deep, and an asset that moved 2,000 times. Straight
 * into the tables, as the API and the recorder would have written it: the same over HTTP takes minutes.
 */
import pg from 'pg'
import type { World } from './world.ts'

export interface ManyPlaces {
  /** The one that moved so often. */
  readonly assetId: number
  /** On the sixth level, and the names of those around it, from the top. */
  readonly deepest: { readonly id: number; readonly name: string; readonly around: readonly string[] }
  /** `move(id)`: the other assets go there, all of them. */
  move(locationId: number): Promise<void>
  close(): Promise<void>
}

export const manyLocations = 2_000
export const manyMoves = 2_000
const otherAssets = 300
/** It goes round among so many: a lane of the timeline has a hundred stays. */
const visited = 20

/** How many lie in each one of the level above; the last level is filled up to the sum. */
const levels = [
  ['Site', 5],
  ['Building', 5],
  ['Floor', 4],
  ['Zone', 4],
  ['Rack', 2],
  ['Shelf', 2],
] as const

interface Row {
  readonly id: number
  readonly name: string
  readonly around: readonly string[]
}

export async function furnishManyPlaces(world: World): Promise<ManyPlaces> {
  const client = new pg.Client({ connectionString: world.env['POSTGRES_URL'] })
  await client.connect()
  try {
    return await furnish(client, world)
  } catch (error) {
    await client.end()
    throw error
  }
}

async function furnish(client: pg.Client, world: World): Promise<ManyPlaces> {
  const { orgId } = world
  const all: Row[] = []
  let above: readonly Row[] = [{ id: 0, name: '', around: [] }]
  for (const [noun, count] of levels) {
    const wanted = above.flatMap((parent) =>
      Array.from({ length: count }, (_, nth) => ({
        parent,
        name: `${noun} ${parent.name.slice(parent.name.indexOf(' ') + 1)}${nth + 1}`,
      })),
    )
    const rows = wanted.slice(0, manyLocations - all.length)
    const { rows: made } = await client.query<{ id: string }>(
      `insert into locations (org_id, external_key, name, parent_id)
       select $1::bigint, r.key, r.name, nullif(r.parent, 0) from unnest($2::text[], $3::text[], $4::bigint[]) with ordinality r (key, name, parent, nth)
       order by nth returning id`,
      [
        orgId,
        rows.map(({ name }) => name.toUpperCase().replaceAll(' ', '-')),
        rows.map(({ name }) => name),
        rows.map(({ parent }) => parent.id),
      ],
    )
    above = rows.map(({ name, parent }, index) => ({
      ...{ id: Number(made[index]?.id), name },
      around: parent.id === 0 ? [] : [...parent.around, parent.name],
    }))
    all.push(...above)
  }
  const ids = all.map(({ id }) => id)
  const asset = await world.api.data<{ id: number }>('POST', '/api/v1/assets', {
    ...{ name: 'Restless pallet', external_key: 'PALLET-1' },
  })
  // One every five minutes: all of them within the last seven days.
  await client.query(
    `insert into asset_scans (org_id, asset_id, observed_at, event_id, location_id, is_late)
     select $1::bigint, $2::bigint, now() - n * interval '5 minutes', gen_random_uuid(), ($3::bigint[])[1 + (n * 7) % $5::integer], false
     from generate_series(0, $4::integer - 1) n`,
    [orgId, asset.id, ids, manyMoves, visited],
  )
  await client.query(
    `insert into assets (org_id, external_key, name) select $1::bigint, 'BOX-' || n, 'Box ' || n from generate_series(1, $2::integer) n`,
    [orgId, otherAssets],
  )
  await client.query(
    `insert into asset_locations (org_id, asset_id, last_seen_at, location_id, located_at, located_sequence, left_sequence,
       nowhere_sequence, resumed_sequence)
     select org_id, id, now(), ($2::bigint[])[1 + (power(row_number() over (order by id), 2)::integer % cardinality($2::bigint[]))],
       now() - interval '1 hour', 2, 1, 0, 0
     from assets where org_id = $1 on conflict do nothing`,
    [orgId, ids],
  )
  const deepest = above[0]
  if (deepest === undefined) throw new Error('no location on the last level')
  return {
    assetId: asset.id,
    deepest,
    move: async (locationId) => {
      await client.query(
        `update asset_locations set location_id = $2, located_at = now(), last_seen_at = now(), located_sequence = located_sequence + 2
         where org_id = $1 and asset_id <> $3`,
        [orgId, locationId, asset.id],
      )
    },
    close: () => client.end(),
  }
}
