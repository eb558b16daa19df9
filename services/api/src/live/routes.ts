/**
 * Deliveries and requests as they happen: server-sent events of what the recorder writes, for screens and for those who watch.
 * Lists say how it stands; these go on from there without a gap.
 */
import { attemptErrorClasses } from '@scanhook/domain/attempt'
import { eventTypes } from '@scanhook/domain/event'
import { booleanParam, idParam, repeatedParam, textParam } from '@scanhook/http/query'
import type { OtherContent } from '@scanhook/http/route'
import type { AttemptFeed, AttemptFeedPage, ChangedDelivery } from '@scanhook/postgres/attempt-feed'
import type { FeedPosition } from '@scanhook/postgres/event-feed'
import { statusClasses } from '@scanhook/postgres/status-class'
import { z } from 'zod'
import { listedAttemptView } from '../attempts/routes.ts'
import { deliveryFilterOf, deliveryFilterParams, deliveryView } from '../deliveries/routes.ts'
import { positionText } from '../feed/feed-position.ts'
import { type FollowPorts, streamOf } from '../feed/follow-feed.ts'
import { eventStreamHeaders, type Guard, guardedStream } from '../feed/guarded-stream.ts'
import { givenPosition, lastEventId, limitFollowers } from '../feed/routes.ts'
import { type Api, ifAny } from '../server.ts'

export interface LivePorts extends FollowPorts {
  readonly clock: FollowPorts['clock'] & Guard['clock']
  readonly attemptFeed: AttemptFeed
}

/**
 * Of a process. An organization: some dozen people with the console open; each stream holds a page or two (some 100 KB) and asks
 * PostgreSQL once a second and whenever something was recorded.
 */
const followersMax = { ofOne: 30, ofAll: 200 }
/** As many as a list has at most. */
const pageMax = 200
/** Three minutes at a hundred a second: longer than any restart. Whoever was away for longer looks at the list anew. */
const catchUpMax = 20_000

const after = textParam(128).optional()
/** Streams that a proxy holds back are no streams: an answer that ends gets through. */
const once = booleanParam().optional()
const deliveriesQuery = z.object({ ...deliveryFilterParams, after, once })
const attemptsQuery = z.object({
  webhook_id: repeatedParam(idParam()),
  event_type: repeatedParam(z.enum(eventTypes)),
  status_class: repeatedParam(z.enum(statusClasses)),
  error_class: repeatedParam(z.enum(attemptErrorClasses)),
  after,
  once,
})

const details =
  'Begins with what is recorded from now on, or goes on behind `after`, the `id` of a message; a browser’s `Last-Event-ID` does the same. ' +
  'The first message is `open`: with `is_continued` false what was before is not told, because no place was given or it lies too far behind; ask the list. ' +
  'Every 15 seconds without a message comes a comment with a new `id`. A slow reader is waited for. A stream ends after five minutes, and when its key or session ends: come again with the last `id`. ' +
  'With `once` it ends as soon as all that is recorded was told: for clients behind a proxy that lets no stream through, which ask every few seconds.'

function messages(described: string): OtherContent {
  return {
    contentType: 'text/event-stream',
    schema: z.object({ event: z.string(), id: z.string(), data: z.string().describe(described) }).partial(),
    description: 'Messages, and a comment every 15 seconds where there are none',
  }
}

