/** D: where requests must not go. */
import type { Cell } from '../cell.ts'

export const addressCells: readonly Cell[] = []
