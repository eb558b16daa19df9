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
