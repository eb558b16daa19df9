/** Lists that several areas name things by. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf } from './api.ts'
import { pageRowsMax } from './list-pages.ts'

/** Names of the endpoints, for rows and the filter. An organization has 50 at most unless the operator says otherwise. */
export function useWebhookNames() {
  return useQuery({
    queryKey: ['webhook-names'],
    queryFn: async () => {
      const { data } = await bodyOf(
        api.GET('/api/v1/webhooks', { params: { query: { limit: pageRowsMax } } }),
      )
      return new Map(data.map(({ id, name, url }) => [id, name ?? url]))
    },
    staleTime: 30_000,
  })
}

export function useEventTypes() {
  return useQuery({
    queryKey: ['event-types'],
    queryFn: () => dataOf(api.GET('/api/v1/event-types', { params: { query: { limit: 200 } } })),
    staleTime: 300_000,
  })
}
