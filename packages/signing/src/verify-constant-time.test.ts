import { expect, test, vi } from 'vitest'
import { newSecret } from './secret.ts'
import { signHeaders } from './sign.ts'
import { verify } from './verify.ts'

const compared = vi.hoisted((): { count: number } => ({ count: 0 }))
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.count += 1
    return crypto.timingSafeEqual(a, b)
  }
  return { ...crypto, timingSafeEqual }
})

test('V1: right or wrong, every signature is compared by the platform’s constant-time comparison, each with each', () => {
  const secrets = [newSecret(), newSecret()]
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  const headers = signHeaders({ profile: 'standard', ...ids, timestampS: 1000, body: '{}', secrets })
  const received = { profile: 'standard', headers, secrets, nowS: 1000, toleranceS: 300 } as const
  for (const body of ['{}', '{"a":1}']) {
    compared.count = 0
    expect(verify({ ...received, body }).ok).toBe(body === '{}')
    expect(compared.count).toBe(4)
  }
})
