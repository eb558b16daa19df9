/** Tags: what a reader sees of an asset. A match key belongs to one live tag of an organization. */
import type { TagType } from '@scanhook/domain/asset'
import { sql } from 'kysely'
import { orgOf, record, type Writer } from './audit-log.ts'
import { type Changed, type ConflictFields, catchConflict, type Page } from './change.ts'
import type { Db, Postgres } from './open.ts'
import { announce } from './outbox.ts'
import { forgetUnknownTags } from './unknown-tags.ts'

export interface Tag {
  readonly id: number
  readonly assetId: number
  readonly tagType: TagType
  readonly value: string
  readonly matchKey: string
  readonly isActive: boolean
}

export interface TagInput {
  readonly tagType: TagType
  readonly value: string
  /** `normaliseTag(value)` of domain/reading: the caller's decision, kept here for lookups. */
  readonly matchKey: string
  readonly isActive?: boolean | undefined
}

export interface Tags {
  create(by: Writer<Tag>, assetId: number, input: TagInput): Promise<Changed<Tag>>
  find(orgId: number, assetId: number, id: number): Promise<Tag | null>
  /** Null when there is no such live asset. */
  list(
    orgId: number,
    assetId: number,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<Page<Tag> | null>
  update(
    by: Writer<Tag>,
    assetId: number,
    id: number,
    change: { readonly isActive?: boolean | undefined },
  ): Promise<Changed<Tag>>
  remove(by: Writer<Tag>, assetId: number, id: number): Promise<boolean>
}

const columns = ['id', 'assetId', 'tagType', 'value', 'matchKey', 'isActive'] as const

/** The conflict of a tag's value, reported under the field that carried it. */
export function tagConflict(field: string): ConflictFields {
  return {
    tags_match_key: [field, 'a tag that reads the same belongs to an asset of this organization already'],
  }
}

export function tags(pg: Postgres): Tags {
  return {
    create: (by, assetId, input) => catchConflict(tagConflict('value'), () => create(pg, by, assetId, input)),
    find: async (orgId, assetId, id) =>
      (await tagsOfAssets(pg.db, orgId, [assetId])).get(assetId)?.find((tag) => tag.id === id) ?? null,
    list: async (orgId, assetId, { limit, offset }) => {
      if (!(await hasLiveAsset(pg.db, orgId, assetId))) return null
      const all = (await tagsOfAssets(pg.db, orgId, [assetId])).get(assetId) ?? []
      return { rows: all.slice(offset, offset + limit), totalCount: all.length }
    },
    update: (by, assetId, id, change) =>
      write(pg, by, { assetId, id, isDeleted: false }, { isActive: change.isActive }),
    remove: async (by, assetId, id) =>
      (await write(pg, by, { assetId, id, isDeleted: true }, { deletedAt: sql<string>`now()` })).kind ===
      'changed',
  }
}

async function hasLiveAsset(db: Db, orgId: number, assetId: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from assets where org_id = ${orgId} and id = ${assetId} and deleted_at is null for key share`.execute(
    db,
  )
  return rows.length > 0
}

function create(pg: Postgres, by: Writer<Tag>, assetId: number, input: TagInput): Promise<Changed<Tag>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    // The share lock keeps the asset from being deleted under us.
    if (!(await hasLiveAsset(db, orgId, assetId))) return { kind: 'not_found' }
    const [row] = await insertTags(db, orgId, [{ assetId, tag: input }])
    if (row === undefined) return { kind: 'not_found' }
    await record(db, by, {
      ...{ operation: 'tag.created', id: row.id, name: row.value },
      ...{ before: null, after: row },
    })
    return { kind: 'changed', row }
  })
}

/** Within the transaction that made or locked their assets. */
export async function insertTags(
  db: Db,
  orgId: number,
  inputs: readonly { readonly assetId: number; readonly tag: TagInput }[],
): Promise<readonly Tag[]> {
  if (inputs.length === 0) return []
  const rows = await db
    .insertInto('tags')
    .values(
      inputs.map(({ assetId, tag: { tagType, value, matchKey, isActive } }) => ({
        orgId,
        assetId,
        tagType,
        value,
        matchKey,
        isActive: isActive ?? true,
      })),
    )
    .returning(columns)
    .execute()
  const made = rows.map(tagOf)
  await forgetUnknownTags(
    db,
    orgId,
    made.map(({ matchKey }) => matchKey),
  )
  await announceTags(db, orgId, made, false)
  return made
}

/** Within the transaction that deleted the asset. */
export async function removeTagsOfAsset(db: Db, orgId: number, assetId: number): Promise<void> {
  const rows = await db
    .updateTable('tags')
    .set({ deletedAt: sql<string>`now()`, updatedAt: sql<string>`now()` })
    .where('orgId', '=', orgId)
    .where('assetId', '=', assetId)
    .where('deletedAt', 'is', null)
    .returning(columns)
    .execute()
  await announceTags(db, orgId, rows.map(tagOf), true)
}

/** Live tags by asset, oldest first. An asset has a handful: pages are cut by the caller. */
export async function tagsOfAssets(
  db: Db,
  orgId: number,
  assetIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Tag[]>> {
  const byAsset = new Map<number, Tag[]>()
  if (assetIds.length === 0) return byAsset
  const rows = await db
    .selectFrom('tags')
    .select(columns)
    .where('orgId', '=', orgId)
    .where('assetId', 'in', assetIds)
    .where('deletedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  for (const row of rows.map(tagOf)) byAsset.set(row.assetId, [...(byAsset.get(row.assetId) ?? []), row])
  return byAsset
}

interface TagTarget {
  readonly assetId: number
  readonly id: number
  readonly isDeleted: boolean
}

function write(
  pg: Postgres,
  by: Writer<Tag>,
  { assetId, id, isDeleted }: TagTarget,
  values: object,
): Promise<Changed<Tag>> {
  const orgId = orgOf(by)
  return pg.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom('tags')
      .select(columns)
      .where('orgId', '=', orgId)
      .where('assetId', '=', assetId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (before === undefined) return { kind: 'not_found' }
    const row = await db
      .updateTable('tags')
      .set({ ...values, updatedAt: sql<string>`now()` })
      .where('orgId', '=', orgId)
      .where('assetId', '=', assetId)
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning(columns)
      .executeTakeFirstOrThrow()
    await announceTags(db, orgId, [tagOf(row)], isDeleted)
    await record(db, by, {
      ...{ operation: isDeleted ? 'tag.deleted' : 'tag.updated', id, name: row.value },
      ...{ before: tagOf(before), after: isDeleted ? null : tagOf(row) },
    })
    return { kind: 'changed', row: tagOf(row) }
  })
}

async function announceTags(
  db: Db,
  orgId: number,
  changed: readonly Tag[],
  isDeleted: boolean,
): Promise<void> {
  await announce(
    db,
    changed.map((tag) => ({
      orgId,
      kind: 'tag',
      id: tag.id,
      isDeleted,
      document: {
        match_key: tag.matchKey,
        tag_type: tag.tagType,
        asset_id: tag.assetId,
        value: tag.value,
      },
    })),
  )
}

function tagOf(row: Omit<Tag, 'tagType'> & { readonly tagType: string }): Tag {
  return { ...row, tagType: row.tagType as TagType } // the column's check admits nothing else
}
