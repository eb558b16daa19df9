/**
 * The feed: the events that webhooks get, for those who cannot receive. They ask for what comes next and carry the answer's
 * place along, or let us keep it under a name; they may wait for up to 30 seconds, or read a stream.
 */
import { eventTypes } from '@scanhook/domain/event'
import { nothing, single, timeText } from '@scanhook/http/answers'
import { ApiError, fieldError } from '@scanhook/http/api-error'
import type { Caller } from '@scanhook/http/authentication'
import { integerParam, pageParams, repeatedParam, textParam, timeParam } from '@scanhook/http/query'
import type { HttpAnswer } from '@scanhook/http/route'
import type { Authored } from '@scanhook/postgres/audit-log'
import {
  type EventCursor,
  type EventFeed,
  type FeedPage,
  type FeedPosition,
  type FeedQuery,
  feedStart,
} from '@scanhook/postgres/event-feed'
import { z } from 'zod'
import { arrayAnswer, singleAnswer, timeAnswer } from '../answer-schemas.ts'
import { authorOf } from '../audit-log/author-of.ts'
import { eventAnswer, eventView } from '../events/routes.ts'
import { timeField } from '../fields.ts'
import { type Api, ambiguous, foundOf, ifAny, notFound } from '../server.ts'
import { positionOf, positionText } from './feed-position.ts'
import { type Followed, type FollowPorts, nextPage, streamOf } from './follow-feed.ts'
import { eventStreamHeaders, type Guard, guardedStream } from './guarded-stream.ts'

export interface FeedPorts extends FollowPorts {
  readonly clock: FollowPorts['clock'] & Guard['clock']
  readonly feed: Authored<EventFeed>
}

const cursorName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a–z, 0–9, dot, underscore and hyphen')
const positionParam = textParam(128)
const types = repeatedParam(z.enum(eventTypes))
const waitMaxSeconds = 30
const query = z.object({
  limit: pageParams.limit,
  type: types,
  cursor: cursorName.optional(),
  after: positionParam.optional(),
  from: timeParam().optional(),
  wait_seconds: integerParam(0, waitMaxSeconds).optional(),
})
const streamQuery = z.object({ type: types, after: positionParam.optional(), from: timeParam().optional() })

const feedAnswer = z.object({
  data: z.array(eventAnswer),
  limit: z.int(),
  next: z.string().describe('Send it as `after`, when these have been dealt with'),
  has_more: z.boolean().describe('More is there already'),
})
/** A message as its fields are read. */
const streamMessage = z
  .object({ event: z.string(), id: z.string(), data: z.string().describe('An event as JSON') })
  .partial()

const cursorAnswer = z
  .object({ name: z.string(), position: z.string(), created_at: timeAnswer, updated_at: timeAnswer })
  .meta({ id: 'EventCursor' })

/** A reader or two for each system of a customer, and some that were forgotten. */
const cursorsMax = 100
/** Requests of this process that wait or stream; each asks PostgreSQL once a second. */
const followersMax = { ofOne: 20, ofAll: 200 }

export function addFeedRoutes(api: Api, ports: FeedPorts): void {
  const beginFollowing = limitFollowers(followersMax, 'wait for events')
  api.route({
    method: 'GET',
    path: '/api/v1/events/feed',
    scope: 'tracking:read',
    describes: {
      id: 'readFeed',
      summary: 'Read events in the order in which they were recorded',
      details:
        'Begins at the oldest event, at `from`, at `after` (the `next` of the answer before), or where the named `cursor` is. `after` together with `cursor` moves the cursor there first: everything before it is done with. With `wait_seconds` an empty answer comes only after that time.',
      answers: { 200: feedAnswer },
      errors: ['not_found'],
    },
    query,
    handle: async ({ caller, query: given, signal }) => {
      const after = await placeOf(ports.feed, caller, given)
      const followed = followedOf(ports.feed, caller, { types: ifAny(given.type), limit: given.limit })
      const waitMs = (given.wait_seconds ?? 0) * 1_000
      const read = () => nextPage(ports, followed, after, { waitMs, signal })
      const end = waitMs === 0 ? null : beginFollowing(caller.orgId)
      const page = await read().finally(() => end?.())
      return {
        status: 200,
        body: {
          data: page.rows.map(eventView),
          limit: given.limit,
          next: positionText(page.next),
          has_more: page.hasMore,
        },
      }
    },
  })
  addStreamRoute(api, ports, beginFollowing)
  addCursorRoutes(api, ports.feed)
}

