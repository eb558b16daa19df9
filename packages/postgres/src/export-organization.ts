/**
 * Everything that an organization owns, as lines of JSON: one a row, `{"table":"assets","row":{…}}`, as they were at one moment.
 *
 * Invariants
 *   X1. No secret, and nothing that a secret could be found by, is in it.
 *   X2. Memory does not grow with what there is: a cursor, `pageRows` at a time.
 *   X3. All of it is of one moment, also when the organization goes on meanwhile.
 */
import type { Postgres, Session } from './open.ts'
import { type ExportedTable, organizationTables } from './organization-tables.ts'

/** An event has up to 256 KiB: at the worst 64 MB, ordinarily some 100 KB. */
const pageRows = 250

export interface ExportedPage {
  readonly table: string
  /** Each ends with a line feed. */
  readonly lines: readonly string[]
}

/** Ends without a page where there is no such organization. */
export async function* exportOrganization(pg: Postgres, orgId: number): AsyncGenerator<ExportedPage> {
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  try {
    await session.query('begin isolation level repeatable read read only') // X3
    const tables: readonly (readonly [string, ExportedTable])[] = Object.entries(organizationTables)
    for (const [table, how] of tables) {
      if ('notExported' in how) continue
      await session.query(
        `declare rows no scroll cursor for ${await selectOf(session, { table, how, orgId })}`,
      )
      yield* pagesOf(session, table)
      await session.query('close rows')
    }
    await session.query('commit')
  } finally {
    await session.close()
  }
}

async function* pagesOf(session: Session, table: string): AsyncGenerator<ExportedPage> {
  for (;;) {
    const rows = await session.query<{ readonly row: string }>(`fetch ${pageRows} from rows`) // X2
    if (rows.length > 0) yield { table, lines: rows.map(({ row }) => `{"table":"${table}","row":${row}}\n`) }
    if (rows.length < pageRows) return
  }
}

interface Selected {
  readonly table: string
  readonly how: Exclude<ExportedTable, { readonly notExported: string }>
  readonly orgId: number
}

/** A cursor takes no parameters, so the id stands in the text: it is a whole number, or the statement is refused. */
async function selectOf(session: Session, { table, how, orgId }: Selected): Promise<string> {
  const columns = await session.query<{ readonly name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 order by ordinal_position`,
    [table],
  )
  const kept = columns.map(({ name }) => name).filter((name) => how.leftOut?.includes(name) !== true) // X1
  const owner = table === 'organizations' ? 'id' : 'org_id'
  const inner = `select ${kept.map((name) => `"${name}"`).join(', ')} from "${table}"
    where ${owner} = ${BigInt(orgId)} order by ${how.orderBy}`
  return `select row_to_json(t)::text as row from (${inner}) t`
}
