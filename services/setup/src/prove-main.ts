/**
 * `prove-main.ts [--org NAME] [--keep] [--patience-ms N]`: does this installation deliver? (prove-delivery.ts). With `--keep`
 * organization, key and endpoint are printed and stay. Exits with 0 for a verified delivery, 1 without one, 2 for wrong settings.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { address, parseEnv } from '@scanhook/config/settings'
import { openLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { postgresSettings } from '@scanhook/postgres/settings'
import { type ProvePorts, proveDelivery } from './prove-delivery.ts'
import { seed } from './seed.ts'

const http = ['http', 'https']
const settings = {
  POSTGRES_URL: postgresSettings.POSTGRES_URL,
  PROVE_API_URL: address({ description: 'Where the API answers' }, http),
  PROVE_SCANS_URL: address({ description: 'Where the producer takes reads' }, http),
  PROVE_INSPECTOR_URL: address(
    { description: 'Where this program and the dispatcher reach the inspector' },
    http,
  ),
}

const { values } = parseArgs({
  options: {
    org: { type: 'string', default: 'Proof of delivery' },
    keep: { type: 'boolean', default: false },
    // A first start of everything on a busy machine.
    'patience-ms': { type: 'string', default: '100000' },
  },
})
const patienceMs = Number(values['patience-ms'])
const parsed = parseEnv(settings, process.env)
if (!parsed.ok || !(patienceMs > 0)) {
  for (const { message } of parsed.ok ? [] : parsed.problems) process.stderr.write(`${message}\n`)
  process.stderr.write('prove-main.ts [--org NAME] [--keep] [--patience-ms N]\n')
  process.exit(2)
}
const { POSTGRES_URL, PROVE_API_URL, PROVE_SCANS_URL, PROVE_INSPECTOR_URL } = parsed.config

// Only warnings, and on stderr: stdout is the answer.
const log = openLog({ name: 'prove', level: 'warn', write: (line) => process.stderr.write(line) })
const pg = openPostgres({ url: POSTGRES_URL, log, max: 1 })
try {
  const store = { ensureOrganization: organizations(pg).ensure, keys: apiKeys(pg) }
  const { orgId, apiKey } = await seed(store, values.org)
  const { webhookId, tookMs } = await proveDelivery(portsWith(apiKey), {
    inspectorUrl: PROVE_INSPECTOR_URL,
    keepsEndpoint: values.keep,
    patienceMs,
  })
  process.stdout.write(`first verified delivery after ${(tookMs / 1000).toFixed(1)} s\n`)
  if (values.keep) process.stdout.write(`organization ${orgId}\nAPI key ${apiKey}\nwebhook ${webhookId}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await pg.close()
}

function portsWith(apiKey: string): ProvePorts {
  const ask = (url: string, init: RequestInit): Promise<Response> =>
    fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  const json = (method: string, body?: unknown): RequestInit => ({
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    api: async (method, path, body) => {
      const response = await ask(`${PROVE_API_URL}/api/v1${path}`, json(method, body))
      const text = await response.text()
      if (response.status === 409) return null
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return text === '' ? null : (JSON.parse(text) as { data?: unknown }).data
    },
    scans: async (reads) => {
      const response = await ask(`${PROVE_SCANS_URL}/api/v1/scans`, json('POST', reads))
      const text = await response.text()
      if (!response.ok) throw new Error(`POST /scans: ${response.status} ${text}`)
    },
    giveSecret: async (bin, secret) => {
      const response = await ask(`${PROVE_INSPECTOR_URL}/bins/${bin}`, json('PUT', { secret }))
      if (!response.ok) throw new Error(`the inspector took no secret: ${response.status}`)
    },
    verifiedCount: async (bin) => {
      const response = await ask(`${PROVE_INSPECTOR_URL}/stats`, {})
      const { data } = (await response.json()) as { data?: { bins?: Record<string, { verified?: number }> } }
      return data?.bins?.[bin]?.verified ?? 0
    },
    wait: (delayMs) => wait(delayMs),
    monotonicMs: () => performance.now(),
    newId: () => randomUUID().slice(0, 8),
  }
}
