/** `seed-main.ts [--org NAME] [--json]`: makes the demo organization and prints its id and a new key. */
import { parseArgs } from 'node:util'
import { parseEnv } from '@scanhook/config/settings'
import { openLog } from '@scanhook/observability/log'
import { apiKeys } from '@scanhook/postgres/api-keys'
import { openPostgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { postgresSettings } from '@scanhook/postgres/settings'
import { seed } from './seed.ts'

const { values } = parseArgs({
  options: { org: { type: 'string', default: 'Demo' }, json: { type: 'boolean', default: false } },
})
const parsed = parseEnv(postgresSettings, process.env)
if (!parsed.ok) {
  for (const { message } of parsed.problems) process.stderr.write(`${message}\n`)
  process.exit(2)
}
// Only warnings, and on stderr: stdout is the answer.
const log = openLog({ name: 'seed', level: 'warn', write: (line) => process.stderr.write(line) })
const pg = openPostgres({ url: parsed.config.POSTGRES_URL, log, max: 1 })
try {
  const ports = { ensureOrganization: organizations(pg).ensure, keys: apiKeys(pg) }
  const { orgId, apiKey } = await seed(ports, values.org)
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ org_id: orgId, api_key: apiKey })}\n`
      : `organization ${orgId}\nAPI key ${apiKey}\n`,
  )
} catch (error) {
  const said = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${said}\nThe tables must exist: run services/setup/src/main.ts first.\n`)
  process.exitCode = 1
} finally {
  await pg.close()
}
