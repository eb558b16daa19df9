/** After an endpoint was made, changed or deleted: all that shows endpoints, or names things by them, asks anew. */
import type { QueryClient } from '@tanstack/react-query'

const keys = [['webhooks'], ['webhook-names'], ['recovery', 'webhooks']] as const

export async function refreshWebhooks(queries: QueryClient): Promise<void> {
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })))
}
