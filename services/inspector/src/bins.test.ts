import { expect, test } from 'vitest'
import { openBins } from './bins.ts'
import { openRequestLog } from './request-log.ts'

test('I3: a bin beyond the thousandth is not made; those that are there go on', () => {
  const bins = openBins(['demo:whsec_a', 'demo:whsec_b'])
  for (let count = 0; count < 999; count += 1) expect(bins.get(`bin-${count}`)).not.toBeNull()
  expect(bins.get('one-more')).toBeNull()
  expect(bins.get('demo')?.secrets).toEqual(['whsec_a', 'whsec_b'])
  expect(bins.list()).toHaveLength(1000)
})

test('I1: large bodies push the oldest out; the newest is always there', () => {
  const requests = openRequestLog()
  const body = Buffer.alloc(1024 * 1024)
  for (let count = 0; count < 40; count += 1) {
    requests.append({
      bin: 'demo',
      receivedAtMs: 0,
      method: 'POST',
      path: '/in/demo',
      headers: { name: 'value' },
      body,
      status: 200,
      isVerified: null,
      verifiedBy: [],
      problem: null,
    })
  }
  const kept = requests.list({ limit: 1000 })
  expect(kept.length).toBeLessThanOrEqual(32)
  expect(kept.length).toBeGreaterThan(28)
  expect(kept[0]?.id).toBe(40)
})
