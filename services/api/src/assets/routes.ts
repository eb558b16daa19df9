/** Assets. Where an asset is belongs to its scans, not to it: there is no location here to read or to write. */
import { nothing, single, timeText } from '@scanhook/http/answers'
import { parseOrRefuse, validationError } from '@scanhook/http/field-problems'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import { type Asset, type AssetInput, type Assets, assetSortFields } from '@scanhook/postgres/assets'
import type { Authored } from '@scanhook/postgres/audit-log'
import { z } from 'zod'
import {
  arrayAnswer,
  idAnswer,
  listAnswer,
  objectAnswer,
  singleAnswer,
  timeAnswer,
} from '../answer-schemas.ts'
import { type AuthorRequest, authorOf } from '../audit-log/author-of.ts'
import {
  descriptionField,
  externalKeyField,
  metadataField,
  nameField,
  readOnlyFields,
  timeField,
} from '../fields.ts'
import { type JsonObject, mergePatch } from '../merge-patch.ts'
import { type Api, foundOf, ifAny, listOf, notFound, pageOf, refuseReadOnly, rowOf } from '../server.ts'
import { freshTags } from '../tags/fresh-tags.ts'
import { givenTag, tagAnswer, tagBody, tagToStore, tagView } from '../tags/tag-input.ts'

const written = {
  description: descriptionField.optional(),
  is_active: z.boolean().optional(),
  valid_from: timeField.optional(),
  valid_to: timeField.nullable().optional(),
  metadata: metadataField.optional(),
}
/** As many tags as one asset can sensibly carry: both sides, both technologies, and spares. */
const newAsset = z.object({
  ...written,
  external_key: externalKeyField.optional(),
  name: nameField,
  tags: z.array(tagBody).max(50).optional(),
})
const answeredOnly = ['id', 'external_key', 'tags', 'created_at', 'updated_at', 'deleted_at'] as const
const assetPatch = z.object({
  ...written,
  name: nameField.optional(),
  ...readOnlyFields(answeredOnly),
})
const query = z.object({
  ...pageParams,
  id: repeatedParam(idParam()),
  external_key: repeatedParam(textParam(255)),
  is_active: booleanParam().optional(),
  q: textParam(255).optional(),
  include_deleted: booleanParam().default(false),
  sort: sortParam(assetSortFields, 'external_key'),
})
const params = z.object({ asset_id: idParam() })

const assetSchema = z
  .object({
    id: idAnswer,
    external_key: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    is_active: z.boolean(),
    valid_from: timeAnswer,
    valid_to: timeAnswer.nullable(),
    metadata: objectAnswer,
    tags: arrayAnswer(tagAnswer),
    created_at: timeAnswer,
    updated_at: timeAnswer,
    deleted_at: timeAnswer.nullable(),
  })
  .meta({ id: 'Asset' })
export const assetAnswer: z.ZodType = assetSchema

/** What a store is given for a body that POST would take. Throws a validation error. */
export function newAssetInput(body: unknown): AssetInput {
  return inputOf(parseOrRefuse(newAsset.strict(), body))
}

function inputOf(body: z.output<typeof newAsset>): AssetInput {
  return {
    ...changeOf(body),
    name: body.name,
    externalKey: body.external_key,
    tags: body.tags?.map(tagToStore),
  }
}

