/** The compose file's services are what the tables say, and agree with chart, image and Prometheus. What the file may contain at all: tools/stack. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv, type Settings } from '@scanhook/config/settings'
import { readServiceTables } from '@scanhook/tidy/read-service-tables'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeSubnet, renderCompose } from './compose.ts'

const root = resolve(import.meta.dirname, '../../..')
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
interface Compose {
  readonly services: Readonly<Record<string, { readonly environment: Readonly<Record<string, string>> }>>
  readonly networks: unknown
}
const compose: Compose = parse(text('docker-compose.yml'))
const tables = await readServiceTables(root)

test.each(tables.map((table) => [table.name, table] as const))(
  '%s takes the environment that it is given',
  (name, table) => {
    expect(parseEnv(table.settings as Settings, compose.services[name]?.environment ?? {})).toMatchObject({
      ok: true,
    })
  },
)

test('the network is the one that deliveries may go to', () => {
  expect(compose.networks).toEqual({ default: { ipam: { config: [{ subnet: composeSubnet }] } } })
})

test('Prometheus asks every service that goes on running', () => {
  const { scrape_configs: jobs } = parse(text('deploy/compose/prometheus.yml'))
  const services = tables.map(({ name }) => name).filter((name) => name !== 'setup')
  expect(jobs).toEqual(
    services.map((name) => ({
      job_name: `scanhook-${name}`,
      static_configs: [{ targets: [`${name}:8081`] }],
    })),
  )
})

test('a file without marks is refused', () => {
  expect(() => renderCompose('services:\n', [])).toThrow('marks')
})
