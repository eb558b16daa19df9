import { ApiError } from '@scanhook/http/api-error'
import type { HttpAnswer } from '@scanhook/http/route'
import { topicNames } from '@scanhook/schemas/topics'
import { expect, test } from 'vitest'
import type { Api } from '../server.ts'
import { quietOperator } from './operator-rig.ts'
import { pipelinePlan } from './pipeline-plan.ts'
import { readPipeline } from './read-pipeline.ts'
import { addOperatorRoutes, type OperatorPorts } from './routes.ts'

type Handle = (request: {
  caller: { orgId: number }
  query: Record<string, unknown>
  body: Record<string, unknown>
}) => Promise<HttpAnswer>

/** By path. */
function handlesOf(ports: OperatorPorts): ReadonlyMap<string, Handle> {
  const found = new Map<string, Handle>()
  const route = ({ path, handle }: { path: string; handle: Handle }) => void found.set(path, handle)
  addOperatorRoutes({ route } as unknown as Api, ports)
  return found
}

const asked = (orgId: number) => ({
  caller: { orgId },
  ...{ query: { reason: [], service: [] }, body: { records: [{ partition: 0, offset: 1 }], again: false } },
})

function handleOf(ports: OperatorPorts): (request: { caller: { orgId: number } }) => Promise<HttpAnswer> {
  const handle = handlesOf(ports).get('/api/v1/operator/pipeline')
  return ({ caller: { orgId } }) =>
    handle?.(asked(orgId)) ?? Promise.reject(new Error('there is no such route'))
}

test('N1: who is not the operator is refused before anything is asked, by every route', async () => {
  let count = 0
  const counted =
    <P extends unknown[], R>(answer: (...all: P) => Promise<R>) =>
    (...all: P): Promise<R> => {
      count += 1
      return answer(...all)
    }
  const quiet = quietOperator()
  const handles = handlesOf({
    isOperator: (orgId) => orgId === 7,
    pipeline: counted(quiet.pipeline),
    throughput: counted(quiet.throughput),
    breakers: counted(quiet.breakers),
    tenants: counted(quiet.tenants),
    subjects: counted(quiet.subjects),
    poison: { list: counted(quiet.poison.list), replay: counted(quiet.poison.replay) },
  })
  expect(handles.size).toBe(7)
  for (const [path, handle] of handles) {
    const refused = await handle(asked(8)).catch((error: unknown) => error)
    expect(refused, path).toBeInstanceOf(ApiError)
    expect(refused, path).toMatchObject({ status: 403, type: 'forbidden' })
  }
  expect(count).toBe(0)
})

test('breakers: with Redis away it is said that nobody can tell', async () => {
  const handle = handlesOf(quietOperator({ isOperator: () => true })).get('/api/v1/operator/breakers')
  expect((await handle?.(asked(7)))?.body).toEqual({
    data: { measured_at: '1970-01-01T00:00:00.000Z', is_known: false, is_complete: false, endpoints: [] },
  })
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
  const { body } = await handleOf(quietOperator({ isOperator: () => true, pipeline: async () => measured }))({
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
