/**
 * Where an asset was: its scans, newest first. TrakRF's shape with the location's name, and TrakRF's documented meaning of `duration_seconds`,
 * which its code does not have: the time since the asset's scan before, spent at that one's location.
 */
import { timeText } from '@scanhook/http/answers'
import { idParam, pageParams, sortParam, timeParam } from '@scanhook/http/query'
import { type AssetScans, type StoredScan, scanSortFields } from '@scanhook/postgres/asset-scans'
import { z } from 'zod'
import { idAnswer, listAnswer, timeAnswer } from '../answer-schemas.ts'
import { type Api, foundOf, listOf, pageOf } from '../server.ts'

const params = z.object({ asset_id: idParam() })
const query = z.object({
  ...pageParams,
  from: timeParam().optional(),
  to: timeParam().optional(),
  sort: sortParam(scanSortFields, '-event_observed_at'),
})

const scanAnswer = z
  .object({
    event_observed_at: timeAnswer,
    location_id: idAnswer.nullable(),
    location_external_key: z.string().nullable(),
    location_name: z.string().nullable(),
    duration_seconds: z.int().nullable(),
  })
  .meta({ id: 'AssetScan' })

export function addAssetHistoryRoutes(api: Api, scans: AssetScans): void {
  api.route({
    method: 'GET',
    path: '/api/v1/assets/:asset_id/history',
    scope: 'tracking:read',
    describes: {
      id: 'listAssetHistory',
      summary: 'Where an asset was',
      answers: { 200: listAnswer(scanAnswer) },
    },
    params,
    query,
    handle: async ({ caller, params: { asset_id: id }, query: given }) => {
      const page = await scans.list(caller.orgId, id, {
        ...pageOf(given),
        fromMs: given.from,
        toMs: given.to,
      })
      return listOf(given, foundOf(page, 'asset'), scanView)
    },
  })
}

function scanView(scan: StoredScan): z.output<typeof scanAnswer> {
  return {
    event_observed_at: timeText(scan.observedAt),
    location_id: scan.locationId,
    location_external_key: scan.locationExternalKey,
    location_name: scan.locationName,
    duration_seconds:
      scan.previousObservedAt === null
        ? null
        : Math.floor((scan.observedAt - scan.previousObservedAt) / 1000),
  }
}
