/** How many assets are at each location now: the figures of a live map, in one answer for the whole tree. */
import { single, timeText } from '@scanhook/http/answers'
import { integerParam } from '@scanhook/http/query'
import type { CountedLocation, LocationCounts } from '@scanhook/postgres/location-counts'
import { z } from 'zod'
import { arrayAnswer, idAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import type { Api } from '../server.ts'

/** Some 300 bytes each: an answer of 600 KB, which is asked for every few seconds, is as large as it may be. */
const locationsMax = 2_000
/** From what a person who watches calls "just now" to a day. */
const [spanMinS, spanMaxS] = [10, 86_400]

const query = z.object({
  moved_within_seconds: integerParam(spanMinS, spanMaxS).default(300),
  limit: integerParam(1, locationsMax).default(locationsMax),
})

const count = z.int().min(0)
const placeAnswer = z
  .object({
    location_id: idAnswer,
    location_external_key: z.string(),
    location_name: z.string(),
    parent_id: idAnswer.nullable(),
    present_count: count.describe('Assets that are there now'),
    present_inside_count: count.describe('The same with all locations inside'),
    arrived_count: count.describe('Of the assets that are there, those that came within the time'),
    arrived_inside_count: count,
    left_count: count.describe('Assets that left within the time, and were at no location since'),
    left_inside_count: count,
  })
  .meta({ id: 'LocationCount' })
const countsAnswer = z.object({
  counted_at: timeAnswer,
  moved_since: timeAnswer,
  location_count: count.describe('All locations, in the list or not'),
  present_count: count.describe('Assets that are at a location now'),
  absent_count: count.describe('Assets that were seen, and are at none now'),
  locations: arrayAnswer(placeAnswer),
})

export interface LocationCountPorts {
  readonly counts: LocationCounts
  readonly nowMs: () => number
}

export function addLocationCountRoute(api: Api, { counts, nowMs }: LocationCountPorts): void {
  api.route({
    method: 'GET',
    path: '/api/v1/reports/location-counts',
    scope: 'tracking:read',
    describes: {
      id: 'countAssetsByLocation',
      summary: 'How many assets are at each location',
      details:
        'Those with the most assets inside come first. Assets of a location inside count for every one around it.',
      answers: { 200: singleAnswer(countsAnswer) },
    },
    query,
    handle: async ({ caller, query: { limit, moved_within_seconds: seconds } }) => {
      const countedAtMs = nowMs()
      const sinceMs = countedAtMs - seconds * 1000
      const counted = await counts.count(caller.orgId, { sinceMs, limit })
      return single({
        counted_at: timeText(countedAtMs),
        moved_since: timeText(sinceMs),
        location_count: counted.locationCount,
        present_count: counted.presentCount,
        absent_count: counted.absentCount,
        locations: counted.rows.map(placeView),
      } satisfies z.output<typeof countsAnswer>)
    },
  })
}

function placeView({ own, inside, ...location }: CountedLocation): z.output<typeof placeAnswer> {
  return {
    location_id: location.id,
    location_external_key: location.externalKey,
    location_name: location.name,
    parent_id: location.parentId,
    present_count: own.present,
    present_inside_count: inside.present,
    arrived_count: own.arrived,
    arrived_inside_count: inside.arrived,
    left_count: own.left,
    left_inside_count: inside.left,
  }
}
