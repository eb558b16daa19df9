/** The all-in-one process: its environment, its start, and when it is ready. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { claimPorts } from '@scanhook/stack/port-claims'
import { isAlive, type ProcessIdentity } from '@scanhook/stack/process-identity'
import { logTail, startDetached } from '@scanhook/stack/processes'
import type { RunFolder, RunState } from './run-folder.ts'

type Env = Readonly<Record<string, string | undefined>>

export const checkout: string = resolve(import.meta.dirname, '../../..')

/** A busy machine needs some ten seconds for all services; a minute means that something is wrong. */
const readyTimeoutMs = 60_000

/** Where people expect them; another one is drawn when somebody has it already. */
const usualPorts: RunState['ports'] = { api: 8080, inspector: 9000, health: 8081, relay: 8082 }

/** The ports of the last run where they are still free, so that addresses in scripts and endpoints stay right. */
export async function choosePorts(
  known: RunState['ports'] | undefined,
  { claimsDir, purpose }: { readonly claimsDir: string; readonly purpose: string },
): Promise<RunState['ports']> {
  // A run of an earlier version knew fewer.
  const { api, inspector, health, relay } = { ...usualPorts, ...known }
  const ports = [api, inspector, health, relay]
  // Another checkout may be starting this moment: until its services listen, its ports look free.
  const chosen = await claimPorts(claimsDir, { purpose, ports, avoided: ports }, () => undefined)
  return {
    api: chosen[0] ?? api,
    inspector: chosen[1] ?? inspector,
    health: chosen[2] ?? health,
    relay: chosen[3] ?? relay,
  }
}

/** 32 bytes, as SECRET_KEYS wants them. */
export function newSecretKeys(): string {
  return `k1:${randomBytes(32).toString('base64')}`
}

export interface AppSettings {
  /** KAFKA_BROKERS, REGISTRY_URL, POSTGRES_URL, REDIS_URL. */
  readonly addresses: Readonly<Record<string, string>>
  readonly ports: RunState['ports']
  readonly secretKeys: string
  readonly folder: RunFolder
}

/** What the caller's shell says about settings stands, except where the demo itself depends on another value. */
export function appEnv(
  { addresses, ports, secretKeys, folder }: AppSettings,
  env: Env,
): Record<string, string> {
  const own = `127.0.0.1/32:${ports.inspector},127.0.0.1/32:${ports.relay}`
  const allowed = env['WEBHOOK_ALLOWED_TARGETS']
  const shell = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    // Creating a demo's master data takes more requests than a customer's key has in a minute.
    API_RATE_LIMIT_PER_MINUTE: '60000',
    API_RATE_LIMIT_BURST: '6000',
    SCHEMA_CACHE_DIR: join(folder.path, 'schemas'),
    ...Object.fromEntries(shell),
    ...addresses,
    HOST: '127.0.0.1',
    API_PORT: `${ports.api}`,
    PRODUCER_PORT: `${ports.api}`,
    INSPECTOR_PORT: `${ports.inspector}`,
    HEALTH_PORT: `${ports.health}`,
    API_RELAY_URL: `http://127.0.0.1:${ports.relay}`,
    API_RELAY_PORT: `${ports.relay}`,
    SECRET_KEYS: secretKeys,
    WEBHOOK_ALLOWED_TARGETS: allowed === undefined || allowed === '' ? own : `${allowed},${own}`,
    // Whoever can write to this machine's Kafka may replay recordings with the times they had.
    PRODUCER_TRUST_RECEIVED_AT: 'true',
  }
}

export async function startApp(env: Record<string, string>, folder: RunFolder): Promise<ProcessIdentity> {
  mkdirSync(folder.path, { recursive: true })
  const command = { file: process.execPath, args: ['services/scanhook/src/main.ts'], cwd: checkout, env }
  return startDetached(command, folder.fileOf('scanhook.log'))
}

/** Resolves when every service is ready. Throws with the end of the log when the process ends or does not get there. */
export async function waitReady(app: ProcessIdentity, healthUrl: string, logFile: string): Promise<void> {
  const giveUpAtMs = performance.now() + readyTimeoutMs
  for (;;) {
    if (await isReady(healthUrl)) return
    if (!isAlive(app))
      throw new Error(`the services ended at once; the end of ${logFile}:\n${logTail(logFile)}`)
    if (performance.now() > giveUpAtMs) {
      const seconds = readyTimeoutMs / 1_000
      throw new Error(
        `the services are not ready after ${seconds} s; the end of ${logFile}:\n${logTail(logFile)}`,
      )
    }
    await wait(50)
  }
}

async function isReady(healthUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
