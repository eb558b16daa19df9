import type { Disposition } from '@scanhook/domain/delivery'
import { deliveryTo } from '@scanhook/testkit/delivery-world'
import { failedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { type SettlePorts, settler } from './settle.ts'
import type { Work } from './work.ts'

const nowMs = 1_800_000_000_000
const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
const rendered = { profile: 'standard', body: '{}' } as const
const attempted = { startedAtMs: nowMs, rendered }
const sent = { url: 'https://x.example/', requestHeaders: {}, requestBody: '{}', batch: null }
const outcome = failedWith('connect', 'The connection was refused.')

interface Bench {
  readonly acts: string[]
  readonly work: Work
  readonly settle: (disposition: Disposition) => Promise<void>
  readonly revoke: () => void
}

function bench(change: Partial<SettlePorts> = {}): Bench {
  const acts: string[] = []
  const revoked = new AbortController()
  // Each act is noted when it is acknowledged, a turn after it was asked for.
  const act = (name: string) => async (): Promise<void> => {
    await Promise.resolve()
    acts.push(name)
  }
  const work: Work = {
    delivery: deliveryTo(7),
    trace,
    bytes: 1,
    partition: 0,
    endpoint: null,
    order: null,
    orderNote: null,
    signal: revoked.signal,
    over: revoked.signal,
    done: () => acts.push('done'),
  }
  const settle = settler({
    appendAttempt: act('attempt'),
    appendNext: act('next'),
    appendEndpointEvent: act('endpoint-event'),
    judge: () => [],
    appendOrder: () => null,
    settled: () => undefined,
    nowMs: () => nowMs,
    scale: 1,
    ...change,
  })
  return {
    acts,
    work,
    settle: (disposition) => settle(work, { disposition, outcome, startedAtMs: nowMs, sent }, attempted),
    revoke: () => revoked.abort(),
  }
}

const retry: Disposition = { kind: 'retry', dueAtMs: nowMs + 60_000 }

test('D1: attempt, next step, done, each after the acknowledgement of the one before', async () => {
  const at = bench()
  await at.settle(retry)
  expect(at.acts).toEqual(['attempt', 'next', 'done'])
})

test('D1: a delivered one has no next step', async () => {
  const at = bench()
  await at.settle({ kind: 'delivered' })
  expect(at.acts).toEqual(['attempt', 'done'])
})

test('D1: what the attempt says about its endpoint is durable before the next step', async () => {
  const at = bench({
    judge: ({ orgId, endpointId }) => [
      {
        orgId,
        endpointId,
        kind: 'failing',
        atMs: nowMs,
        deliveryId: null,
        reason: 'x',
        sinceMs: null,
        event: null,
        deadReason: null,
      },
    ],
  })
  await at.settle(retry)
  expect(at.acts).toEqual(['attempt', 'endpoint-event', 'next', 'done'])
})

test.each(['appendAttempt', 'appendNext'] as const)(
  'D1, D2: without %s nothing is done, and it is said',
  async (name) => {
    const at = bench({
      [name]: async () => {
        throw new Error('KAFKA_REJECTED')
      },
    })
    await expect(at.settle(retry)).rejects.toThrow('KAFKA_REJECTED')
    expect(at.acts).not.toContain('done')
    if (name === 'appendAttempt') expect(at.acts).toEqual([])
  },
)

test('D3: after a revoke the attempt is logged, and nothing else is written or marked', async () => {
  const at = bench()
  at.revoke()
  await at.settle(retry)
  expect(at.acts).toEqual(['attempt'])
})

test('D4: its place in the order is durable before the next step, and before done', async () => {
  const at = bench({
    appendOrder: async () => {
      at.acts.push('order')
    },
  })
  await at.settle(retry)
  expect(at.acts).toEqual(['attempt', 'order', 'next', 'done'])
  at.acts.length = 0
  await at.settle({ kind: 'delivered' })
  expect(at.acts).toEqual(['attempt', 'order', 'done'])
})
