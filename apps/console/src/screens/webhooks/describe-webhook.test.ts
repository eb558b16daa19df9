import { expect, test } from 'vitest'
import { describeWebhook, sayEventTypes } from './describe-webhook.ts'

const active = { state: 'active', failing_since: null, disabled_at: null } as const

test('what is off says so before how it was doing', () => {
  const at = '2026-04-28T00:00:00.000Z'
  expect(describeWebhook(active)).toEqual({ tone: 'good', word: 'Active', since: null })
  expect(describeWebhook({ ...active, failing_since: at })).toEqual({
    tone: 'bad',
    word: 'Failing',
    since: at,
  })
  expect(describeWebhook({ ...active, failing_since: at, state: 'paused' }).word).toBe('Paused')
  const disabled = { ...active, failing_since: at, disabled_at: at, state: 'disabled' } as const
  expect(describeWebhook(disabled)).toEqual({ tone: 'bad', word: 'Disabled', since: at })
})

test('a breaker that is open is told before that it fails, and after that nothing is sent at all', () => {
  const at = '2026-04-28T00:00:00.000Z'
  const breaker = { state: 'open', since: at, next_probe_at: at } as const
  expect(describeWebhook(active, breaker)).toEqual({ tone: 'bad', word: 'Breaker open', since: at })
  expect(describeWebhook({ ...active, failing_since: at }, { ...breaker, since: null }).since).toBe(at)
  expect(describeWebhook({ ...active, state: 'paused' }, breaker).word).toBe('Paused')
})

test.each([
  [['*'], 'All events'],
  [['asset.moved'], 'asset.moved'],
  [['asset.*', 'check.completed', 'shipment.*'], 'asset.* and 2 more'],
])('%s is said as "%s"', (types, says) => expect(sayEventTypes(types)).toBe(says))
