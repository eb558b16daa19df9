/**
 * What an operator does to an organization's data (docs/operate/privacy.md):
 *
 *   organizations-main.ts export --org ID > FILE
 *   organizations-main.ts erase --org ID (--asset ID | --path shipment.contact.email --value TEXT) [--json]
 *
 * `--value -` takes the text from stdin, so that no list of processes shows it. Exits with 0 when it is done, 1 when there is no such
 * organization or asset, the asset is not deleted, or deliveries still wait whose attempts will be logged, 2 when it could not look.
 */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Config } from '@scanhook/config/settings'
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { openLog } from '@scanhook/observability/log'
import { append } from '@scanhook/postgres/audit-log'
import { type Erased, eraseSubject, type Subject } from '@scanhook/postgres/erase-subject'
import { exportOrganization } from '@scanhook/postgres/export-organization'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { postgresSettings } from '@scanhook/postgres/settings'
import { refuse, runCommand } from './operator-command.ts'

const usage = `organizations-main.ts export --org ID
organizations-main.ts erase --org ID (--asset ID | --path PATH --value TEXT) [--json]`
/** A page looks through events that no index knows by what they say: a month of tens of millions of rows takes minutes. */
const statementTimeoutMs = 600_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    org: { type: 'string' },
    asset: { type: 'string' },
    path: { type: 'string' },
    value: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const [verb = ''] = positionals
const orgId = Number(values.org)
if (!Number.isSafeInteger(orgId) || positionals.length !== 1) refuse(usage)
const author = { orgId, actor: systemActor, requestId: null } as const
await runCommand(postgresSettings, process.env, run)

async function run(config: Config<typeof postgresSettings>): Promise<0 | 1> {
  // Only warnings, and on stderr: stdout is the answer.
  const log = openLog({ name: 'organizations', level: 'warn', write: (line) => process.stderr.write(line) })
  const pg = openPostgres({ url: config.POSTGRES_URL, log, max: 2, statementTimeoutMs })
  try {
    if ((await organizations(pg).find(orgId)) === null) {
      process.stderr.write(`there is no organization ${orgId}\n`)
      return 1
    }
    if (verb === 'export') return await writeExport(pg)
    if (verb === 'erase') return say(await eraseSubject(pg, author, subjectOf()))
    return refuse(usage)
  } finally {
    await pg.close()
  }
}

async function writeExport(pg: Postgres): Promise<0> {
  const counts: Record<string, number> = {}
  for await (const { table, lines } of exportOrganization(pg, orgId)) {
    counts[table] = (counts[table] ?? 0) + lines.length
    // Whoever reads slower than PostgreSQL writes is waited for: what is in memory is one page.
    if (!process.stdout.write(lines.join(''))) await once(process.stdout, 'drain')
  }
  await append(pg.db, author, {
    operation: 'organization.exported',
    id: orgId,
    name: null,
    before: null,
    after: counts,
  })
  process.stderr.write(`${Object.values(counts).reduce((sum, count) => sum + count, 0)} rows\n`)
  return 0
}

function subjectOf(): Subject {
  const { asset, path, value } = values
  if (asset !== undefined && path === undefined && Number.isSafeInteger(Number(asset)))
    return { kind: 'asset', assetId: Number(asset) }
  if (asset !== undefined || path === undefined || value === undefined) return refuse(usage)
  const text = value === '-' ? readFileSync(0, 'utf8').replace(/\n$/, '') : value
  if (text.length < 3)
    return refuse('the value must have at least 3 characters: less would be found everywhere')
  return { kind: 'value', path: path.split('.'), value: text }
}

function say(erased: Erased): 0 | 1 {
  if (erased.kind !== 'erased') {
    const words = {
      not_found: 'there is no such asset',
      not_deleted: 'the asset is not deleted: it would be read and written again',
    }
    process.stderr.write(`${words[erased.kind]}\n`)
    return 1
  }
  const { found } = erased
  process.stdout.write(
    values.json
      ? `${JSON.stringify(found)}\n`
      : `erased: ${found.events} events, ${found.attempts} attempts, ${found.auditEntries} entries of the audit log, ${found.positions} positions, ${found.unknownTags} unknown tags\n`,
  )
  if (found.waiting === 0) return 0
  process.stderr.write(
    `${found.waiting} deliveries still wait; their attempts will be logged with what they carry. Erase again when they are over, in a day.\n`,
  )
  return 1
}
