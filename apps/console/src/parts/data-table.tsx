/**
 * A table of any length: only the rows in view are in the page, so that 10,000 scroll as 10 do. j and k go from row to row, Enter
 * opens one. What is sorted and filtered is the API's work; the table shows what it is given, in order.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useRef } from 'react'
import { useShortcuts } from '../shell/shortcuts.tsx'

export interface Column<T> {
  readonly name: string
  /** In place of the name over the column: a box that chooses all rows. */
  readonly head?: ReactNode
  readonly cell: (row: T) => ReactNode
  /** A track of a CSS grid. Default `1fr`, never less than its share. */
  readonly width?: string | undefined
  readonly isNumber?: boolean | undefined
  /** Text goes on in a second line before it is cut: for words that only whole say what they are. */
  readonly isTwoLines?: boolean | undefined
}

interface Props<T> {
  /** "Webhooks": names the table. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly rowKey: (row: T) => string
  readonly onOpen?: ((row: T) => void) | undefined
  /** Of one row; longer content is cut with an ellipsis by its cell. Default 52. */
  readonly rowHeightPx?: number | undefined
  /** Somebody has scrolled to where the rows come to their end: more may be asked for. May be called again and again. */
  readonly onEnd?: (() => void) | undefined
  /** Keys for the row that has the focus, beside j, k and Enter. */
  readonly rowKeys?: readonly RowKey<T>[] | undefined
}

export interface RowKey<T> {
  readonly key: string
  readonly does: string
  readonly run: (row: T) => void
}

/** Of the scrolling part: some fourteen rows, so that the page around it stays in view. */
const heightMaxPx = 720
/** Below it a table is moved sideways in its frame. Eight columns have room beside the navigation in 1280 px. */
const tableMinRem = 40
const columnMinRem = 7.5
/** 24 px high at least, with a row of others above and below (WCAG 2.5.8). */
const linkLook = '[&_a]:inline-block [&_a]:max-w-full [&_a]:align-middle'
const oneLine = 'truncate [&_a]:truncate [&_a]:py-0.5'
/** One line of a link is 27 px high (WCAG 2.5.8 asks for 24), two are 46: they fit into a row of 52 px. */
const twoLines = 'wrap-anywhere line-clamp-2 leading-tight [&_a]:py-1'
/** Two screens before the end: the next page is there, in most cases, before somebody is. */
const nearEndRows = 30

export function DataTable<T>(props: Props<T>) {
  const { label, columns, rows, rowKey, onOpen, onEnd, rowHeightPx = 52, rowKeys = [] } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - nearEndRows
  // Not by being short: only who has gone down wants more.
  const hasScrolled = (virtual.scrollOffset ?? 0) > 0
  const end = useRef(onEnd)
  end.current = onEnd
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are a new end
  useEffect(() => {
    if (isNearEnd && hasScrolled) end.current?.()
  }, [isNearEnd, hasScrolled, rows.length])
  const focusedIndex = (): number => {
    const row = document.activeElement?.closest('[data-row-index]')
    return scroller.current?.contains(row ?? null) === true
      ? Number(row?.getAttribute('data-row-index') ?? -1)
      : -1
  }
  // A key that is held goes on before the row is there: the next step is from where the focus is to be, and none is lost.
  const wanted = useRef(-1)
  const focusWanted = (): void => {
    if (wanted.current === -1) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row-index="${wanted.current}"]`)
    if (row === null || row === undefined) return
    wanted.current = -1
    row.focus({ preventScroll: true })
  }
  useEffect(focusWanted)
  const go = (step: number): void => {
    const from = wanted.current === -1 ? focusedIndex() : wanted.current
    wanted.current = Math.min(rows.length - 1, Math.max(0, from === -1 ? 0 : from + step))
    virtual.scrollToIndex(wanted.current)
    focusWanted()
  }
  useShortcuts([
    { key: 'j', does: 'next row', run: () => go(1), isRepeated: true },
    { key: 'k', does: 'previous row', run: () => go(-1), isRepeated: true },
    ...rowKeys.map(({ key, does, run }) => ({
      key,
      does,
      run: () => {
        const row = rows[focusedIndex()]
        if (row !== undefined) run(row)
      },
    })),
  ])
  const grid = columns.map(({ width = 'minmax(0, 1fr)' }) => width).join(' ')
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      {/* biome-ignore-start lint/a11y/useSemanticElements: rows are placed by hand, which a real table does not let happen */}
      {/* biome-ignore-start lint/a11y/useFocusableInteractive: of a table, other than of a grid, rows and headers are read, not operated */}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        style={{ minWidth: `${Math.max(tableMinRem, columns.length * columnMinRem)}rem` }}
      >
        <div role="rowgroup" className="border-line border-b bg-raised">
          <div role="row" aria-rowindex={1} className="grid gap-3 px-4" style={{ gridTemplateColumns: grid }}>
            {columns.map(({ name, head, isNumber }) => (
              <div
                key={name}
                role="columnheader"
                className={`truncate font-medium text-muted text-sm ${head === undefined ? 'self-center py-2' : ''} ${isNumber === true ? 'text-right' : ''}`}
              >
                {head ?? name}
              </div>
            ))}
          </div>
        </div>
        <div
          ref={scroller}
          role="rowgroup"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard (WCAG 2.1.1)
          tabIndex={0}
          className="overflow-y-auto"
          style={{ maxHeight: heightMaxPx }}
        >
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = rows[index]
              return row === undefined ? null : (
                <Row
                  key={rowKey(row)}
                  {...{ row, index, start, columns, grid, onOpen }}
                  heightPx={rowHeightPx}
                />
              )
            })}
          </div>
        </div>
      </div>
      {/* biome-ignore-end lint/a11y/useFocusableInteractive: see above */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: see above */}
    </div>
  )
}

interface RowProps<T> {
  readonly row: T
  readonly index: number
  /** From the top of all rows, in px. */
  readonly start: number
  readonly columns: readonly Column<T>[]
  readonly grid: string
  readonly heightPx: number
  readonly onOpen: ((row: T) => void) | undefined
}

/** Made anew only when something of it is another: while somebody scrolls, those that come into view. */
const Row = memo(TableRow) as typeof TableRow

function TableRow<T>({ row, index, start, columns, grid, heightPx, onOpen }: RowProps<T>) {
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: see above
    // biome-ignore-start lint/a11y/useFocusableInteractive: see above
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row-index={index}
      tabIndex={-1}
      className={`absolute inset-x-0 grid items-center gap-3 border-line border-b px-4 ${
        onOpen === undefined ? '' : 'cursor-pointer hover:bg-raised'
      }`}
      style={{ gridTemplateColumns: grid, height: heightPx, transform: `translateY(${start}px)` }}
      onClick={({ target }) => {
        if (!isControl(target)) onOpen?.(row)
      }}
      onKeyDown={({ key, target, currentTarget }) => {
        if (key === 'Enter' && target === currentTarget) onOpen?.(row)
      }}
    >
      {columns.map(({ name, cell, isNumber, isTwoLines }) => (
        <div
          key={name}
          role="cell"
          className={`min-w-0 ${isTwoLines === true ? twoLines : oneLine} ${linkLook} ${isNumber === true ? 'text-right tabular-nums' : ''}`}
        >
          {cell(row)}
        </div>
      ))}
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: see above
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  )
}

/** A link or button in a row does its own thing. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label') !== null
}
