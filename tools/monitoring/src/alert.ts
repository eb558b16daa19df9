/** What an alert is here. Its runbook is the page of its name, its cases are run by promtool. */

/** `page`: somebody is woken. `ticket`: within the working day. `none`: goes to the watchdog's receiver. */
export type Severity = 'page' | 'ticket' | 'none'

/** Series as promtool writes them, a sample a minute: `'up{job="x"}': '1x10 0x20'`. */
export interface Case {
  readonly series: Readonly<Record<string, string>>
  /** When it is looked at. */
  readonly atMinutes: number
}

export interface Alert {
  /** Begins with `Scanhook`. Several rules may share one name and so one runbook; then `variant` tells them apart. */
  readonly name: string
  /** Of several rules with one name: becomes the label `window`. */
  readonly variant?: string
  readonly severity: Severity
  readonly expr: string
  /** How long it must hold; Prometheus' way to write a duration. */
  readonly for: string
  /** One line, for the phone. May use Prometheus' templates. */
  readonly summary: string
  /** What it means and why it matters, in sentences. */
  readonly description: string
  /** Uid of the dashboard to open. */
  readonly dashboard: BoardUid
  readonly firing: Case
  readonly silent: Case
}

export interface Recording {
  readonly record: string
  readonly expr: string
}

export interface RuleGroup {
  readonly name: string
  readonly interval: string
  readonly recordings: readonly Recording[]
  readonly alerts: readonly Alert[]
}

export const boardUids = [
  'scanhook-overview',
  'scanhook-pipeline',
  'scanhook-delivery',
  'scanhook-tracker',
  'scanhook-dependencies',
  'scanhook-runtime',
] as const
export type BoardUid = (typeof boardUids)[number]

/** `ScanhookRetryOverdue` → `retry-overdue`: the name of its page in docs/runbooks. */
export function runbookName(alert: Pick<Alert, 'name'>): string {
  return alert.name
    .replace(/^Scanhook/, '')
    .replace(/(?<=[a-z0-9])[A-Z]/g, '-$&')
    .toLowerCase()
}
