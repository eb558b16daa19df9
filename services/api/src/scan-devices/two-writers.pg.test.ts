/** People who edit one scan device, or one of its scan points, at the same moment, over HTTP. */
import { scanDevices } from '@scanhook/postgres/scan-devices'
import { scanPoints } from '@scanhook/postgres/scan-points'
import type { ApiCall } from '@scanhook/testkit/api-caller'
import { type ApiOverPostgres, openApiOverPostgres } from '@scanhook/testkit/api-over-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addScanPointRoutes } from '../scan-points/routes.ts'
import { addScanDeviceRoutes } from './routes.ts'

interface Answer {
  readonly data: { readonly id: number; readonly name: string; readonly updated_at: string }
  readonly error: { readonly fields: readonly { readonly field: string; readonly code: string }[] }
}

let it: ApiOverPostgres
let a: ApiCall<Answer>

beforeAll(async () => {
  it = await openApiOverPostgres({
    name: 'reader-writers',
    postgresUrl: process.env['POSTGRES_URL'],
    scopes: ['scan-devices:read', 'scan-devices:write'],
  })
  addScanDeviceRoutes(it.api, scanDevices(it.pg))
  addScanPointRoutes(it.api, scanPoints(it.pg))
  a = (await it.listen()).caller('a')
})
afterAll(() => it?.close())

const names = ['by Ann', 'by Ben', 'by Cy', 'by Di']

/** All begin with the version that is there now. */
async function expectOneSaved(path: string): Promise<void> {
  const { updated_at } = (await a('GET', path)).body.data
  const answers = await Promise.all(names.map((name) => a('PATCH', path, { name, updated_at })))
  const saved = answers.filter(({ status }) => status === 200)
  expect(saved).toHaveLength(1)
  expect((await a('GET', path)).body.data.name).toBe(saved[0]?.body.data.name)
  for (const { status, body } of answers.filter((answer) => answer !== saved[0]))
    expect([status, body.error.fields]).toMatchObject([400, [{ field: 'updated_at', code: 'read_only' }]])
}

test('of people who edit one version of a reader at once one is saved, and the others are told, twenty times over', async () => {
  for (let round = 0; round < 20; round += 1) {
    const device = { external_key: `gate-${round}`, name: 'Gate', type: 'csl_cs463' }
    await expectOneSaved(`/scan-devices/${(await a('POST', '/scan-devices', device)).body.data.id}`)
  }
})

test('so it is with an antenna', async () => {
  const device = { external_key: 'dock', name: 'Dock', type: 'csl_cs463' }
  const { id } = (await a('POST', '/scan-devices', device)).body.data
  for (let port = 1; port <= 20; port += 1) {
    const point = { scan_device_id: id, antenna_port: port }
    await expectOneSaved(`/scan-points/${(await a('POST', '/scan-points', point)).body.data.id}`)
  }
})

test('a version that is gone is refused also when nobody else writes, and no version at all is the last word', async () => {
  const device = { external_key: 'yard', name: 'Yard', type: 'csl_cs463' }
  const made = (await a('POST', '/scan-devices', device)).body.data
  const path = `/scan-devices/${made.id}`
  const stale = { name: 'Late', updated_at: new Date(Date.parse(made.updated_at) - 1).toISOString() }
  expect((await a('PATCH', path, stale)).status).toBe(400)
  expect((await a('PATCH', path, { name: 'Unversioned' })).body.data.name).toBe('Unversioned')
  expect((await a('PATCH', '/scan-devices/1', { name: 'Nothing' })).status).toBe(404)
})
