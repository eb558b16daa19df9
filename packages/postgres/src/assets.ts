/** Assets with their tags embedded. Every query is bounded by the organization. */
import type { AuditOperation } from '@scanhook/domain/auditing/audit-entry'
import { type Expression, type SqlBool, sql } from 'kysely'
import { markLocationOfDeletedAsset } from './asset-locations.ts'
import { countImported, orgOf, record, type Writer } from './audit-log.ts'
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

/** Tags that an asset gets beside those that it has; refused with the field of the one that another asset has. */
export interface AddedTag {
  /** `tags.0.value`. */
  readonly field: string
  readonly tag: TagInput
}

export interface AssetUpdate extends AssetChange {
  readonly addedTags?: readonly AddedTag[] | undefined
}

export type DecideAssetChange = (current: Asset) => AssetUpdate

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
  create(by: Writer<Asset>, input: AssetInput): Promise<Changed<Asset>>
  /** All of them in one transaction: their ids, in their order. Null: one has a key or a tag that is taken, and none was made. */
  createMany(by: Writer<Asset>, inputs: readonly KeyedAssetInput[]): Promise<readonly number[] | null>
  find(orgId: number, id: number): Promise<Asset | null>
  list(orgId: number, query: AssetQuery): Promise<Page<Asset>>
  /**
   * `change` may be decided on the asset as it is while nobody else changes it; what it throws is thrown, and nothing is
   * changed.
   */
  update(by: Writer<Asset>, id: number, change: AssetUpdate | DecideAssetChange): Promise<Changed<Asset>>
  rename(by: Writer<Asset>, id: number, externalKey: string): Promise<Changed<Asset>>
  /** Its tags go with it, so that their values are free again. False when there is no such live asset. */
  remove(by: Writer<Asset>, id: number): Promise<boolean>
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
    create: (by, input) => catchConflict(conflicts, () => create(pg, by, input)),
    createMany: async (by, inputs) => {
      const made = await catchConflict(conflicts, async () => ({
        kind: 'changed',
        row: await createMany(pg, by, inputs),
      }))
      return made.kind === 'changed' ? made.row : null
    },
    find: (orgId, id) => findAsset(pg.db, orgId, id),
    list: (orgId, query) => list(pg, orgId, query),
    update: (by, id, change) =>
      catchConflict(conflicts, () =>
        write(pg, by, id, (current) => {
          const decided = typeof change === 'function' ? change(current) : change
          return { values: valuesOf(decided), addedTags: decided.addedTags }
        }),
      ),
    rename: (by, id, externalKey) =>
      catchConflict(conflicts, () => write(pg, by, id, () => ({ values: { externalKey } }))),
    remove: (by, id) => remove(pg, by, id),
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

function create(pg: Postgres, by: Writer<Asset>, input: AssetInput): Promise<Changed<Asset>> {
  const orgId = orgOf(by)
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
    const made = { ...row, tags: await insertTags(db, orgId, tagsFor(row.id, input)) }
    await recordAsset(db, by, 'asset.created', null, made)
    return { kind: 'changed', row: made }
  })
}

function tagsFor(assetId: number, { tags = [] }: AssetInput): readonly { assetId: number; tag: TagInput }[] {
  return tags.map((tag) => ({ assetId, tag }))
}

function recordAsset(
  db: Db,
  by: Writer<Asset>,
  operation: AuditOperation,
  before: Asset | null,
  after: Asset | null,
): Promise<void> {
  const { id = null, externalKey: name = null } = before ?? after ?? {}
  return record(db, by, { operation, id, name, before, after })
}

function createMany(
  pg: Postgres,
  by: Writer<Asset>,
  inputs: readonly KeyedAssetInput[],
): Promise<readonly number[]> {
  const orgId = orgOf(by)
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
    if (typeof by !== 'number') await countImported(db, by, { kind: 'asset', count: ids.length, isNew: true })
    return ids
  })
}

async function findAsset(
  db: Db,
  orgId: number,
  id: number,
  lock: 'locked' | 'as it is' = 'as it is',
): Promise<Asset | null> {
  const query = db
    .selectFrom('assets')
    .select(columns)
    .where('orgId', '=', orgId)
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
  const row = await (lock === 'locked' ? query.forNoKeyUpdate() : query).executeTakeFirst()
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

interface Decided {
  readonly values: ReturnType<typeof valuesOf> | { readonly externalKey: string }
  readonly addedTags?: readonly AddedTag[] | undefined
}

function write(
  pg: Postgres,
  by: Writer<Asset>,
  id: number,
  decide: (current: Asset) => Decided,
): Promise<Changed<Asset>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await findAsset(db, orgId, id, 'locked')
    if (before === null) return { kind: 'not_found' }
    const { values, addedTags = [] } = decide(before)
    const taken = await firstTaken(db, orgId, addedTags)
    if (taken !== null) return taken
    const row = await db
      .updateTable('assets')
      .set({ ...values, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announce(db, [{ orgId, kind: 'asset', id, isDeleted: false, document: {} }])
    await insertTags(
      db,
      orgId,
      addedTags.map(({ tag }) => ({ assetId: id, tag })),
    )
    const after = { ...row, tags: (await tagsOfAssets(db, orgId, [id])).get(id) ?? [] }
    await recordAsset(db, by, 'externalKey' in values ? 'asset.renamed' : 'asset.updated', before, after)
    return { kind: 'changed', row: after }
  })
}

/** Whose it is, in words. Between this and the insert another one may take it: the index has the last word, without the name. */
async function firstTaken(
  db: Db,
  orgId: number,
  added: readonly AddedTag[],
): Promise<Extract<Changed<never>, { kind: 'conflict' }> | null> {
  if (added.length === 0) return null
  const rows = await db
    .selectFrom('tags as t')
    .innerJoin('assets as a', (join) => join.onRef('a.orgId', '=', 't.orgId').onRef('a.id', '=', 't.assetId'))
    .select(['t.matchKey', 't.value', 'a.externalKey'])
    .where('t.orgId', '=', orgId)
    .where(
      't.matchKey',
      'in',
      added.map(({ tag }) => tag.matchKey),
    )
    .where('t.deletedAt', 'is', null)
    .execute()
  const byKey = new Map(rows.map((row) => [row.matchKey, row]))
  for (const { field, tag } of added) {
    const { value, externalKey } = byKey.get(tag.matchKey) ?? {}
    if (value === undefined) continue
    const message = `a tag that reads the same, ${value}, belongs to the asset ${externalKey} already`
    return { kind: 'conflict', field, message }
  }
  return null
}

function remove(pg: Postgres, by: Writer<Asset>, id: number): Promise<boolean> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await findAsset(db, orgId, id, 'locked')
    if (before === null || !(await markDeleted(db, 'assets', orgId, id))) return false
    await announce(db, [{ orgId, kind: 'asset', id, isDeleted: true, document: {} }])
    await removeTagsOfAsset(db, orgId, id)
    await markLocationOfDeletedAsset(db, orgId, id)
    await recordAsset(db, by, 'asset.deleted', before, null)
    return true
  })
}
