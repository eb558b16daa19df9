/** What a dashboard is here: rows of panels with sentences. Becomes Grafana's JSON in render-boards.ts. */
import type { BoardUid } from './alert.ts'

/** Grafana's names of units. */
export type Unit =
  | 'short'
  | 'percentunit'
  | 's'
  | 'bytes'
  | 'ops'
  | 'reqps'
  | 'rps'
  | 'dateTimeFromNow'
  | 'cpm'

export interface Query {
  /**
   * PromQL. Selectors are written bare; the matchers of the board's variables are put into each. Windows are
   * `$__rate_interval`, or `$__range` for what is summed over the time shown.
   */
  readonly expr: string
  /** E.g. `{{group}}`. */
  readonly legend: string
  /** Shows the exemplars of the histogram, with their trace ids. */
  readonly exemplars?: boolean
}

export interface PanelSpec {
  readonly title: string
  /** What it says and what to look for, in sentences. */
  readonly description: string
  readonly unit: Unit
  /** One number, or lines over time. */
  readonly kind: 'number' | 'lines'
  /** Stacked lines: parts of a whole. */
  readonly isStacked?: boolean
  readonly queries: readonly Query[]
  /** Of 24. */
  readonly width: number
}

export interface RowSpec {
  readonly title: string
  readonly panels: readonly PanelSpec[]
}

export interface BoardSpec {
  readonly uid: BoardUid
  readonly title: string
  readonly description: string
  readonly rows: readonly RowSpec[]
}

type Words = readonly [title: string, description: string]
type Lines = readonly (readonly [expr: string, legend: string])[]

const queriesOf = (lines: Lines): readonly Query[] => lines.map(([expr, legend]) => ({ expr, legend }))

/** Lines over time, a third of the width. */
export function lines([title, description]: Words, unit: Unit, queries: Lines): PanelSpec {
  return { title, description, unit, kind: 'lines', width: 8, queries: queriesOf(queries) }
}

export function stacked(words: Words, unit: Unit, queries: Lines): PanelSpec {
  return { ...lines(words, unit, queries), isStacked: true }
}

/** One number, a sixth of the width. */
export function figure([title, description]: Words, unit: Unit, expr: string): PanelSpec {
  return { title, description, unit, kind: 'number', width: 4, queries: [{ expr, legend: title }] }
}

/** Median, 95 % and 99 % of a histogram (its name without an ending), with exemplars where it has them. */
export function quantiles(
  words: Words,
  histogram: string,
  exemplars: 'with exemplars' | 'without' = 'without',
): PanelSpec {
  const panel = lines(
    words,
    's',
    [0.5, 0.95, 0.99].map((q) => [
      `histogram_quantile(${q}, sum by (le) (rate(${histogram}_bucket[$__rate_interval])))`,
      `p${q * 100}`,
    ]),
  )
  if (exemplars === 'without') return panel
  return { ...panel, queries: panel.queries.map((query) => ({ ...query, exemplars: true })) }
}

/** The rate of a counter, by some of its labels. */
export function rates(words: Words, unit: Unit, counter: string, by: readonly string[]): PanelSpec {
  const grouping = by.length === 0 ? '' : ` by (${by.join(', ')})`
  const legend = by.length === 0 ? words[0] : by.map((label) => `{{${label}}}`).join(' ')
  return lines(words, unit, [[`sum${grouping} (rate(${counter}[$__rate_interval]))`, legend]])
}
