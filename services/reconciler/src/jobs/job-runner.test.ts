import type { ClaimedJob } from '@scanhook/postgres/jobs'
import { expect, test } from 'vitest'
import { jobRunner } from './job-runner.ts'

const job: ClaimedJob = {
  ...{ id: 1, orgId: 1, kind: 'recover', endpointId: 9, sinceMs: 0, untilMs: 1, eventTypes: null },
  ...{ perSecond: 1, createdBy: 5, state: 'running', error: null, createdAtMs: 0, startedAtMs: 0 },
  ...{ finishedAtMs: null, position: null, scanned: 0, enqueued: 0, skipped: {}, total: null },
  ...{ isTotalEstimated: false, leaseNumber: 1 },
}

test('C3: a stop waits until those that run have let go, and takes no further job', async () => {
  const said: string[] = []
  let claims = 0
  let letGo = (): void => undefined
  const runner = jobRunner(
    {
      claim: async () => {
        claims += 1
        return claims <= 2 ? { ...job, id: claims } : null
      },
      advance: async () => ({ state: 'running', perSecond: 1 }),
      release: ({ id }, end) =>
        new Promise((resolve) => {
          said.push(`${id} lets go: ${end.kind}`)
          letGo = () => {
            said.push('let go')
            resolve(true)
          }
        }),
      open: () => ({
        plan: async () => ({ position: { pass: 'dead', after: null }, total: 1, isTotalEstimated: false }),
        read: () => Promise.reject(new Error('nothing is read: the pace allows nothing yet')),
        close: () => undefined,
      }),
      send: async () => undefined,
      clock: { nowMs: () => 0, after: () => () => undefined },
      onBegin: ({ id }) => said.push(`${id} begins`),
      onPage: () => undefined,
      onEnd: () => undefined,
      onFailure: () => undefined,
    },
    { slotsMax: 1, leaseMs: 1, turnMs: 1_000 },
  )
  await runner.wake()
  const stopped = runner.stop().then(() => said.push('stopped'))
  await expect.poll(() => said).toEqual(['1 begins', '1 lets go: turn'])
  letGo()
  await stopped
  expect(said).toEqual(['1 begins', '1 lets go: turn', 'let go', 'stopped'])
  expect(claims).toBe(1)
})

/** Jobs that are planned when told, over a store that hands out each once. */
function bench(slotsMax: number, jobs: number) {
  const plans = new Map<number, PromiseWithResolvers<void>>()
  const ends: [id: number, end: unknown][] = []
  let claims = 0
  let nowMs = 0
  const runner = jobRunner(
    {
      claim: async () => {
        if (claims === jobs) return null
        claims += 1
        return { ...job, id: claims }
      },
      advance: async () => ({ state: 'running', perSecond: 1 }),
      release: async ({ id }, end) => {
        ends.push([id, end])
        return true
      },
      open: ({ id }) => ({
        plan: async () => {
          const told = Promise.withResolvers<void>()
          plans.set(id, told)
          await told.promise
          return { position: { pass: 'dead', after: null }, total: 0, isTotalEstimated: false }
        },
        read: async (position) => ({
          ...{ kind: 'page', deliveries: [], scanned: 0, skipped: {}, position, isLast: true },
        }),
        close: () => undefined,
      }),
      send: async () => undefined,
      clock: {
        nowMs: () => nowMs,
        after: (delayMs, act) => {
          const turn = setImmediate(() => {
            nowMs += delayMs
            act()
          })
          return () => clearImmediate(turn)
        },
      },
      onBegin: () => undefined,
      onPage: () => undefined,
      onEnd: () => undefined,
      onFailure: () => undefined,
    },
    { slotsMax, leaseMs: 1_000, turnMs: 1_000 },
  )
  return { runner, plans, ends }
}

test('C1: no more than its slots run at a time; when one has ended the next is taken', async () => {
  const { runner, plans, ends } = bench(2, 5)
  await runner.wake()
  await expect.poll(() => [...plans.keys()]).toEqual([1, 2])
  await Promise.all([runner.wake(), runner.wake()])
  expect([...plans.keys()]).toEqual([1, 2])
  plans.get(2)?.resolve()
  await expect.poll(() => [...plans.keys()]).toEqual([1, 2, 3])
  expect(ends.map(([id]) => id)).toEqual([2])
  for (const id of [1, 3, 4, 5]) {
    await expect.poll(() => plans.has(id)).toBe(true)
    plans.get(id)?.resolve()
  }
  await expect.poll(() => ends.length).toBe(5)
  await runner.stop()
})

test.each([
  ['is tried again', { retriable: true, code: 'ECONNREFUSED' }, { kind: 'turn' }],
  ['ends', { code: 'BAD_ROW' }, { kind: 'failed', error: 'it could not go on (BAD_ROW)' }],
] as const)('C2: a job that fails %s', async (_, facts, end) => {
  const { runner, plans, ends } = bench(1, 1)
  await runner.wake()
  await expect.poll(() => plans.has(1)).toBe(true)
  plans.get(1)?.reject(Object.assign(new Error('quotes a secret'), facts))
  await expect.poll(() => ends).toEqual([[1, end]])
  await runner.stop()
})
