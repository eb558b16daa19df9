/** Tags, nested under their asset. */
import { listed, nothing, single } from '@scanhook/http/answers'
import { idParam, pageParams } from '@scanhook/http/query'
import type { Tags } from '@scanhook/postgres/tags'
import { z } from 'zod'
import { type Api, foundOf, notFound, rowOf } from '../server.ts'
import { tagBody, tagToStore, tagView } from './tag-input.ts'

const ofAsset = z.object({ asset_id: idParam() })
const ofTag = z.object({ asset_id: idParam(), tag_id: idParam() })

export function addTagRoutes(api: Api, tags: Tags): void {
  api.route({
    method: 'POST',
    path: '/api/v1/assets/:asset_id/tags',
    scope: 'assets:write',
    params: ofAsset,
    body: tagBody,
    handle: async ({ caller, params, body }) => {
      const created = await tags.create(caller.orgId, params.asset_id, tagToStore(body))
      return single(tagView(rowOf(created, 'asset')), 201)
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/assets/:asset_id/tags',
    scope: 'assets:read',
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
    params: ofTag,
    handle: async ({ caller, params }) =>
      single(tagView(foundOf(await tags.find(caller.orgId, params.asset_id, params.tag_id), 'tag'))),
  })
  api.route({
    method: 'PATCH',
    path: '/api/v1/assets/:asset_id/tags/:tag_id',
    scope: 'assets:write',
    params: ofTag,
    body: z.object({ is_active: z.boolean().optional() }),
    handle: async ({ caller, params, body }) => {
      const change = { isActive: body.is_active }
      const changed = await tags.update(caller.orgId, params.asset_id, params.tag_id, change)
      return single(tagView(rowOf(changed, 'tag')))
    },
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/assets/:asset_id/tags/:tag_id',
    scope: 'assets:write',
    params: ofTag,
    handle: async ({ caller, params }) => {
      if (!(await tags.remove(caller.orgId, params.asset_id, params.tag_id))) throw notFound('tag')
      return nothing()
    },
  })
}
