/** People who change one location at the same moment, over HTTP, while others move it in the tree. */
import { locations } from '@scanhook/postgres/locations'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addLocationRoutes } from './routes.ts'

interface Answer {
  readonly data: {
    readonly id: number
    readonly description: string | null
    readonly updated_at: string
    readonly geofence: Readonly<Record<string, unknown>>
  }
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'location-writers',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['locations:read', 'locations:write'],
  })
  addLocationRoutes(it.api, locations(it.pg))
  a = (await it.listen()).caller('a')
})
afterAll(() => it?.close())

const circle = { type: 'circle', latitude: 50, longitude: 8, radius_m: 100 }

async function made(name: string, more: object = {}): Promise<number> {
  return (await a('POST', '/locations', { name, ...more })).body.data.id
}

test('of what two people change of one fence at once neither is lost, twenty times over', async () => {
  for (let round = 0; round < 20; round += 1) {
    const path = `/locations/${await made(`Yard ${round}`, { geofence: circle })}`
    const answers = await Promise.all([
      a('PATCH', path, { geofence: { latitude: 51 } }),
      a('PATCH', path, { geofence: { longitude: 9 } }),
      a('PATCH', path, { geofence: { radius_m: 200 } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await a('GET', path)).body.data.geofence).toEqual({
      type: 'circle',
      latitude: 51,
      longitude: 9,
      radius_m: 200,
    })
  }
})

test('fences that change while locations move in the tree never wait in a circle', async () => {
  const ids = await Promise.all(['A', 'B', 'C', 'D'].map((name) => made(name, { geofence: circle })))
  const root = await made('Root')
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, nth) => {
      const path = `/locations/${ids[nth % ids.length]}`
      if (nth % 3 === 0) return a('PATCH', path, { parent_id: root, geofence: { radius_m: 50 + nth } })
      if (nth % 3 === 1) return a('PATCH', path, { geofence: { radius_m: 50 + nth } })
      return a('PATCH', path, { parent_id: null })
    }),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
})

test('a change that makes no fence is refused, and changes nothing', async () => {
  const path = `/locations/${await made('Bare')}`
  const refused = await a('PATCH', path, { name: 'Other', geofence: { radius_m: 10 } })
  expect(refused.status).toBe(400)
  expect((await a('GET', path)).body.data).toMatchObject({ name: 'Bare', geofence: null })
})

test('of people who edit one version of a location at once one is saved, and the others are told, twenty times over', async () => {
  const root = await made('Campus')
  for (let round = 0; round < 20; round += 1) {
    const path = `/locations/${await made(`Hall ${round}`)}`
    const { updated_at } = (await a('GET', path)).body.data
    const answers = await Promise.all([
      a('PATCH', path, { description: 'by Ann', updated_at }),
      a('PATCH', path, { description: 'by Ben', updated_at }),
      a('PATCH', path, { description: 'by Cy', parent_id: root, updated_at }),
      a('PATCH', path, { description: 'by Di', geofence: circle, updated_at }),
    ])
    const saved = answers.filter(({ status }) => status === 200)
    expect(saved).toHaveLength(1)
    expect((await a('GET', path)).body.data.description).toBe(saved[0]?.body.data.description)
    for (const { status, body } of answers.filter((answer) => answer !== saved[0]))
      expect([status, body.error.fields]).toMatchObject([400, [{ field: 'updated_at', code: 'read_only' }]])
  }
})
