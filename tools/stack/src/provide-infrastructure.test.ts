import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hasContainerEngine } from './containers.ts'
import { provideInfrastructure } from './provide-infrastructure.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-door-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('four addresses in the environment are taken as they are, and nothing is started', async () => {
  const addresses = {
    KAFKA_BROKERS: 'broker.example:9092',
    REGISTRY_URL: 'https://registry.example/apis/ccompat/v7',
    POSTGRES_URL: 'postgres://user:word@db.example/scanhook',
    REDIS_URL: 'rediss://redis.example',
  }
  const stackDir = join(folder, 'stack')
  const found = await provideInfrastructure({ ...addresses, SCANHOOK_STACK_DIR: stackDir }, () => undefined)
  expect(found).toMatchObject({ addresses, source: 'environment' })
  await found.release()
  expect(existsSync(stackDir)).toBe(false)
})

test('a container engine is one that listens on its socket', async () => {
  const path = join(folder, 'engine.sock')
  const env = { DOCKER_HOST: `unix://${path}` }
  expect(await hasContainerEngine(env)).toBe(false)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  expect(await hasContainerEngine(env)).toBe(true)
  await new Promise((resolve) => server.close(resolve))
})
