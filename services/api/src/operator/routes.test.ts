import { ApiError } from '@scanhook/http/api-error'
import type { HttpAnswer } from '@scanhook/http/route'
import { topicNames } from '@scanhook/schemas/topics'
import { expect, test } from 'vitest'
import type { Api } from '../server.ts'
import { pipelinePlan } from './pipeline-plan.ts'
import { readPipeline } from './read-pipeline.ts'
import { addOperatorRoute, type OperatorPorts } from './routes.ts'

type Handle = (request: { caller: { orgId: number } }) => Promise<HttpAnswer>

function handleOf(ports: OperatorPorts): Handle {
  const found: Handle[] = []
  addOperatorRoute({ route: ({ handle }: { handle: Handle }) => found.push(handle) } as unknown as Api, ports)
  return found[0] ?? (() => Promise.reject(new Error('no route')))
}

test('N1: who is not the operator is refused before anything is asked', async () => {
  let asked = 0
  const handle = handleOf({
    isOperator: (orgId) => orgId === 7,
    pipeline: async () => {
      asked += 1
      return { measuredAtMs: 0, groups: [], tiers: [] }
    },
  })
  const refused = await handle({ caller: { orgId: 8 } }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ status: 403, type: 'forbidden' })
  expect(asked).toBe(0)
  expect((await handle({ caller: { orgId: 7 } })).status).toBe(200)
})

test('every group and every tier is asked about once, and what waits is told in seconds', async () => {
  const plan = pipelinePlan(topicNames('t.'), 't.', 1)
  const nowMs = 1_000_000
  const measured = await readPipeline(
    {
      nowMs: () => nowMs,
      admin: {
        endOffsets: async () => [10, 4],
        committedOffsets: async () => [8, 4],
        // All that is two minutes old or more lies below 9.
        offsetsFrom: async (_topic, atMs) => (atMs === 0 ? [0, 0] : [atMs > nowMs - 120_000 ? 9 : 0, 4]),
        recordTimes: async (_topic, offsets) => offsets.map((at) => (at === 8 ? nowMs - 90_000 : null)),
      },
    },
    plan,
  )
  const { body } = await handleOf({ isOperator: () => true, pipeline: async () => measured })({
    caller: { orgId: 1 },
  })
  const { data } = body as { data: { groups: unknown[]; retry_tiers: unknown[] } }
  expect(data.groups).toHaveLength(plan.groups.length)
  expect(data.groups).toContainEqual({
    ...{ group: 't.dispatcher', topic: 't.deliveries', lag_records: 2, lag_seconds: 90 },
  })
  expect(data.retry_tiers).toHaveLength(7)
  expect(data.retry_tiers.slice(1, 3)).toEqual([
    { tier: '1m', wait_seconds: 60, waiting: 2, due: 1, overdue_seconds: 30 },
    { tier: '5m', wait_seconds: 300, waiting: 2, due: 0, overdue_seconds: 0 },
  ])
})
