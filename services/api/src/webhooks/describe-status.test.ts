import { expect, test } from 'vitest'
import { describeStatus } from './describe-status.ts'

const atMs = Date.UTC(2026, 10, 20, 12)
const plain = { state: 'active', failingSince: null, disabledAt: null, disabledReason: null } as const

test.each([
  [plain, 'Active: deliveries are sent.'],
  [{ ...plain, state: 'paused' as const }, 'Paused: deliveries wait until you enable it.'],
  [
    { ...plain, failingSince: atMs },
    'Failing: no success since 2026-11-20T12:00:00Z. Deliveries are still tried.',
  ],
  [
    { ...plain, state: 'disabled' as const, disabledAt: atMs, disabledReason: 'gone' as const },
    'Disabled on 2026-11-20T12:00:00Z: it answered 410 Gone. Nothing is sent until you enable it.',
  ],
  [
    {
      state: 'disabled' as const,
      failingSince: atMs - 86_400_000,
      disabledAt: atMs,
      disabledReason: 'no_success' as const,
    },
    'Disabled on 2026-11-20T12:00:00Z: no success since 2026-11-19T12:00:00Z. Nothing is sent until you enable it.',
  ],
])('%j: %s', (status, words) => {
  expect(describeStatus(status)).toBe(words)
})
