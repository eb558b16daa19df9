/** All metrics that an expression of ours may name, with their labels: declared in code, of the process, recorded, or of others. */
import { join } from 'node:path'
import { openMetrics } from '@scanhook/observability/metrics'
import { readMetrics } from '@scanhook/tidy/read-metrics'
import { readSourceTree } from '@scanhook/tidy/source-tree'
import { parsePromql } from './promql.ts'
import { ruleGroups } from './render-rules.ts'

export const root: string = join(import.meta.dirname, '../../..')

/** What the scrape adds to each series. */
const scrapeLabels = ['job', 'instance', 'namespace']

/** What others expose, and where it is from. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  up: [],
  // The kubelet, of each mounted volume.
  kubelet_volume_stats_available_bytes: ['persistentvolumeclaim'],
  kubelet_volume_stats_capacity_bytes: ['persistentvolumeclaim'],
  // Prometheus itself.
  ALERTS: ['alertname', 'alertstate', 'severity', 'window'],
}

export interface KnownMetrics {
  /** By the name of a series: a histogram is there as `_bucket`, `_sum` and `_count`. */
  readonly labels: ReadonlyMap<string, readonly string[]>
  /** Names that the product declares, histograms without their endings. */
  readonly own: readonly string[]
  /** The declared metric that a series belongs to. */
  readonly declaredOf: (series: string) => string
}

export async function readKnownMetrics(): Promise<KnownMetrics> {
  const labels = new Map<string, readonly string[]>()
  const declared = readMetrics(readSourceTree(root))
  for (const metric of declared.values()) {
    if (metric.kind !== 'histogram') labels.set(metric.name, metric.labels)
    else {
      labels.set(`${metric.name}_bucket`, [...metric.labels, 'le'])
      labels.set(`${metric.name}_sum`, metric.labels)
      labels.set(`${metric.name}_count`, metric.labels)
    }
  }
  for (const [name, own] of await processMetrics()) labels.set(name, own)
  for (const { recordings } of ruleGroups) for (const { record } of recordings) labels.set(record, [])
  for (const [name, own] of Object.entries(foreign)) labels.set(name, own)
  return {
    labels,
    own: [...declared.keys()],
    declaredOf: (series) => (declared.has(series) ? series : series.replace(/_(?:bucket|sum|count)$/, '')),
  }
}

async function processMetrics(): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await openMetrics({ withProcess: true }).text()
  const found = new Map<string, readonly string[]>()
  for (const [, name = '', set = ''] of text.matchAll(/^((?:process|nodejs)_\w+)(?:\{(.*)\})? /gm)) {
    found.set(
      name,
      [...set.matchAll(/(\w+)="/g)].map((match) => match[1] ?? ''),
    )
  }
  // Of these there is no sample before the first garbage collection.
  for (const [, name = ''] of text.matchAll(/^# TYPE (nodejs_gc_\w+) histogram$/gm)) {
    for (const ending of ['sum', 'count']) found.set(`${name}_${ending}`, ['kind'])
    found.set(`${name}_bucket`, ['kind', 'le'])
  }
  return found
}

/** What is wrong with an expression, in sentences; empty when it parses and all it names exists. */
export function problemsOf(expr: string, known: KnownMetrics): readonly string[] {
  const { errors, selectors, grouping, rated } = parsePromql(expr)
  const labelsOf = (metric: string): readonly string[] => known.labels.get(metric) ?? []
  const allowed = new Set([...scrapeLabels, ...selectors.flatMap(({ metric }) => labelsOf(metric))])
  return [
    ...errors.map((at) => `does not parse at ${expr.slice(at, at + 20)}`),
    ...selectors.flatMap(({ metric, matchers }) => {
      if (!known.labels.has(metric)) return [`${metric} does not exist`]
      const unknown = matchers.filter(
        ({ label }) => !scrapeLabels.includes(label) && !labelsOf(metric).includes(label),
      )
      return unknown.map(({ label }) => `${metric} has no label ${label}`)
    }),
    ...selectors
      .filter(({ metric }) => isCounter(metric) && !rated.has(metric) && !isOfYoung(expr))
      .map(({ metric }) => `${metric} is a counter and stands under no rate`),
    ...grouping.filter((label) => !allowed.has(label)).map((label) => `nothing in it has the label ${label}`),
  ]
}

const isCounter = (series: string): boolean => /_(total|bucket|count|sum)$/.test(series)
/** What a process counted since its start is asked of young processes alone. */
const isOfYoung = (expr: string): boolean => expr.includes('time() - process_start_time_seconds')
