/** What the log must have of a fault: without it the fault was none, and the cell has proven nothing. */
import type { CellContext } from './cell.ts'
import { inPostgres } from './in-postgres.ts'

/** Attempts and holds for which `where` is true. */
export async function loggedCount({ world }: Pick<CellContext, 'world'>, where: string): Promise<number> {
  return inPostgres(world.innerEnv, async (client) => {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM attempts WHERE ${where}`)
    return Number(rows[0]?.count ?? 0)
  })
}

/** By what they are, in words. */
export async function expectLogged(
  context: CellContext,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [what, where] of Object.entries(expected)) {
    const count = await loggedCount(context, where)
    context.figure(what, count)
    if (count === 0) context.violated('I10', `the log has no ${what}: nothing was proven`)
  }
}