export function addAssetRoutes(api: Pick<Api, 'route'>, assets: Authored<Assets>): void {
  api.route({
    method: 'POST',
    path: '/api/v1/assets',
    scope: 'assets:write',
    describes: {
      id: 'createAsset',
      summary: 'Make an asset',
      answers: { 201: singleAnswer(assetAnswer) },
      errors: ['conflict'],
    },
    body: newAsset,
    handle: async (request) => {
      const created = await assets.create(authorOf(request, assetView), inputOf(request.body))
      return single(assetView(rowOf(created, 'asset')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/assets',
    scope: 'assets:read',
    describes: { id: 'listAssets', summary: 'List assets', answers: { 200: listAnswer(assetAnswer) } },
    query,
    handle: async ({ caller, query: given }) => {
      const page = await assets.list(caller.orgId, {
        ...pageOf(given),
        ids: ifAny(given.id),
        externalKeys: ifAny(given.external_key),
        isActive: given.is_active,
        q: given.q,
        includeDeleted: given.include_deleted,
      })
      return listOf(given, page, assetView)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/assets/:asset_id',
    scope: 'assets:read',
    describes: { id: 'getAsset', summary: 'Get an asset', answers: { 200: singleAnswer(assetAnswer) } },
    params,
    handle: async ({ caller, params: { asset_id: id } }) =>
      single(assetView(foundOf(await assets.find(caller.orgId, id), 'asset'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/assets/:asset_id',
    scope: 'assets:write',
    describes: {
      id: 'updateAsset',
      summary: 'Change an asset',
      answers: { 200: singleAnswer(assetAnswer) },
      errors: ['conflict'],
    },
    params,
    body: assetPatch,
    handle: async (request) => {
      const { params, body } = request
      // Decided with the row locked: of what two people add to the metadata at once neither is lost.
      const changed = await assets.update(authorOf(request, assetView), params.asset_id, (current) => {
        refuseReadOnly(body, assetView(current), answeredOnly)
        const metadata =
          body.metadata === undefined ? undefined : mergedMetadata(current.metadata, body.metadata)
        return { ...changeOf(body), name: body.name, metadata }
      })
      return single(assetView(rowOf(changed, 'asset')))
    },
  })
  api.route({
    method: 'POST',
    path: '/api/v1/assets/:asset_id/rename',
    scope: 'assets:write',
    describes: {
      id: 'renameAsset',
      summary: 'Change the external key of an asset',
      answers: { 200: singleAnswer(assetAnswer) },
      errors: ['conflict'],
    },
    params,
    body: z.object({ external_key: externalKeyField }),
    handle: async (request) => {
      const { params, body } = request
      const author = authorOf(request, assetView)
      const renamed = await assets.rename(author, params.asset_id, body.external_key)
      return single(assetView(rowOf(renamed, 'asset')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/assets/:asset_id',
    scope: 'assets:write',
    describes: {
      id: 'deleteAsset',
      summary: 'Delete an asset',
      answers: { 204: null },
      errors: ['conflict'],
    },
    params,
    handle: async (request) => {
      const isRemoved = await assets.remove(authorOf(request, assetView), request.params.asset_id)
      if (!isRemoved) throw notFound('asset')
      return nothing()
    },
  })
}

const importedChange = assetPatch
  .extend({
    tags: z.array(givenTag).max(50),
  })
  .strict()

/**
 * A line of an import for an asset that is there: what PATCH does, and the tags that it does not have yet are added, all of it or
 * nothing. Throws what PATCH would throw; a `conflict` for a tag of another asset.
 */
export async function changeImportedAsset(
  assets: Authored<Pick<Assets, 'update'>>,
  request: AuthorRequest,
  { id, line }: { readonly id: number; readonly line: unknown },
): Promise<Readonly<Record<string, unknown>>> {
  const { tags, ...body } = parseOrRefuse(importedChange, line)
  const changed = await assets.update(authorOf(request, assetView), id, (current) => {
    refuseReadOnly(body, assetView(current), answeredOnly)
    const found = freshTags(current.tags.map(tagView), tags)
    if (!found.ok) throw validationError(found.problems)
    const metadata = body.metadata === undefined ? undefined : mergedMetadata(current.metadata, body.metadata)
    const addedTags = found.fresh.map(({ index, tag }) => ({
      field: `tags.${index}.value`,
      tag: tagToStore(tag),
    }))
    return { ...changeOf(body), name: body.name, metadata, addedTags }
  })
  return assetView(rowOf(changed, 'asset'))
}

/** Merged, and still within the bound of what may be written at once. */
function mergedMetadata(current: JsonObject, patch: JsonObject): Record<string, unknown> {
  return parseOrRefuse(z.object({ metadata: metadataField }), { metadata: mergePatch(current, patch) })
    .metadata
}

type Written = { readonly [K in keyof typeof written]?: z.infer<(typeof written)[K]> }

function changeOf(body: Written): Parameters<Assets['update']>[2] {
  return {
    description: body.description,
    isActive: body.is_active,
    validFromMs: body.valid_from,
    validToMs: body.valid_to,
    metadata: body.metadata,
  }
}

export function assetView(asset: Asset): Readonly<Record<string, unknown>> {
  return {
    id: asset.id,
    external_key: asset.externalKey,
    name: asset.name,
    description: asset.description,
    is_active: asset.isActive,
    valid_from: timeText(asset.validFrom),
    valid_to: timeText(asset.validTo),
    metadata: asset.metadata,
    tags: asset.tags.map(tagView),
    created_at: timeText(asset.createdAt),
    updated_at: timeText(asset.updatedAt),
    deleted_at: timeText(asset.deletedAt),
  } satisfies z.output<typeof assetSchema>
}
