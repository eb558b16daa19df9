import { type CircuitBreakers, openCircuitBreakers } from '@scanhook/circuit-breaker/circuit-breakers'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { BreakerSnapshot } from '@scanhook/domain/endpoint-shared'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import type { BreakerPort } from './dispatch.ts'
import { endpointBreakers } from './endpoint-breakers.ts'

const id = endpointId(7)

function bench() {
  const told: string[] = []
  const shared: (BreakerSnapshot | null)[] = []
  const acts: string[] = []
  const world = { nowMs: 1_000_000, url: 'https://a.example/' }
  const story = endpointBreakers({
    findEndpoint: () => ({ kind: 'known', endpoint: { id, orgId: orgId(1), url: world.url } as Endpoint }),
    share: (_id, snapshot) => shared.push(snapshot),
    touch: () => undefined,
    tell: ({ kind }) => told.push(kind),
    opened: () => acts.push('opened'),
    closed: () => acts.push('closed'),
    nowMs: () => world.nowMs,
  })
  const breakers: CircuitBreakers = openCircuitBreakers({
    max: 10,
    deadlineMs: 15_000,
    scale: 1,
    nowMs: () => world.nowMs,
    random: () => 0.5,
    changed: story.changed,
  })
  const port: BreakerPort = story.portOf(breakers, ({ kind }) => (kind === 'failed' ? 'failure' : 'success'))
  const answer = (kind: 'failed' | 'responded'): void => port.begin(id)({ kind } as never)
  return { told, shared, acts, world, port, answer }
}

async function opened() {
  const at = bench()
  for (let count = 0; count < 20; count += 1) at.answer('failed')
  await Promise.resolve()
  return at
}

test('K1: an opening is told and acted on; a probe that fails is acted on only', async () => {
  const at = await opened()
  expect([at.told, at.acts]).toEqual([['breaker_opened'], ['opened']])
  const untilMs = at.port.openUntilMs(id)
  expect(untilMs).toBe(at.world.nowMs + 30_000)
  at.world.nowMs = untilMs ?? 0
  expect([at.port.openUntilMs(id), at.port.gate(id)]).toEqual([null, 'half_open'])
  at.answer('failed')
  await Promise.resolve()
  expect([at.told, at.acts]).toEqual([['breaker_opened'], ['opened', 'opened']])
  expect(at.shared.at(-1)?.openings).toBe(2)
})

test('K1: its end is told, and shared', async () => {
  const at = await opened()
  at.world.nowMs += 30_000
  expect(at.port.gate(id)).toBe('half_open')
  at.answer('responded')
  await Promise.resolve()
  expect([at.told, at.acts]).toEqual([
    ['breaker_opened', 'breaker_closed'],
    ['opened', 'closed'],
  ])
  expect(at.shared.at(-1)).toBeNull()
})

test('K2: with another URL it begins closed', async () => {
  const at = await opened()
  at.world.url = 'https://b.example/'
  expect([at.port.openUntilMs(id), at.port.gate(id), at.shared.at(-1)]).toEqual([null, 'closed', null])
})
