/** What the screens of deliveries ask the API for. */

import type { paths } from '@scanhook/client/schema'
import { useQuery } from '@tanstack/react-query'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'

export type Listed = Model<'ListedDelivery'>
/** What the list, the stream, the export and sending again are narrowed by. */
export type DeliveryQuery = Pick<
  NonNullable<paths['/api/v1/deliveries']['get']['parameters']['query']>,
  'webhook_id' | 'event_type' | 'state' | 'status_class' | 'from' | 'to'
>

/** The most that the API gives at once. */
export const pageSize = 200

export interface DeliveryFilter {
  readonly query: DeliveryQuery
  /** A delivery's or an event's UUID; empty: all. */
  readonly id: string
}

interface Page {
  readonly data: readonly Listed[]
  readonly next: string | null
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export async function deliveryPage({ query, id }: DeliveryFilter, cursor: string | null): Promise<Page> {
  if (id !== '') {
    if (!uuid.test(id)) return { data: [], next: null }
    const found = await findDelivery(id)
    if (found !== null) return { data: [found], next: null }
  }
  const { data, next_cursor: next } = await bodyOf(
    api.GET('/api/v1/deliveries', {
      params: {
        query: {
          ...query,
          limit: pageSize,
          ...(id === '' ? {} : { event_id: [id] }),
          ...(cursor === null ? {} : { cursor }),
        },
      },
    }),
  )
  return { data, next }
}

async function findDelivery(id: string): Promise<Listed | null> {
  try {
    return await dataOf(
      api.GET('/api/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: id } } }),
    )
  } catch (error) {
    // An event's id, then.
    if (error instanceof ApiProblem && error.status === 404) return null
    throw error
  }
}

/** Ten seconds: then it is no delivery. */
const looksMax = 10

/** The log has what was sent again a second or two later; where it has to wait for its turn, half a minute says that it does. */
export const awaitedMs = 30_000

/** `awaited`: a request beyond so many is waited for, until then (epoch ms). */
export function useDelivery(
  id: string,
  awaited: { readonly beyond: number; readonly untilMs: number } | null = null,
) {
  return useQuery({
    queryKey: ['deliveries', id],
    queryFn: () =>
      dataOf(api.GET('/api/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: id } } })),
    // What goes on is looked at; what has ended does not change by itself. One that was sent this moment is in the log a second later.
    refetchInterval: ({ state: { data, errorUpdateCount } }) => {
      if (data === undefined) return errorUpdateCount < looksMax ? 1_000 : false
      if (awaited !== null && data.attempts.length <= awaited.beyond && Date.now() < awaited.untilMs)
        return 1_000
      return data.state === 'pending' ? 5_000 : false
    },
  })
}

/** Sends one again, under the same id. */
export function resend(id: string): Promise<unknown> {
  return bodyOf(
    api.POST('/api/v1/deliveries/{delivery_id}/resend', { params: { path: { delivery_id: id } } }),
  )
}
