/** Where assets are: one row for each that was ever scanned. TrakRF's shape, and `presence` and the names beside it. */
import { timeText } from '@scanhook/http/answers'
import { booleanParam, idParam, pageParams, repeatedParam, sortParam, textParam } from '@scanhook/http/query'
import {
  type AssetLocations,
  assetLocationSortFields,
  type StoredAssetLocation,
} from '@scanhook/postgres/asset-locations'
import { z } from 'zod'
import { idAnswer, listAnswer, timeAnswer } from '../answer-schemas.ts'
import { type Api, ifAny, listOf, pageOf, refuseBoth } from '../server.ts'

const assetFields = { idField: 'asset_id', keyField: 'asset_external_key' }
const locationFields = { idField: 'location_id', keyField: 'location_external_key' }
const query = z.object({
  ...pageParams,
  asset_id: repeatedParam(idParam()),
  asset_external_key: repeatedParam(textParam(255)),
  location_id: repeatedParam(idParam()),
  location_external_key: repeatedParam(textParam(255)),
  q: textParam(255).optional(),
  include_deleted: booleanParam().default(false),
  sort: sortParam(assetLocationSortFields, '-asset_last_seen'),
})

const assetLocationAnswer = z
  .object({
    asset_id: idAnswer,
    asset_external_key: z.string(),
    asset_name: z.string(),
    location_id: idAnswer.nullable(),
    location_external_key: z.string().nullable(),
    location_name: z.string().nullable(),
    asset_last_seen: timeAnswer,
    asset_deleted_at: timeAnswer.nullable(),
    dwell_started_at: timeAnswer.nullable(),
    dwell_seconds: z.int().nullable(),
    presence: z.enum(['present', 'absent']),
  })
  .meta({ id: 'AssetLocation' })

export function addAssetLocationRoutes(api: Api, assetLocations: AssetLocations): void {
  api.route({
    method: 'GET',
    path: '/api/v1/reports/asset-locations',
    scope: 'tracking:read',
    describes: {
      id: 'listAssetLocations',
      summary: 'Where assets are',
      answers: { 200: listAnswer(assetLocationAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      refuseBoth(given, assetFields)
      refuseBoth(given, locationFields)
      const page = await assetLocations.list(caller.orgId, {
        ...pageOf(given),
        assetIds: ifAny(given.asset_id),
        assetExternalKeys: ifAny(given.asset_external_key),
        locationIds: ifAny(given.location_id),
        locationExternalKeys: ifAny(given.location_external_key),
        q: given.q,
        includeDeleted: given.include_deleted,
      })
      return listOf(given, page, assetLocationView)
    },
  })
}

function assetLocationView(row: StoredAssetLocation): z.output<typeof assetLocationAnswer> {
  return {
    asset_id: row.assetId,
    asset_external_key: row.assetExternalKey,
    asset_name: row.assetName,
    location_id: row.locationId,
    location_external_key: row.locationExternalKey,
    location_name: row.locationName,
    asset_last_seen: timeText(row.lastSeenAt),
    asset_deleted_at: timeText(row.assetDeletedAt),
    dwell_started_at: timeText(row.dwellStartedAt),
    dwell_seconds: dwellSeconds(row),
    presence: row.isPresent ? 'present' : 'absent',
  }
}

/** What was observed, not what may be guessed: it stops with the scans. */
function dwellSeconds({ lastSeenAt, dwellStartedAt }: StoredAssetLocation): number | null {
  return dwellStartedAt === null ? null : Math.max(0, Math.floor((lastSeenAt - dwellStartedAt) / 1000))
}
