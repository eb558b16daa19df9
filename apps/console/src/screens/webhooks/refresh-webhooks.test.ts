import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { refreshWebhooks } from './refresh-webhooks.ts'

test('a list that names things by endpoints asks anew as the list of them does; others do not', async () => {
  const queries = new QueryClient()
  const keys = [['webhooks', 7], ['webhook-names'], ['recovery', 'webhooks'], ['recovery', 'totals']]
  for (const key of keys) queries.setQueryData(key, {})
  await refreshWebhooks(queries)
  expect(keys.map((key) => queries.getQueryState(key)?.isInvalidated)).toEqual([true, true, true, false])
})
