/** Assets with their tags embedded. Every query is bounded by the organization. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { markLocationOfDeletedAsset } from './asset-locations.ts'
import {
  type Changed,
  catchConflict,
  containsPattern,
  markDeleted,
  mintExternalKey,
  type Page,
  type PageQuery,
  totalOf,
} from './change.ts'
import type { Db, Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { allOf, amongFilter, rowFilters } from './row-filters.ts'
import { isoOf, isoOrNull } from './tables.ts'
import { insertTags, removeTagsOfAsset, type Tag, type TagInput, tagConflict, tagsOfAssets } from './tags.ts'

export interface Asset {
  readonly id: number
  readonly externalKey: string
  readonly name: string
  readonly description: string | null
  readonly isActive: boolean
  readonly validFrom: number
  readonly validTo: number | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
  readonly tags: readonly Tag[]
}

export interface AssetChange {
  readonly name?: string | undefined
  readonly description?: string | null | undefined
  readonly isActive?: boolean | undefined
  readonly validFromMs?: number | undefined
  readonly validToMs?: number | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

export interface AssetInput extends AssetChange {
  /** Minted (`ASSET-0001`) when absent. */
  readonly externalKey?: string | undefined
  readonly name: string
  readonly tags?: readonly TagInput[] | undefined
}

export type KeyedAssetInput = AssetInput & { readonly externalKey: string }

export const assetSortFields = ['external_key', 'name', 'created_at', 'updated_at'] as const
export type AssetSortField = (typeof assetSortFields)[number]

export interface AssetQuery extends PageQuery<AssetSortField> {
  readonly ids?: readonly number[] | undefined
  /** Only rows with a higher id; with no sort, the next page of a walk. */
  readonly afterId?: number | undefined
  readonly externalKeys?: readonly string[] | undefined
  readonly isActive?: boolean | undefined
  /** Substring of name, key, description or an active tag's value, whatever the case. */
  readonly q?: string | undefined
  readonly includeDeleted?: boolean | undefined
}

export interface Assets {
  create(orgId: number, input: AssetInput): Promise<Changed<Asset>>
  /** All of them in one transaction: their ids, in their order. Null: one has a key or a tag that is taken, and none was made. */
  createMany(orgId: number, inputs: readonly KeyedAssetInput[]): Promise<readonly number[] | null>
  find(orgId: number, id: number): Promise<Asset | null>
  list(orgId: number, query: AssetQuery): Promise<Page<Asset>>
  update(orgId: number, id: number, change: AssetChange): Promise<Changed<Asset>>
  rename(orgId: number, id: number, externalKey: string): Promise<Changed<Asset>>
  /** Its tags go with it, so that their values are free again. False when there is no such live asset. */
  remove(orgId: number, id: number): Promise<boolean>
}

