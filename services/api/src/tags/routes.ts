/** Tags, nested under their asset. */
import { listed, nothing, single } from '@scanhook/http/answers'
import { idParam, pageParams } from '@scanhook/http/query'
import type { Authored } from '@scanhook/postgres/audit-log'
import type { Tag, Tags } from '@scanhook/postgres/tags'
import { z } from 'zod'
import { listAnswer, singleAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { type Api, foundOf, notFound, rowOf } from '../server.ts'
import { tagAnswer, tagBody, tagToStore, tagView } from './tag-input.ts'

const ofAsset = z.object({ asset_id: idParam() })
const ofTag = z.object({ asset_id: idParam(), tag_id: idParam() })

export function addTagRoutes(api: Api, tags: Authored<Tags>): void {
  api.route({
    method: 'POST',
    path: '/api/v1/assets/:asset_id/tags',
    scope: 'assets:write',
    describes: {
      id: 'createTag',
      summary: 'Give an asset a tag',
      answers: { 201: singleAnswer(tagAnswer) },
      errors: ['conflict'],
    },
    params: ofAsset,
    body: tagBody,
    handle: async (request) => {
      const { params, body } = request
      const created = await tags.create(authorOf(request, auditedTagView), params.asset_id, tagToStore(body))
      return single(tagView(rowOf(created, 'asset')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/assets/:asset_id/tags',
    scope: 'assets:read',
    describes: {
      id: 'listTags',
      summary: 'List the tags of an asset',
      answers: { 200: listAnswer(tagAnswer) },
    },
    params: ofAsset,
    query: z.object(pageParams),
    handle: async ({ caller, params, query }) => {
      const { rows, totalCount } = foundOf(await tags.list(caller.orgId, params.asset_id, query), 'asset')
      return listed({ ...query, data: rows.map(tagView), totalCount })
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/assets/:asset_id/tags/:tag_id',
    scope: 'assets:read',
    describes: { id: 'getTag', summary: 'Get a tag', answers: { 200: singleAnswer(tagAnswer) } },
    params: ofTag,
    handle: async ({ caller, params }) =>
      single(tagView(foundOf(await tags.find(caller.orgId, params.asset_id, params.tag_id), 'tag'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/assets/:asset_id/tags/:tag_id',
    scope: 'assets:write',
    describes: {
      id: 'updateTag',
      summary: 'Change a tag',
      answers: { 200: singleAnswer(tagAnswer) },
      errors: ['conflict'],
    },
    params: ofTag,
    body: z.object({ is_active: z.boolean().optional() }),
    handle: async (request) => {
      const { params, body } = request
      const change = { isActive: body.is_active }
      const changed = await tags.update(
        authorOf(request, auditedTagView),
        params.asset_id,
        params.tag_id,
        change,
      )
      return single(tagView(rowOf(changed, 'tag')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/assets/:asset_id/tags/:tag_id',
    scope: 'assets:write',
    describes: { id: 'deleteTag', summary: 'Delete a tag', answers: { 204: null } },
    params: ofTag,
    handle: async (request) => {
      const { params } = request
      const isRemoved = await tags.remove(authorOf(request, auditedTagView), params.asset_id, params.tag_id)
      if (!isRemoved) throw notFound('tag')
      return nothing()
    },
  })
}

/** Beside its asset, which an entry of the audit log does not stand under. */
function auditedTagView(tag: Tag): Readonly<Record<string, unknown>> {
  return { ...tagView(tag), asset_id: tag.assetId }
}
