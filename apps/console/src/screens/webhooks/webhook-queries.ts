/** What the screens of endpoints ask the API for. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, dataOf } from '../../api/api.ts'

export const webhookKey = (webhookId: number) => ['webhooks', webhookId] as const

export function askWebhook(webhookId: number) {
  return dataOf(api.GET('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: webhookId } } }))
}

export function useWebhook(webhookId: number) {
  return useQuery({
    queryKey: webhookKey(webhookId),
    queryFn: () => askWebhook(webhookId),
    // Whoever looks at an endpoint that fails waits for it to be well again.
    refetchInterval: ({ state: { data } }) => (data?.failing_since == null ? 30_000 : 3_000),
  })
}

/** As many ids as an address has room for. */
const askedMax = 100

/** What happened lately to each of these endpoints, and when it goes on. */
export function useWebhookActivity(webhookIds: readonly number[]) {
  return useQuery({
    queryKey: ['webhooks', 'activity', webhookIds],
    queryFn: async () => {
      const parts = Array.from({ length: Math.ceil(webhookIds.length / askedMax) }, (_, index) =>
        webhookIds.slice(index * askedMax, (index + 1) * askedMax),
      )
      const pages = await Promise.all(
        parts.map((ids) =>
          dataOf(api.GET('/api/v1/webhooks/activity', { params: { query: { webhook_id: [...ids] } } })),
        ),
      )
      const all = pages.flatMap(({ webhooks }) => webhooks)
      return {
        of: new Map(all.map((each) => [each.webhook_id, each])),
        isComplete: pages.every(({ is_complete: isComplete }) => isComplete),
      }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
}

export const ranges = ['1h', '24h', '7d', '30d'] as const
export type Range = (typeof ranges)[number]

/** How requests to one endpoint went. */
export function useStatistics(webhookId: number, range: Range) {
  return useQuery({
    queryKey: ['webhooks', webhookId, 'statistics', range],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/webhooks/{webhook_id}/statistics', {
          params: { path: { webhook_id: webhookId }, query: { range } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
}

/** Shares its answer, and so its shape, with the screens of deliveries. */
export function useEventTypes() {
  return useQuery({
    queryKey: ['event-types'],
    queryFn: () => dataOf(api.GET('/api/v1/event-types', { params: { query: { limit: 200 } } })),
    staleTime: 300_000,
  })
}
