/** The table of all cells of the matrix, in its order. */
import type { Cell } from './cell.ts'
import { addressCells } from './cells/addresses.ts'
import { brokerCells } from './cells/broker.ts'
import { clockCells } from './cells/clocks.ts'
import { endpointCells } from './cells/endpoints.ts'
import { networkCells } from './cells/network.ts'
import { postgresCells } from './cells/postgres.ts'
import { recordCells } from './cells/records.ts'
import { redisCells } from './cells/redis.ts'
import { serviceCells } from './cells/services.ts'
import { togetherCells } from './cells/together.ts'

export const cells: readonly Cell[] = [
  ...brokerCells,
  ...networkCells,
  ...redisCells,
  ...postgresCells,
  ...serviceCells,
  ...recordCells,
  ...clockCells,
  ...endpointCells,
  ...addressCells,
  ...togetherCells,
]

/** What `bin/test` runs: one or two of each kind, in some nine minutes. What breaks connections to the broker (N1 to N4) is near to B1. */
export const quickIds: readonly string[] = ['B1', 'N5', 'R1', 'P1', 'S1', 'S6-router', 'M1', 'E1']

/** `S6` names all of S6-…; unknown names throw. */
export function chooseCells(names: readonly string[]): readonly Cell[] {
  if (names.length === 0) return cells
  return names.flatMap((name) => {
    const exact = cells.filter(({ id }) => id === name)
    const found = exact.length > 0 ? exact : cells.filter(({ id }) => id.startsWith(`${name}-`))
    if (found.length === 0)
      throw new Error(`there is no cell ${name}; there are ${cells.map(({ id }) => id).join(' ')}`)
    return found
  })
}
