/** A check of an endpoint: asked for, and looked at until it is over. */
import {
  type DefinedUseQueryResult,
  type UseMutationResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'

export type Check = Model<'WebhookCheck'>

/** Each request is in the log within some tenths of a second. */
const lookEveryMs = 500

export function useStartCheck(webhookId: number): UseMutationResult<Check, Error, void> {
  return useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/check', {
          params: { path: { webhook_id: webhookId }, query: { wait: false } },
        }),
      ),
  })
}

/** `first`: as the answer to the request that began it was. */
export function useCheck(first: Check): DefinedUseQueryResult<Check, Error> {
  return useQuery({
    queryKey: ['checks', first.id],
    queryFn: async () => {
      try {
        return await dataOf(
          api.GET('/api/v1/webhooks/{webhook_id}/checks/{check_id}', {
            params: { path: { webhook_id: first.webhook_id, check_id: first.id } },
          }),
        )
      } catch (error) {
        // It is in the log when its first request has ended.
        if (error instanceof ApiProblem && error.status === 404) return first
        throw error
      }
    },
    initialData: first,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? lookEveryMs : false),
  })
}