export function addLiveRoutes(api: Api, ports: LivePorts): void {
  const { attemptFeed: feed } = ports
  const follow = limitFollowers(followersMax, 'follow deliveries')
  /** An answer that ends by itself takes nobody's place; how often it is asked for is limited as for every request. */
  const beginFollowing = (orgId: number, isOnce: boolean | undefined): (() => void) | undefined =>
    isOnce === true ? undefined : follow(orgId)

  async function begin(
    orgId: number,
    given: string | undefined,
  ): Promise<{ at: FeedPosition; text: string }> {
    const place = given === undefined ? null : givenPosition(given)
    const isContinued = place !== null && (await feed.canGoOn(orgId, place, catchUpMax))
    const at = isContinued ? place : await feed.end()
    return { at, text: message('open', { is_continued: isContinued }, at) }
  }

  api.route({
    method: 'GET',
    path: '/api/v1/deliveries/stream',
    scope: 'webhooks:read',
    describes: {
      id: 'streamDeliveries',
      summary: 'Deliveries as they change, as server-sent events',
      details: `Of what the list’s filter means: \`delivery\` has one as it is now, whenever an attempt changed it; \`left\` has the \`id\` of one that changed and that the filter does not mean, or not any more. ${details}`,
      answers: { 200: messages('A delivery as the list has it, as JSON') },
    },
    query: deliveriesQuery,
    handle: async ({ caller, query: given, headers, signal, isStillAllowed }) => {
      const { at, text } = await begin(caller.orgId, given.after ?? lastEventId(headers))
      const filter = deliveryFilterOf(given)
      const stream = guardedStream(
        streamOf<AttemptFeedPage<ChangedDelivery>>(ports, {
          followed: {
            log: 'attempts_recorded',
            orgId: caller.orgId,
            read: (from) => feed.readDeliveries(caller.orgId, { after: from, filter, limit: pageMax }),
          },
          ...{ after: at, greeting: text, signal, stillHere, isOnce: given.once },
          render: (page) =>
            rendered(page, ({ delivery, isMatch }) =>
              isMatch ? ['delivery', deliveryView(delivery)] : ['left', { id: delivery.deliveryId }],
            ),
        }),
        { clock: ports.clock, isStillAllowed, end: beginFollowing(caller.orgId, given.once) },
      )
      return { status: 200, body: stream, headers: eventStreamHeaders }
    },
  })
  api.route({
    method: 'GET',
    path: '/api/v1/attempts/stream',
    scope: 'webhooks:read',
    describes: {
      id: 'streamAttempts',
      summary: 'Requests as they are made, as server-sent events',
      details: `\`attempt\` has one request, once. ${details}`,
      answers: { 200: messages('A request as the list has it, as JSON') },
    },
    query: attemptsQuery,
    handle: async ({ caller, query: given, headers, signal, isStillAllowed }) => {
      const { at, text } = await begin(caller.orgId, given.after ?? lastEventId(headers))
      const filter = {
        endpointIds: ifAny(given.webhook_id),
        eventTypes: ifAny(given.event_type),
        statusClasses: ifAny(given.status_class),
        errorClasses: ifAny(given.error_class),
      }
      const stream = guardedStream(
        streamOf<Awaited<ReturnType<AttemptFeed['readAttempts']>>>(ports, {
          followed: {
            log: 'attempts_recorded',
            orgId: caller.orgId,
            read: (from) => feed.readAttempts(caller.orgId, { after: from, filter, limit: pageMax }),
          },
          ...{ after: at, greeting: text, signal, stillHere, isOnce: given.once },
          render: (page) => rendered(page, (attempt) => ['attempt', listedAttemptView(attempt)]),
        }),
        { clock: ports.clock, isStillAllowed, end: beginFollowing(caller.orgId, given.once) },
      )
      return { status: 200, body: stream, headers: eventStreamHeaders }
    },
  })
}

/** The place goes with the last message of a page only: whoever comes again in the middle gets the page again. */
function rendered<Row>(
  { rows, next }: AttemptFeedPage<Row>,
  view: (row: Row) => readonly [event: string, data: unknown],
): string {
  return rows.map((row, index) => message(...view(row), index === rows.length - 1 ? next : null)).join('')
}

/** A place without a message: what did not concern the reader need not be looked at again. */
function stillHere({ next }: AttemptFeedPage<unknown>): string {
  return `: still here\nid: ${positionText(next)}\n\n`
}

function message(event: string, data: unknown, place: FeedPosition | null): string {
  const id = place === null ? '' : `id: ${positionText(place)}\n`
  return `event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`
}
