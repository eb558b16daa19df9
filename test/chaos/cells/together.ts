/** T: two faults at once. */
import type { Cell } from '../cell.ts'

export const togetherCells: readonly Cell[] = []
