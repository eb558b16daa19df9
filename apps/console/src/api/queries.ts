/** How the console asks and remembers: TanStack Query with our patience, and what happens when the session is over. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api.ts'

export interface QueryHooks {
  /** Any answer said 401. */
  readonly onSignedOut: () => void
}

/** What was shown this short a time ago is shown again without asking. */
const freshMs = 5_000
/** A read that failed for a passing reason is tried again twice, seconds apart; then the person decides. */
const retriesMax = 2

export function openQueries({ onSignedOut }: QueryHooks): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiProblem && error.status === 401) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failures, error) => failures < retriesMax && isPassing(error),
        retryDelay: (failures, error) =>
          error instanceof ApiProblem && error.retryAfterS !== null
            ? error.retryAfterS * 1000
            : 1000 * 2 ** failures,
      },
    },
  })
}

/** No answer, "too often", or ours to mend: it may be over soon. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status >= 500)
}
