/** Sends the ten faulty endpoints of a cell to other addresses for a while, and looks up what the log says of it. */
import type { CellContext } from './cell.ts'
import type { CellWorld } from './cell-world.ts'
import { inPostgres } from './in-postgres.ts'

/** `urlOf` by the number among the faulty ones. Their own addresses again when `act` is over. */
export async function elsewhere(
  world: CellWorld,
  urlOf: (nth: number) => string,
  act: () => Promise<void>,
): Promise<void> {
  const faulty = world.endpoints.filter(({ isHealthy }) => !isHealthy)
  const lead = async (url: (nth: number) => string): Promise<void> => {
    for (const [nth, { id }] of faulty.entries())
      await world.api.data('PATCH', `/api/v1/webhooks/${id}`, { url: url(nth) })
  }
  await lead(urlOf)
  try {
    await act()
  } finally {
    await lead((nth) => faulty[nth]?.url ?? '')
  }
}

export type Words = readonly [url: string, errorClass: string, message: string]

/** The log must have failed attempts at each URL, all of them of the class, in words that begin so. */
export async function expectWords(
  { world, violated, figure }: CellContext,
  expected: readonly Words[],
): Promise<void> {
  await inPostgres(world.innerEnv, async (client) => {
    let found = 0
    for (const [url, errorClass, message] of expected) {
      const { rows } = await client.query<{
        error_class: string | null
        error_message: string | null
        count: string
      }>(
        'SELECT error_class, error_message, count(*) FROM attempts WHERE url = $1 AND outcome IS NOT NULL GROUP BY 1, 2',
        [url],
      )
      if (rows.length === 0) violated('I10', `the log has no attempt at ${url}`)
      for (const row of rows) {
        found += Number(row.count)
        if (row.error_class !== errorClass || !(row.error_message ?? '').startsWith(message))
          violated(
            'I10',
            `an attempt at ${url} is "${row.error_class}: ${row.error_message}", not "${errorClass}: ${message}"`,
          )
      }
    }
    figure('failed in these words', found)
  })
}
