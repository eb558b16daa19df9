import { demoWarehouse, simulateWarehouse } from '@scanhook/replay/simulate-warehouse'
import { expect, test } from 'vitest'
import type { ApiClient, Row } from './api-client.ts'
import type { InspectorClient } from './inspector-client.ts'
import { provision } from './provision.ts'
import { registerEndpoint } from './register-endpoint.ts'

/** An API that keeps what it is given. */
function fakeApi(): { api: ApiClient; rows: Map<string, Row[]>; posts: string[] } {
  const rows = new Map<string, Row[]>()
  const posts: string[] = []
  let lastId = 0
  const rowsOf = (path: string): Row[] => {
    const known = rows.get(path) ?? []
    rows.set(path, known)
    return known
  }
  return {
    rows,
    posts,
    api: {
      list: async (path) => [...rowsOf(path)],
      async post(path, body) {
        posts.push(path)
        const row = { ...(body as Row), id: ++lastId, secret: `whsec_${lastId}`, state: 'active' }
        rowsOf(path).push(row)
        return { status: 201, data: row }
      },
      async get(path) {
        const row = rowsOf('/webhooks').find(({ id }) => path === `/webhooks/${String(id)}`)
        return row === undefined ? { status: 404, data: {} } : { status: 200, data: row }
      },
      async delete(path) {
        rows.set(
          '/webhooks',
          rowsOf('/webhooks').filter(({ id }) => path !== `/webhooks/${String(id)}`),
        )
        return { status: 204, data: {} }
      },
    },
  }
}

const { header } = simulateWarehouse(demoWarehouse)

test('everything of a recording is made once, parents first; again, nothing is', async () => {
  const { api, rows, posts } = fakeApi()
  const first = await provision(api, header, () => undefined)
  expect(first).toEqual({ madeCount: posts.length, foundCount: 0 })
  expect(rows.get('/locations')?.map((row) => row['external_key'])).toEqual(
    header.locations.map(({ externalKey }) => externalKey),
  )
  expect(rows.get('/scan-points')?.[0]).toMatchObject({
    scan_device_external_key: 'reader-1-1',
    antenna_port: 1,
    location_external_key: 'WH-1-ZONE-1',
    kind: 'zone',
  })
  expect(rows.get('/assets')?.[0]).toMatchObject({
    external_key: 'PALLET-001',
    tags: [{ tag_type: 'rfid', value: 'E5CA00010000000000000000' }],
  })
  const again = await provision(api, header, () => undefined)
  expect(again).toEqual({ madeCount: 0, foundCount: first.madeCount })
})

test('what somebody removed is made again', async () => {
  const { api, rows } = fakeApi()
  await provision(api, header, () => undefined)
  rows.set('/assets', (rows.get('/assets') ?? []).slice(1))
  expect(await provision(api, header, () => undefined)).toMatchObject({ madeCount: 1 })
})

function fakeInspector(binUrl: string): { inspector: InspectorClient; secrets: string[] } {
  const secrets: string[] = []
  return {
    secrets,
    inspector: {
      binUrl,
      giveSecret: async (secret) => void secrets.push(secret),
      counts: async () => ({ received: 0, verified: 0, failed: 0 }),
    },
  }
}

test('the endpoint is made once and kept; the inspector hears its secret every time', async () => {
  const { api, rows } = fakeApi()
  const { inspector, secrets } = fakeInspector('http://127.0.0.1:9000/in/demo')
  const first = await registerEndpoint(api, inspector, null)
  expect(first.changeCount).toBe(1)
  const again = await registerEndpoint(api, inspector, first.endpoint)
  expect(again).toEqual({ endpoint: first.endpoint, changeCount: 0 })
  expect(rows.get('/webhooks')).toHaveLength(1)
  expect(secrets).toEqual([first.endpoint.secret, first.endpoint.secret])
})

test('an endpoint whose secret is lost, or whose inspector moved, is replaced', async () => {
  const { api, rows } = fakeApi()
  const first = await registerEndpoint(api, fakeInspector('http://127.0.0.1:9000/in/demo').inspector, null)
  const moved = fakeInspector('http://127.0.0.1:9001/in/demo').inspector
  const second = await registerEndpoint(api, moved, first.endpoint)
  expect(second.changeCount).toBe(2)
  const third = await registerEndpoint(api, moved, null)
  expect(third.endpoint.id).not.toBe(second.endpoint.id)
  expect(rows.get('/webhooks')?.map(({ id }) => id)).toEqual([third.endpoint.id])
})
