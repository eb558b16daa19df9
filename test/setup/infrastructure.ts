/**
 * Gives the tests their infrastructure, whole and set up: addresses into the environment (workers inherit it), then
 * the idempotent setup step, on a database of this run and topics that begin with `test.`: what a developer has in the
 * same stack stays as it is. What was started only for this run is stopped at its end, unless SCANHOOK_KEEP_STACK=1.
 */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createEmptyDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'

const setupMain = resolve(import.meta.dirname, '../../services/setup/src/main.ts')

/**
 * Called by vitest once per project, all before the first test; the returned functions after the last. The first of
 * several projects does it for all of them.
 */
export async function setup(): Promise<() => Promise<void>> {
  const thisRun = String(process.pid)
  if (process.env['SCANHOOK_TEST_RUN'] === thisRun) return async () => undefined
  process.env['SCANHOOK_TEST_RUN'] = thisRun
  const infrastructure = await provideInfrastructure(process.env, (line) => console.error(line))
  const serverUrl = infrastructure.addresses['POSTGRES_URL']
  let database: TestDatabase | null = null
  const end = async (): Promise<void> => {
    await database?.drop()
    if (process.env['SCANHOOK_KEEP_STACK'] !== '1') await infrastructure.release()
  }
  try {
    database = await createEmptyDatabase('run', serverUrl)
    Object.assign(process.env, infrastructure.addresses, {
      POSTGRES_URL: database.url,
      TOPIC_PREFIX: 'test.',
      // Enough to see that partitions differ; every one costs Kafka files.
      SETUP_PARTITIONS: '3',
    })
    await runSetup()
  } catch (error) {
    await end()
    throw error
  }
  return end
}

async function runSetup(): Promise<void> {
  const child = spawn(process.execPath, [setupMain], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  })
  if (code !== 0) throw new Error(`setup failed (exit code ${code}):\n${output}`)
}
