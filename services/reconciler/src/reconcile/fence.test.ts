import { expect, test } from 'vitest'
import { type FencePorts, type FenceRoute, type Offsets, passFence } from './fence.ts'

const route: FenceRoute = {
  events: 'events',
  deliveries: 'deliveries',
  attempts: 'attempts',
  tiers: [{ topic: 'tier', waitMs: 1_000 }],
  groups: { router: 'router', retry: 'retry', dispatcher: 'dispatcher', recorder: 'recorder' },
}
const times = { nowMs: 50_000, graceMs: 100, patienceMs: 5_000 }

/** A pipeline in which every group moves one record at each asking; what it moves appears behind it. */
function pipeline(start: Readonly<Record<string, number>>, moves: (group: string) => boolean = () => true) {
  const ends: Record<string, number> = { events: 3, tier: 2, deliveries: 5, attempts: 5 }
  const committed: Record<string, number | null> = {
    router: 0,
    retry: null,
    dispatcher: 5,
    recorder: 5,
    ...start,
  }
  const asked: string[] = []
  let nowMs = 0
  const next: Record<string, string> = { router: 'deliveries', retry: 'deliveries', dispatcher: 'attempts' }
  const ports: FencePorts = {
    endOffsets: async (topic) => [ends[topic] ?? 0],
    offsetsFrom: async (topic, atMs) => {
      asked.push(`${topic} ${atMs}`)
      return [1]
    },
    committedOffsets: async (group, topic): Promise<Offsets> => {
      const end = ends[topic] ?? 0
      const at = committed[group] ?? 0
      if (at < end && moves(group)) {
        committed[group] = at + 1
        const to = next[group]
        if (to !== undefined) ends[to] = (ends[to] ?? 0) + 1
      }
      return [committed[group] ?? null]
    },
    wait: async (delayMs) => {
      nowMs += delayMs
    },
    monotonicMs: () => nowMs,
    isStopped: () => false,
  }
  return { ports, committed, ends, asked }
}

test('C1: it passes when everything that was under way has come through, also what appeared on the way', async () => {
  const { ports, committed, asked } = pipeline({})
  expect(await passFence(ports, route, times)).toEqual({ kind: 'passed' })
  // Three events and one retry that was due became deliveries, attempts, and rows.
  expect(committed).toEqual({ router: 3, retry: 1, dispatcher: 9, recorder: 9 })
  expect(asked).toEqual(['tier 48900'])
})

test.each([
  ['router', 'events'],
  ['retry', 'tier'],
  ['dispatcher', 'deliveries'],
  ['recorder', 'attempts'],
])('C2: it does not wait for ever, and says that %s is behind', async (group, topic) => {
  const { ports } = pipeline({ dispatcher: 4, recorder: 4 }, (each) => each !== group)
  expect(await passFence(ports, route, times)).toEqual({ kind: 'behind', group, topic })
})

test('it ends when the service does', async () => {
  const { ports } = pipeline({}, () => false)
  expect(await passFence({ ...ports, isStopped: () => true }, route, times)).toEqual({ kind: 'stopped' })
})
