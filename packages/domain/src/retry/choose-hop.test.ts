import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseHop, decideTierHead, tierDueAtMs } from './choose-hop.ts'
import { retryTiers, scaledMs, tierNames } from './tiers.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

describe('chooseHop', () => {
  test.each([
    [-5, null],
    [0, null],
    [9_999, null],
    [10_000, '10s'],
    [59_999, '10s'],
    [60_000, '1m'],
    [29 * minuteMs, '5m'],
    [30 * minuteMs, '30m'],
    [5 * hourMs, '2h'],
    [6 * hourMs, '6h'],
    [24 * hourMs - 1, '6h'],
    [24 * hourMs, '24h'],
    [100 * hourMs, '24h'],
  ])('%i ms from now: %s', (remainingMs, name) => {
    const hop = name === null ? { kind: 'deliveries' } : { kind: 'tier', name }
    expect(chooseHop(5_000 + remainingMs, 5_000, 1)).toEqual(hop)
  })
  test('the scale shortens the tiers', () => {
    expect(chooseHop(60, 0, 1000)).toEqual({ kind: 'tier', name: '1m' })
    expect(chooseHop(9, 0, 1000)).toEqual({ kind: 'deliveries' })
  })
})

test('every tier has a wait of its own, shortest first', () => {
  expect(retryTiers.map((tier) => tier.name)).toEqual(tierNames)
  const waits = retryTiers.map((tier) => tier.durationMs)
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
})

describe('decideTierHead', () => {
  test('waits for the end of its tier', () => {
    expect(tierDueAtMs(1_000, '10s', 1)).toBe(11_000)
    const head = { tier: '10s', appendTimeMs: 1_000, dueAtMs: 12_000 } as const
    expect(decideTierHead(head, 10_999, 1)).toEqual({ kind: 'wait', untilMs: 11_000 })
    expect(decideTierHead(head, 11_000, 1)).toEqual({ kind: 'move', hop: { kind: 'deliveries' } })
  })
  test('goes to the next tier while much remains', () => {
    const head = { tier: '6h', appendTimeMs: 0, dueAtMs: 7 * hourMs } as const
    expect(decideTierHead(head, 6 * hourMs, 1)).toEqual({ kind: 'move', hop: { kind: 'tier', name: '30m' } })
  })
  test('H2: a broker clock that runs ahead does not delay a delivery that is due', () => {
    const head = { tier: '10s', appendTimeMs: 3_600_000, dueAtMs: 10_000 } as const
    expect(decideTierHead(head, 10_000, 1)).toEqual({ kind: 'move', hop: { kind: 'deliveries' } })
  })
})

// Walks a delivery through the tiers as the retry service does; a hop takes `lagMs` from decision to append.
function walk(
  dueAtMs: number,
  scale: number,
  lagMs: number,
): { readonly arrivedAtMs: number; readonly hops: number } {
  let nowMs = 0
  let hop = chooseHop(dueAtMs, nowMs, scale)
  let hops = 0
  while (hop.kind === 'tier') {
    hops += 1
    nowMs += lagMs
    const head = { tier: hop.name, appendTimeMs: nowMs, dueAtMs }
    let decision = decideTierHead(head, nowMs, scale)
    while (decision.kind === 'wait') {
      nowMs = decision.untilMs
      decision = decideTierHead(head, nowMs, scale)
    }
    hop = decision.hop
  }
  return { arrivedAtMs: nowMs, hops }
}

test('H1, H2: a chain of hops ends less than one smallest tier before the due instant, never after it, in few hops', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 * hourMs }),
      fc.constantFrom(1, 10, 1000),
      fc.integer({ min: 0, max: 20 }),
      (waitMs, scale, lagMs) => {
        const dueAtMs = scaledMs(waitMs, scale)
        const { arrivedAtMs, hops } = walk(dueAtMs, scale, lagMs)
        expect(arrivedAtMs).toBeLessThanOrEqual(dueAtMs + lagMs)
        expect(dueAtMs - arrivedAtMs).toBeLessThan(scaledMs(10_000, scale))
        expect(hops).toBeLessThanOrEqual(24)
      },
    ),
  )
})
