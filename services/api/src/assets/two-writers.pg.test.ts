/** Many people who add to one asset's metadata at the same moment, over HTTP. */
import { assets } from '@scanhook/postgres/assets'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAssetRoutes } from './routes.ts'

interface Answer {
  readonly data: { readonly id: number; readonly metadata: Readonly<Record<string, string>> }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'asset-writers',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['assets:read', 'assets:write'],
  })
  addAssetRoutes(it.api, assets(it.pg))
  a = (await it.listen()).caller('a')
})
afterAll(() => it?.close())

test('what thirty add to the same metadata at once is all there', async () => {
  const path = `/assets/${(await a('POST', '/assets', { name: 'Forklift' })).body.data.id}`
  const names = Array.from({ length: 30 }, (_, nth) => `field-${nth}`)
  const answers = await Promise.all(names.map((name) => a('PATCH', path, { metadata: { [name]: 'mine' } })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(Object.keys((await a('GET', path)).body.data.metadata).sort()).toEqual(names.sort())
})