function followedOf(
  feed: Pick<EventFeed, 'read'>,
  { orgId }: Caller,
  query: Omit<FeedQuery, 'after'>,
): Followed<FeedPage> {
  return { log: 'events_recorded', orgId, read: (after) => feed.read(orgId, { ...query, after }) }
}

interface Place {
  readonly cursor?: string | undefined
  readonly after?: string | undefined
  readonly from?: number | undefined
}

async function placeOf(
  feed: Pick<EventFeed, 'findCursor' | 'advanceCursor' | 'seek'>,
  { orgId }: Caller,
  { cursor, after, from }: Place,
): Promise<FeedPosition> {
  if (from !== undefined && after !== undefined) throw ambiguous('from', 'after')
  if (from !== undefined && cursor !== undefined) throw ambiguous('from', 'cursor')
  const given = after === undefined ? null : givenPosition(after)
  if (cursor !== undefined) {
    const kept =
      given === null ? await feed.findCursor(orgId, cursor) : await feed.advanceCursor(orgId, cursor, given)
    return foundOf(kept, 'cursor').position
  }
  if (from !== undefined) return feed.seek(orgId, from)
  return given ?? feedStart
}

function addStreamRoute(api: Api, ports: FeedPorts, beginFollowing: BeginFollowing): void {
  api.route({
    method: 'GET',
    path: '/api/v1/events/stream',
    scope: 'tracking:read',
    describes: {
      id: 'streamEvents',
      summary: 'Events as they are recorded, as server-sent events',
      details:
        'Begins with what comes from now on, at `from`, or at `after`; a browser’s `Last-Event-ID` does the same. Each message has the type of the event, its place as `id`, and the event as `data`. A stream ends after five minutes: come again.',
      answers: {
        200: {
          contentType: 'text/event-stream',
          schema: streamMessage,
          description: 'Messages, and a comment every 15 seconds where there are none',
        },
      },
    },
    query: streamQuery,
    handle: async ({ caller, query: given, headers, signal, isStillAllowed }): Promise<HttpAnswer> => {
      const after = given.after ?? lastEventId(headers)
      const place =
        after === undefined && given.from === undefined
          ? await ports.feed.end()
          : await placeOf(ports.feed, caller, { after, from: after === undefined ? given.from : undefined })
      const stream = guardedStream(
        streamOf(ports, {
          followed: followedOf(ports.feed, caller, { types: ifAny(given.type), limit: pageMax }),
          after: place,
          signal,
          render: ({ rows, next }) =>
            rows.map((event) => message(event, event === rows.at(-1) ? next : null)).join(''),
        }),
        { clock: ports.clock, isStillAllowed, end: beginFollowing(caller.orgId) },
      )
      return { status: 200, body: stream, headers: eventStreamHeaders }
    },
  })
}

/** As many as a list has at most. */
const pageMax = 200

/** The place goes with the last message of a page only: whoever comes again in the middle gets the page again. */
function message(event: Parameters<typeof eventView>[0], place: FeedPosition | null): string {
  const id = place === null ? '' : `id: ${positionText(place)}\n`
  return `event: ${event.type}\n${id}data: ${JSON.stringify(eventView(event))}\n\n`
}

