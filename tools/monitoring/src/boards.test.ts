/** The rules of Grafana's dashboard-linter that matter here, and our own: everything parses, exists, and is shown. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boardUids } from './alert.ts'
import { problemsOf, readKnownMetrics, root } from './known-metrics.ts'
import { parsePromql, withoutVariables } from './promql.ts'
import { boards, renderBoards, scoped } from './render-boards.ts'
import { alerts, ruleGroups } from './render-rules.ts'

const known = await readKnownMetrics()

interface Target {
  readonly expr: string
  readonly legendFormat?: string
  readonly exemplar?: boolean
}
interface JsonPanel {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly uid: string }
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
  readonly targets?: readonly Target[]
}
interface JsonBoard {
  readonly uid: string
  readonly editable: boolean
  readonly templating: { readonly list: readonly { readonly name: string }[] }
  readonly panels: readonly JsonPanel[]
}

const rendered = renderBoards()
const jsons = rendered.map(({ text }) => JSON.parse(text) as JsonBoard)
const panelsOf = (board: JsonBoard): readonly JsonPanel[] => board.panels.filter(({ type }) => type !== 'row')
/** What `$__rate_interval` stands for in a parse; windows that are written out are for `increase` alone. */
const fixedWindow = /\b(?:rate|irate)\([^[\]]*\[\d/

test('the committed dashboards are what tools/monitoring makes', () => {
  for (const { path, text } of rendered) expect(readFileSync(join(root, path), 'utf8'), path).toBe(text)
  expect(boards.map(({ uid }) => uid)).toEqual([...boardUids])
})

describe.each(jsons.map((board) => [board.uid, board] as const))('%s', (_uid, board) => {
  test('is read-only and templated by datasource, job and instance', () => {
    expect(board.editable).toBe(false)
    expect(board.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance'])
  })

  test.each(panelsOf(board).map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
    expect(panel.description?.length ?? 0, 'has a description').toBeGreaterThan(5)
    expect(panel.fieldConfig?.defaults.unit, 'has a unit').toBeTruthy()
    expect(panel.datasource?.uid).toBe('$datasource')
    expect(panel.targets?.length ?? 0).toBeGreaterThan(0)
    for (const target of panel.targets ?? []) checkTarget(target)
  })
})

function checkTarget({ expr, legendFormat, exemplar }: Target): void {
  const plain = withoutVariables(expr)
  expect(problemsOf(plain, known).filter(isWrong(expr)), expr).toEqual([])
  expect(legendFormat).toBeTruthy()
  expect(expr, 'uses $__rate_interval').not.toMatch(fixedWindow)
  for (const { metric, matchers } of parsePromql(plain).selectors) {
    if (metric.includes(':') || /^(ALERTS|kubelet_)/.test(metric)) continue
    expect(
      matchers.map(({ label }) => label),
      `${metric} is of the chosen processes`,
    ).toEqual(expect.arrayContaining(['job', 'instance']))
  }
  if (exemplar === true) expect(expr).toContain('_bucket')
}

/** A counter times zero only lends its labels. `…_resources_total` is a gauge of prom-client in spite of its name. */
const isWrong =
  (expr: string) =>
  (problem: string): boolean =>
    !(
      problem.includes('stands under no rate') &&
      (expr.includes('* 0') || problem.startsWith('nodejs_active'))
    )

test('matchers go into each selector, and into none of what is of no process', () => {
  expect(scoped('sum(a) / sum(rate(b{x="1"}[$__rate_interval])) + scanhook:c')).toBe(
    'sum(a{job=~"$job",instance=~"$instance"}) / sum(rate(b{x="1",job=~"$job",instance=~"$instance"}[$__rate_interval])) + scanhook:c',
  )
})

/** Metrics that are deliberately neither shown nor alerted on, and why. */
const notShown: Readonly<Record<string, string>> = {
  scanhook_inspector_requests_total: 'the inspector is for trying out, not for running',
  scanhook_reconciler_requeued_total: 'its runbook asks for it; the finding is what counts',
  scanhook_endpoint_events_taken_total: 'equal to what endpoints do, which is shown by what became of it',
  scanhook_jobs_skipped_total: 'the job itself says it, per job, in the API',
  scanhook_jobs_ended_total: 'the job itself says it, per job, in the API',
}

test('every metric of ours is shown, alerted on, or deliberately not', () => {
  const exprs = [
    ...jsons.flatMap((board) =>
      panelsOf(board).flatMap(({ targets = [] }) => targets.map(({ expr }) => withoutVariables(expr))),
    ),
    ...alerts.map(({ expr }) => expr),
    ...ruleGroups.flatMap(({ recordings }) => recordings.map(({ expr }) => expr)),
  ]
  const used = new Set(
    exprs.flatMap((expr) => parsePromql(expr).selectors.map(({ metric }) => known.declaredOf(metric))),
  )
  const unseen = known.own.filter(
    (name) => !used.has(name) && !known.own.some((other) => other === name && used.has(`${name}_bucket`)),
  )
  expect(unseen.sort()).toEqual(Object.keys(notShown).sort())
})
