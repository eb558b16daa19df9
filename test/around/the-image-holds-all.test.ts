/**
 * The image's files, put together in a folder as the Dockerfile does it, and every service started from there: with what
 * `npm ci --omit=dev` installs, without the checkout, and with no right to write anywhere but its own folder.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { root, type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { openWorld, serviceNames, startServices, type World } from '../harness/world.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'scanhook-image-'))
const image = join(folder, 'app')
const entry = join(image, 'deploy/docker/run-service')
/** As the chart has it: only the folder of schemas may be written. */
const readOnly = `--permission --allow-fs-read=* --allow-fs-write=${tmpdir()}/scanhook-world-* --allow-worker`
let world: World
let inspector: ServiceProcess
let inspectorPort: number

beforeAll(async () => {
  await run(process.execPath, [join(root, 'tools/deploy/src/assemble-main.ts'), image])
  inspectorPort = await freePort()
  world = await openWorld({
    from: image,
    isDirect: true,
    env: { WEBHOOK_ALLOWED_TARGETS: `127.0.0.1/32:${inspectorPort}`, NODE_OPTIONS: readOnly },
  })
  const env = { ...world.env, INSPECTOR_PORT: String(inspectorPort) }
  inspector = await serviceProcess('inspector', env, world.folder, { from: image })
  await Promise.all([startServices(world), inspector.start()])
})

afterAll(async () => {
  await inspector?.kill()
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each([...serviceNames, 'inspector' as const])('%s is alive and ready', async (name) => {
  const { healthUrl } = name === 'inspector' ? inspector : world.services[name]
  for (const path of ['/livez', '/readyz', '/startupz', '/metrics'])
    expect((await fetch(`${healthUrl}${path}`)).status, path).toBe(200)
})

test('it proves a verified delivery, by the command of the chart’s test', async () => {
  const { stdout } = await run(entry, ['setup/prove', '--org', 'Image'], {
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: readOnly,
      POSTGRES_URL: world.env['POSTGRES_URL'],
      PROVE_API_URL: world.api.url,
      PROVE_SCANS_URL: world.producerUrl,
      PROVE_INSPECTOR_URL: `http://127.0.0.1:${inspectorPort}`,
    },
  })
  expect(stdout).toMatch(/^first verified delivery after [\d.]+ s\n$/)
})

test('its command hands signals to the service, and refuses what is none', async () => {
  const env = { ...world.env, HEALTH_PORT: '0', INSPECTOR_PORT: '0' }
  const child = spawn(entry, ['inspector'], { env: { PATH: process.env['PATH'], ...env } })
  const said = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('service.started')) resolve()
    })
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await said
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await expect(run(entry, ['nonsense'])).rejects.toMatchObject({ code: 2 })
  await expect(run(entry, [])).rejects.toMatchObject({ code: 2 })
})

test('it holds no tests, no tools, no development dependencies, and says what it holds', () => {
  for (const absent of [
    'test',
    'tools',
    'node_modules/vitest',
    'node_modules/typescript',
    'packages/testkit',
  ])
    expect(existsSync(join(image, absent)), absent).toBe(false)
  const sbom = JSON.parse(readFileSync(join(image, 'sbom.cdx.json'), 'utf8'))
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX' })
  expect(sbom.components.map(({ name }: { name: string }) => name)).toContain('kafkajs')
  expect(JSON.stringify(sbom)).not.toContain(folder)
  // Different at each run, so the same contents would make another image.
  expect(sbom.serialNumber ?? sbom.metadata.timestamp).toBeUndefined()
})
