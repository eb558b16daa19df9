/**
 * A Kafka broker that belongs to one test, so that it may be killed. `bin/stack` starts it in a temporary folder; the other
 * pieces of the stack are taken from the environment as they are.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const stack = resolve(import.meta.dirname, '../../../bin/stack')

export interface OwnBroker {
  /** As KAFKA_BROKERS has it. The same after a restart. */
  readonly address: string
  /** kill -9. */
  readonly kill: () => void
  /** Starts it again with what it had written. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Rejects where no broker can be started (no Java, no Docker). */
export async function openOwnBroker(): Promise<OwnBroker> {
  const stackDir = mkdtempSync(join(tmpdir(), 'scanhook-own-broker-'))
  const { KAFKA_BROKERS: _shared, ...environment } = process.env
  const env = { ...environment, SCANHOOK_STACK_DIR: stackDir }
  const state = (): { ownAddress: string; process: { pid: number } } =>
    JSON.parse(readFileSync(join(stackDir, 'state.json'), 'utf8')).kafka
  const close = async (): Promise<void> => {
    await run(stack, ['down', '--wipe'], { env })
    rmSync(stackDir, { recursive: true, force: true })
  }
  try {
    await run(stack, ['up'], { env })
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
  return {
    address: state().ownAddress,
    kill: () => process.kill(state().process.pid, 'SIGKILL'),
    restart: async () => {
      await run(stack, ['up'], { env })
    },
    close,
  }
}
