/** Rows as people, programs and pipes read them. Pure. */
import type { Output } from './output.ts'
import { printable } from './printable.ts'

export interface Column<R> {
  readonly title: string
  readonly of: (row: R) => unknown
}

export interface Rows<R> {
  readonly rows: readonly R[]
  readonly columns: readonly Column<R>[]
  /** What `quiet` shows of one. */
  readonly id: (row: R) => unknown
  /** What stands for no rows in a table. */
  readonly none: string
}

/** Ends with a line end, unless there is nothing to say. */
export function renderRows<R>(output: Output, { rows, columns, id, none }: Rows<R>): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(rows, null, 2)}\n`
    case 'quiet':
      return rows.map((row) => `${printable(textOf(id(row)))}\n`).join('')
    case 'table':
      return rows.length === 0 ? `${none}\n` : renderTable(rows, columns)
  }
}

/** One thing: its fields under each other. */
export function renderOne<R>(
  output: Output,
  row: R,
  { columns, id }: Pick<Rows<R>, 'columns' | 'id'>,
): string {
  if (output === 'json') return `${JSON.stringify(row, null, 2)}\n`
  if (output === 'quiet') return `${printable(textOf(id(row)))}\n`
  const width = Math.max(...columns.map(({ title }) => title.length))
  return columns.map(({ title, of }) => `${title.padEnd(width)}  ${printable(textOf(of(row)))}\n`).join('')
}

function renderTable<R>(rows: readonly R[], columns: readonly Column<R>[]): string {
  const cells = [
    columns.map(({ title }) => title.toUpperCase()),
    ...rows.map((row) => columns.map(({ of }) => printable(textOf(of(row))))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
