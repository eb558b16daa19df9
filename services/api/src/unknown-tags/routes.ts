/** Tags that readers see and nobody has registered, so that somebody can. */
import { timeText } from '@scanhook/http/answers'
import { pageParams, repeatedParam, sortParam, textParam, timeParam } from '@scanhook/http/query'
import { type UnknownTag, type UnknownTags, unknownTagSortFields } from '@scanhook/postgres/unknown-tags'
import { z } from 'zod'
import { idAnswer, listAnswer, timeAnswer } from '../answer-schemas.ts'
import { type Api, ifAny, listOf, pageOf } from '../server.ts'

const query = z.object({
  ...pageParams,
  device: repeatedParam(textParam(255)),
  from: timeParam().optional(),
  sort: sortParam(unknownTagSortFields, '-reads'),
})

const unknownTagAnswer = z
  .object({
    value: z.string(),
    tag_type: z.string().nullable(),
    match_key: z.string(),
    reads: z.int(),
    first_seen_at: timeAnswer,
    last_seen_at: timeAnswer,
    last_scan_device_id: idAnswer.nullable(),
    last_scan_device_external_key: z.string().nullable(),
    last_scan_device_name: z.string().nullable(),
    last_antenna_port: z.int().nullable(),
    rssi_max_dbm: z.number().nullable(),
  })
  .meta({ id: 'UnknownTag' })

export function addUnknownTagRoutes(api: Api, unknownTags: Pick<UnknownTags, 'list'>): void {
  api.route({
    method: 'GET',
    path: '/api/v1/unknown-tags',
    scope: 'tracking:read',
    describes: {
      id: 'listUnknownTags',
      summary: 'List tags that readers see and nobody has registered',
      answers: { 200: listAnswer(unknownTagAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const page = await unknownTags.list(caller.orgId, {
        ...pageOf(given),
        deviceKeys: ifAny(given.device),
        fromMs: given.from,
      })
      return listOf(given, page, unknownTagView)
    },
  })
}

function unknownTagView(tag: UnknownTag): z.output<typeof unknownTagAnswer> {
  return {
    value: tag.value,
    tag_type: tag.tagType,
    match_key: tag.matchKey,
    reads: tag.reads,
    first_seen_at: timeText(tag.firstSeenAt),
    last_seen_at: timeText(tag.lastSeenAt),
    last_scan_device_id: tag.lastDeviceId,
    last_scan_device_external_key: tag.lastDeviceKey,
    last_scan_device_name: tag.lastDeviceName,
    last_antenna_port: tag.lastAntennaPort,
    rssi_max_dbm: tag.rssiMaxCdbm === null ? null : tag.rssiMaxCdbm / 100,
  }
}
