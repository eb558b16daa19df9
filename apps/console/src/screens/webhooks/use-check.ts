/** A check of an endpoint: asked for, and looked at until it is over. */
import {
  type DefinedUseQueryResult,
  type UseMutationResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'

export type Check = Model<'WebhookCheck'>

/** Each request is in the log within some tenths of a second. */
const lookEveryMs = 500
/** A receiver that hangs is waited for 15 s, or 30. Who waits longer looks less often: a session may ask 60 times a minute. */
const lateMs = 20_000
const lookRarelyMs = 5_000

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

export interface RunningCheck {
  readonly query: DefinedUseQueryResult<Check, Error>
  /** Nothing of it is in the log for longer than a receiver may take. */
  readonly isLate: boolean
}

/** `first`: as the answer to the request that began it was. */
export function useCheck(first: Check): RunningCheck {
  const [begunAtMs] = useState(Date.now)
  const query = useQuery({
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
    refetchInterval: ({ state }) => {
      if (state.data?.state !== 'running') return false
      return state.dataUpdatedAt - begunAtMs < lateMs ? lookEveryMs : lookRarelyMs
    },
  })
  // `first` is what stands for a check that is not in the log.
  return { query, isLate: query.data === first && query.dataUpdatedAt - begunAtMs >= lateMs }
}