function addCursorRoutes(api: Api, feed: Authored<EventFeed>): void {
  const params = z.object({ name: cursorName })
  api.route({
    method: 'PUT',
    path: '/api/v1/event-cursors/:name',
    scope: 'tracking:read',
    describes: {
      id: 'setEventCursor',
      summary: 'Make a cursor, or set it to a time',
      details:
        'With `from` it is set before the first event received then; without, after everything that is there.',
      answers: { 200: singleAnswer(cursorAnswer) },
      errors: ['conflict'],
    },
    params,
    body: z.object({ from: timeField.nullable().optional() }),
    handle: async (request) => {
      const { caller, params: asked } = request
      const { from } = request.body
      const place = await (from === undefined || from === null ? feed.end() : feed.seek(caller.orgId, from))
      const author = authorOf(request, cursorView)
      const cursor = await feed.setCursor(author, asked.name, place, cursorsMax)
      if (cursor === null) throw new ApiError('conflict', `an organization has at most ${cursorsMax} cursors`)
      return single(cursorView(cursor))
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/event-cursors',
    scope: 'tracking:read',
    describes: {
      id: 'listEventCursors',
      summary: 'List cursors',
      answers: { 200: z.object({ data: arrayAnswer(cursorAnswer) }) },
    },
    handle: async ({ caller }) => single((await feed.listCursors(caller.orgId)).map(cursorView)),
  })
  api.route({
    method: 'GET',
    path: '/api/v1/event-cursors/:name',
    scope: 'tracking:read',
    describes: {
      id: 'getEventCursor',
      summary: 'Get a cursor',
      answers: { 200: singleAnswer(cursorAnswer) },
    },
    params,
    handle: async ({ caller, params: { name } }) =>
      single(cursorView(foundOf(await feed.findCursor(caller.orgId, name), 'cursor'))),
  })
  api.route({
    method: 'DELETE',
    path: '/api/v1/event-cursors/:name',
    scope: 'tracking:read',
    describes: { id: 'deleteEventCursor', summary: 'Delete a cursor', answers: { 204: null } },
    params,
    handle: async (request) => {
      const isRemoved = await feed.removeCursor(authorOf(request, cursorView), request.params.name)
      if (!isRemoved) throw notFound('cursor')
      return nothing()
    },
  })
}

function cursorView({ name, position, createdAt, updatedAt }: EventCursor): z.output<typeof cursorAnswer> {
  return {
    name,
    position: positionText(position),
    created_at: timeText(createdAt),
    updated_at: timeText(updatedAt),
  }
}

/** Throws a validation error for what is not one of ours. */
export function givenPosition(after: string): FeedPosition {
  const place = positionOf(after)
  if (place === null)
    throw fieldError({ field: 'after', code: 'invalid_value', message: 'is not one that was given' })
  return place
}

/** Where a reader of server-sent events says that it has come to (WHATWG HTML 9.2.4); undefined: it begins. */
export function lastEventId(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const last = headers['last-event-id']
  return typeof last === 'string' && last !== '' ? last : undefined
}

/** Gives the way to end it. Throws `rate_limited` when too many follow already. */
export type BeginFollowing = (orgId: number) => () => void

export interface FollowersMax {
  readonly ofOne: number
  readonly ofAll: number
}

const comeAgainS = '5'

/** `what`: `wait for events`, as in "too many requests …  already". */
export function limitFollowers({ ofOne, ofAll }: FollowersMax, what: string): BeginFollowing {
  const counts = new Map<number, number>()
  let all = 0
  return (orgId) => {
    const own = counts.get(orgId) ?? 0
    if (own >= ofOne || all >= ofAll) {
      throw new ApiError('rate_limited', `too many requests ${what} already`, [], {
        headers: { 'retry-after': comeAgainS },
      })
    }
    counts.set(orgId, own + 1)
    all += 1
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      all -= 1
      const left = (counts.get(orgId) ?? 1) - 1
      if (left === 0) counts.delete(orgId)
      else counts.set(orgId, left)
    }
  }
}
