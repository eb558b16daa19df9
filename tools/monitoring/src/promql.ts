/** What a PromQL expression asks for, out of the parser that Prometheus' own interface uses. */
import { parser } from '@prometheus-io/lezer-promql'

export interface Selector {
  readonly metric: string
  /** Names of labels that matchers look at, and what they compare with. */
  readonly matchers: readonly { readonly label: string; readonly value: string }[]
}

export interface Parsed {
  /** Positions that do not parse; empty when all is well. */
  readonly errors: readonly number[]
  readonly selectors: readonly Selector[]
  /** In `by (…)`, `without (…)`, `on (…)`, `ignoring (…)`. */
  readonly grouping: readonly string[]
  /** Metrics that stand under `rate`, `increase`, `irate`, or a function that needs no rate. */
  readonly rated: ReadonlySet<string>
}

/** Grafana's variables become what they stand for, so that the rest parses. */
export function withoutVariables(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1h')
    .replace(/\$(\w+)/g, '.*')
}

export function parsePromql(expr: string): Parsed {
  const errors: number[] = []
  const selectors: { metric: string; matchers: { label: string; value: string }[] }[] = []
  const grouping: string[] = []
  const rated = new Set<string>()
  const functions: string[] = []
  let inGrouping = false

  /** What is done at the begin of a node, by its name; `text` is what it spans. */
  const begins: Readonly<Record<string, (text: string) => void>> = {
    FunctionCall: (text) => functions.push(/^\w+/.exec(text)?.[0] ?? ''),
    VectorSelector: (text) => {
      const metric = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? ''
      selectors.push({ metric, matchers: [] })
      if (functions.some((each) => rateFunctions.has(each))) rated.add(metric)
    },
    UnquotedLabelMatcher: (text) => {
      const [, label = '', value = ''] = /^(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/.exec(text) ?? []
      selectors.at(-1)?.matchers.push({ label, value })
    },
    GroupingLabels: () => {
      inGrouping = true
    },
    LabelName: (text) => {
      if (inGrouping) grouping.push(text)
    },
  }
  const ends: Readonly<Record<string, () => void>> = {
    FunctionCall: () => functions.pop(),
    GroupingLabels: () => {
      inGrouping = false
    },
  }
  parser.parse(expr).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) errors.push(from)
      begins[name]?.(expr.slice(from, to))
    },
    leave: ({ name }) => ends[name]?.(),
  })
  return { errors, selectors, grouping, rated }
}

const rateFunctions = new Set(['rate', 'increase', 'irate'])

interface SelectorPlace {
  readonly metric: string
  /** Behind the metric's name. */
  readonly name: number
  /** Behind the whole selector. */
  readonly end: number
  readonly hasMatchers: boolean
}

/** Where the selectors of an expression stand, in their order. */
export function selectorEnds(expr: string): readonly SelectorPlace[] {
  const found: SelectorPlace[] = []
  // Variables of Grafana are no PromQL: placeholders of the same length keep the places.
  const plain = expr.replace(/\$__\w+/g, (variable) => '1m'.padStart(variable.length, '0'))
  parser.parse(plain).iterate({
    enter: ({ name, from, to }) => {
      if (name !== 'VectorSelector') return
      const metric = /^[a-zA-Z_:][\w:]*/.exec(expr.slice(from, to))?.[0] ?? ''
      found.push({ metric, name: from + metric.length, end: to, hasMatchers: to > from + metric.length })
    },
  })
  return found
}
