/** What the screens of endpoints ask the API for. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf } from '../../api/api.ts'

/** Days that rows and charts look back. */
export const usageDays = 14

const dayMs = 86_400_000

export function useWebhook(webhookId: number) {
  return useQuery({
    queryKey: ['webhooks', webhookId],
    queryFn: () =>
      dataOf(api.GET('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: webhookId } } })),
    // A failing endpoint that recovers is seen within half a minute without a hand.
    refetchInterval: 30_000,
  })
}

/** By day and endpoint, of one endpoint or of all. */
export function useUsage(webhookId: number | null) {
  return useQuery({
    queryKey: ['usage', webhookId],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/usage', {
          params: {
            query: {
              limit: 200,
              from: new Date(Date.now() - (usageDays - 1) * dayMs).toISOString().slice(0, 10),
              ...(webhookId === null ? {} : { webhook_id: [webhookId] }),
            },
          },
        }),
      ),
    refetchInterval: 60_000,
  })
}

/** What happened last to each endpoint, and when it goes on. Of the newest 200, which is what a list shows. */
export function useWebhookActivity() {
  return useQuery({
    queryKey: ['webhooks', 'activity'],
    queryFn: () => dataOf(api.GET('/api/v1/webhooks/activity')),
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
