/**
 * A job sends again what died, and whoever runs it is killed in the middle of it: another life goes on where the job was,
 * everything arrives, and no more than a page is sent twice.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerEndpoint } from '../harness/endpoint.ts'
import { deadIdStart, insertDead } from '../harness/insert-dead.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld, startServices, type World } from '../harness/world.ts'

/** At 50/s a page is some 13 deliveries (run-job.ts), and the job takes 12 s. */
const dead = 600
const perSecond = 50
let world: World

beforeAll(async () => {
  world = await openWorld({ timeScale: 20 })
  await startServices(world, ['api', 'router', 'dispatcher', 'retry', 'recorder', 'reconciler'])
})
afterAll(async () => {
  await world?.close()
})

interface Job {
  readonly id: number
  readonly state: string
  readonly progress: { readonly enqueued: number; readonly scanned: number; readonly total: number | null }
}

test('G1: the runner is killed in the middle of a job, and the job ends with everything sent', async () => {
  const endpoint = await registerEndpoint(world, '/recovered')
  await insertDead(world, endpoint.id, dead)
  const made = await world.api.data<Job>('POST', '/api/v1/jobs', {
    kind: 'recover',
    webhook_id: endpoint.id,
    since: new Date(Date.now() - 86_400_000).toISOString(),
    deliveries_per_second: perSecond,
  })
  const jobNow = () => world.api.data<Job>('GET', `/api/v1/jobs/${made.id}`)
  await waitUntil('it is under way', async () => (await jobNow()).progress.enqueued >= 100)
  await world.services.reconciler.kill()
  const left = await jobNow()
  expect(left.state).toBe('running')
  expect(left.progress.enqueued).toBeLessThan(dead)
  await world.services.reconciler.start()
  // The lease of the one that died has to run out first: 30 s.
  await waitUntil('the job is done', async () => (await jobNow()).state === 'done')
  expect((await jobNow()).progress).toMatchObject({ scanned: dead, enqueued: dead, total: dead })

  const ids = (): readonly string[] =>
    world.receiver
      .received(endpoint.path)
      .map(({ headers }) => String(headers['webhook-id']))
      .filter((id) => id.startsWith(deadIdStart))
  await waitUntil('all have arrived', () => new Set(ids()).size === dead)
  const pageMax = Math.ceil(perSecond / 4) + 1
  expect(ids().length - dead).toBeLessThanOrEqual(pageMax)
})