const columns = [
  'id',
  'externalKey',
  'name',
  'description',
  'isActive',
  'validFrom',
  'validTo',
  'metadata',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const

const conflicts = {
  assets_external_key: ['external_key', 'another asset of this organization has this external_key'],
  ...tagConflict('tags'),
} as const

export function assets(pg: Postgres): Assets {
  return {
    create: (orgId, input) => catchConflict(conflicts, () => create(pg, orgId, input)),
    createMany: async (orgId, inputs) => {
      const made = await catchConflict(conflicts, async () => ({
        kind: 'changed',
        row: await createMany(pg, orgId, inputs),
      }))
      return made.kind === 'changed' ? made.row : null
    },
    find: (orgId, id) => findAsset(pg.db, orgId, id),
    list: (orgId, query) => list(pg, orgId, query),
    update: (orgId, id, change) => write(pg, orgId, id, valuesOf(change)),
    rename: (orgId, id, externalKey) => catchConflict(conflicts, () => write(pg, orgId, id, { externalKey })),
    remove: (orgId, id) => remove(pg, orgId, id),
  }
}

function valuesOf(change: AssetChange) {
  return {
    name: change.name,
    description: change.description,
    isActive: change.isActive,
    validFrom: change.validFromMs === undefined ? undefined : isoOf(change.validFromMs),
    validTo: change.validToMs === undefined ? undefined : isoOrNull(change.validToMs),
    metadata: change.metadata === undefined ? undefined : JSON.stringify(change.metadata),
  }
}

function create(pg: Postgres, orgId: number, input: AssetInput): Promise<Changed<Asset>> {
  return pg.db.transaction().execute(async (db) => {
    const externalKey =
      input.externalKey ?? (await mintExternalKey(db, 'assets', orgId, { prefix: 'ASSET', width: 4 }))
    const row = await db
      .insertInto('assets')
      .values({
        ...valuesOf(input),
        orgId,
        externalKey,
        name: input.name,
        description: input.description ?? null,
      })
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announce(db, [{ orgId, kind: 'asset', id: row.id, isDeleted: false, document: {} }])
    const tags = await insertTags(db, orgId, tagsFor(row.id, input))
    return { kind: 'changed', row: { ...row, tags } }
  })
}

function tagsFor(assetId: number, { tags = [] }: AssetInput): readonly { assetId: number; tag: TagInput }[] {
  return tags.map((tag) => ({ assetId, tag }))
}

function createMany(
  pg: Postgres,
  orgId: number,
  inputs: readonly KeyedAssetInput[],
): Promise<readonly number[]> {
  // Two that make the same keys and tags at once take them in the same order: one waits, neither for the other.
  const sorted = inputs.toSorted((one, other) => (one.externalKey < other.externalKey ? -1 : 1))
  return pg.db.transaction().execute(async (db) => {
    const rows = await db
      .insertInto('assets')
      .values(
        sorted.map((input) => ({
          ...valuesOf(input),
          orgId,
          externalKey: input.externalKey,
          name: input.name,
          description: input.description ?? null,
        })),
      )
      .returning(['id', 'externalKey'])
      .execute()
    const idOf = new Map(rows.map(({ id, externalKey }) => [externalKey, id]))
    const ids = inputs.map(({ externalKey }) => idOf.get(externalKey) ?? 0)
    await announce(
      db,
      ids.map((id) => ({ orgId, kind: 'asset', id, isDeleted: false, document: {} })),
    )
    await insertTags(
      db,
      orgId,
      inputs
        .flatMap((input, index) => tagsFor(ids[index] ?? 0, input))
        .toSorted((one, other) => (one.tag.matchKey < other.tag.matchKey ? -1 : 1)),
    )
    return ids
  })
}

async function findAsset(db: Db, orgId: number, id: number): Promise<Asset | null> {
  const row = await db
    .selectFrom('assets')
    .select(columns)
    .where('orgId', '=', orgId)
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  return { ...row, tags: (await tagsOfAssets(db, orgId, [id])).get(id) ?? [] }
}

async function list(pg: Postgres, orgId: number, query: AssetQuery): Promise<Page<Asset>> {
  const matching = pg.db.selectFrom('assets').where(filterOf(orgId, query))
  let sorted = matching.select(columns).limit(query.limit).offset(query.offset)
  for (const { by, direction } of query.sort) sorted = sorted.orderBy(sql.ref(`assets.${by}`), direction)
  const rows = await sorted.orderBy('assets.id').execute()
  const tags = await tagsOfAssets(
    pg.db,
    orgId,
    rows.map((row) => row.id),
  )
  const totalCount = await totalOf(query, rows, async () => {
    const counted = matching.select((eb) => eb.fn.countAll<number>().as('count'))
    return (await counted.executeTakeFirstOrThrow()).count
  })
  return { rows: rows.map((row) => ({ ...row, tags: tags.get(row.id) ?? [] })), totalCount }
}

function filterOf(orgId: number, query: AssetQuery): Expression<SqlBool> {
  return allOf([
    ...rowFilters('assets', orgId, query),
    ...amongFilter('assets.external_key', 'text', query.externalKeys),
    ...(query.q === undefined ? [] : [textFilter(containsPattern(query.q))]),
  ])
}

function textFilter(pattern: string): Expression<SqlBool> {
  return sql<boolean>`(assets.name ilike ${pattern} or assets.external_key ilike ${pattern} or assets.description ilike ${pattern}
    or exists (select 1 from tags t where t.org_id = assets.org_id and t.asset_id = assets.id and t.deleted_at is null
      and t.is_active and t.value ilike ${pattern}))`
}

function write(
  pg: Postgres,
  orgId: number,
  id: number,
  values: ReturnType<typeof valuesOf> | { readonly externalKey: string },
): Promise<Changed<Asset>> {
  return pg.db.transaction().execute(async (db) => {
    const row = await db
      .updateTable('assets')
      .set({ ...values, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning(columns)
      .executeTakeFirst()
    if (row === undefined) return { kind: 'not_found' }
    await announce(db, [{ orgId, kind: 'asset', id, isDeleted: false, document: {} }])
    return { kind: 'changed', row: { ...row, tags: (await tagsOfAssets(db, orgId, [id])).get(id) ?? [] } }
  })
}

function remove(pg: Postgres, orgId: number, id: number): Promise<boolean> {
  return pg.db.transaction().execute(async (db) => {
    if (!(await markDeleted(db, 'assets', orgId, id))) return false
    await announce(db, [{ orgId, kind: 'asset', id, isDeleted: true, document: {} }])
    await removeTagsOfAsset(db, orgId, id)
    await markLocationOfDeletedAsset(db, orgId, id)
    return true
  })
}
