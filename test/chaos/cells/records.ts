/** M and C: what records and clocks do. */
import type { Cell } from '../cell.ts'

export const recordCells: readonly Cell[] = []
