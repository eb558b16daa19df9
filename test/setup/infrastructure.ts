/**
 * Gives the tests their infrastructure, whole and set up: addresses into the environment (workers inherit it), then
 * the idempotent setup step. What was started only for this run is stopped at its end, unless SCANHOOK_KEEP_STACK=1.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { provideInfrastructure } from '@scanhook/stack/provide-infrastructure'

const setupMain = resolve(import.meta.dirname, '../../services/setup/src/main.ts')

/** Called by vitest once per project before its tests; the returned function after them. */
export async function setup(): Promise<() => Promise<void>> {
  const infrastructure = await provideInfrastructure(process.env, (line) => console.error(line))
  Object.assign(process.env, infrastructure.addresses)
  if (existsSync(setupMain)) await runSetup()
  return async () => {
    if (process.env['SCANHOOK_KEEP_STACK'] !== '1') await infrastructure.release()
  }
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
