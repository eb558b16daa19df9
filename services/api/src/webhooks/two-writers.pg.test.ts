/** Two people who change one webhook at the same moment, over HTTP: both have read it before either writes. */
import { endpoints } from '@scanhook/postgres/endpoints'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addWebhookRoutes, type WebhookPorts } from './routes.ts'

interface Answer {
  readonly data: {
    readonly id: number
    readonly state: string
    readonly headers: Readonly<Record<string, string>>
    readonly batch: Readonly<Record<string, number>>
  }
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>
/** Writers that wait until all have read; empty: nobody waits. */
let reading: { readonly count: number; readonly go: (() => void)[] } | null = null

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'two-writers',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['webhooks:read', 'webhooks:write'],
  })
  const store = endpoints(it.pg)
  addWebhookRoutes(it.api, {
    endpoints: {
      ...store,
      find: async (orgId: number, id: number) => {
        const row = await store.find(orgId, id)
        await haveAllRead()
        return row
      },
    },
    checkTarget: async (url: string) => ({ ok: true, url }),
    newSecret: () => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    seal: () => 'v1.k1.a.b.c',
    endpointMax: 50,
  } as unknown as WebhookPorts)
  a = (await it.listen()).caller('a')
})
afterAll(() => it?.close())

async function haveAllRead(): Promise<void> {
  const all = reading
  if (all === null) return
  await new Promise<void>((resolve) => {
    all.go.push(resolve)
    if (all.go.length === all.count) for (const go of all.go) go()
  })
}

async function atOnce(path: string, bodies: readonly object[]) {
  reading = { count: bodies.length, go: [] }
  const answers = await Promise.all(bodies.map((body) => a('PATCH', path, body)))
  reading = null
  return answers
}

const hook = {
  url: 'https://example.test/hook',
  batch: { max_events: 10, max_wait_ms: 100, max_bytes: 1_024 },
}

test('P3: what two add to the same object is both there', async () => {
  const path = `/webhooks/${(await a('POST', '/webhooks', hook)).body.data.id}`
  const answers = await atOnce(path, [
    { headers: { 'X-One': 'one' }, batch: { max_events: 20 } },
    { headers: { 'X-Two': 'two' }, batch: { max_wait_ms: 200 } },
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  const { headers, batch } = (await a('GET', path)).body.data
  expect(Object.keys(headers).sort()).toEqual(['X-One', 'X-Two'])
  expect(batch).toEqual({ max_events: 20, max_wait_ms: 200, max_bytes: 1_024 })
})

test('P3: what does not fit to what the other wrote is refused, and changes nothing', async () => {
  const path = `/webhooks/${(await a('POST', '/webhooks', hook)).body.data.id}`
  const answers = await atOnce(path, [{ headers: { 'X-Acme-Key': 'k' } }, { header_prefix: 'Acme' }])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  const refused = answers.find(({ status }) => status === 400)
  expect(refused?.body.error.fields[0]).toMatchObject({ code: 'invalid_value' })
})

test('P3: pausing one that was disabled at that moment leaves it disabled', async () => {
  const { id } = (await a('POST', '/webhooks', hook)).body.data
  reading = { count: 2, go: [] }
  const paused = a('PATCH', `/webhooks/${id}`, { enabled: false })
  await expect.poll(() => reading?.go.length).toBe(1)
  const store = endpoints(it.pg)
  await store.update(it.orgA, id, { state: 'disabled' })
  await haveAllRead()
  reading = null
  expect((await paused).body.data.state).toBe('disabled')
})
