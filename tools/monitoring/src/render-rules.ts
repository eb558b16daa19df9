/** Rule groups become the files that Prometheus, and the chart's PrometheusRule, read. */
import { stringify } from 'yaml'
import { type Alert, type RuleGroup, runbookName } from './alert.ts'
import { causeGroups } from './causes.ts'
import { objectiveGroups } from './objectives.ts'

/** Reserved names (RFC 2606): whoever installs puts its own in their place, the chart by `monitoring.runbookUrl`. */
export const runbookBase = 'https://scanhook.example/docs/runbooks'
export const grafanaBase = 'https://grafana.example/d'

export const ruleGroups: readonly RuleGroup[] = [...objectiveGroups, ...causeGroups]
export const alerts: readonly Alert[] = ruleGroups.flatMap((group) => group.alerts)

export interface RenderedFile {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

const folder = 'deploy/helm/scanhook/files/rules'

export function renderRules(): readonly RenderedFile[] {
  return [
    { path: `${folder}/objectives.yaml`, text: render(objectiveGroups) },
    { path: `${folder}/causes.yaml`, text: render(causeGroups) },
  ]
}

/** One alert with what is recorded for it, alone: promtool evaluates every rule of a file at every minute of a case. */
export function renderAlone(alert: Alert): string {
  const group = ruleGroups.find((each) => each.alerts.includes(alert))
  const recordings = group?.recordings.filter(({ record }) => alert.expr.includes(`${record} `)) ?? []
  return render([{ name: alert.name, interval: '1m', recordings, alerts: [alert] }])
}

function render(groups: readonly RuleGroup[]): string {
  const rules = groups.map(({ name, interval, recordings, alerts: own }) => ({
    name,
    interval,
    rules: [...recordings, ...own.map(ruleOf)],
  }))
  const head = '# Made by tools/monitoring (node tools/monitoring/src/main.ts); changes belong there.\n'
  return `${head}${stringify({ groups: rules }, { lineWidth: 0 })}`
}

function ruleOf(alert: Alert): unknown {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === '0m' ? {} : { for: alert.for }),
    labels: { severity: alert.severity, ...(alert.variant === undefined ? {} : { window: alert.variant }) },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${runbookBase}/${runbookName(alert)}.md`,
      dashboard_url: `${grafanaBase}/${alert.dashboard}`,
    },
  }
}
