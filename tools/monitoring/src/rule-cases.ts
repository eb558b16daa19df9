/** The cases of an alert as a file for `promtool test rules`; a report names the alert. */
import { stringify } from 'yaml'
import type { Alert, Case } from './alert.ts'

/** The watchdog fires always. */
export const hasSilentCase = (alert: Alert): boolean => alert.severity !== 'none'

export function renderCases(alert: Alert, ruleFile: string): string {
  return stringify(
    {
      rule_files: [ruleFile],
      evaluation_interval: '1m',
      tests: [
        testOf(alert, 'firing', alert.firing),
        ...(hasSilentCase(alert) ? [testOf(alert, 'silent', alert.silent)] : []),
      ],
    },
    { lineWidth: 0 },
  )
}

function testOf({ name, variant }: Alert, kind: 'firing' | 'silent', { series, atMinutes }: Case): unknown {
  const labels = [`alertname="${name}"`, ...(variant === undefined ? [] : [`window="${variant}"`])]
  return {
    name: `${name}${variant === undefined ? '' : ` ${variant}`} is ${kind}`,
    interval: '1m',
    input_series: Object.entries(series).map(([text, values]) => ({ series: text, values })),
    promql_expr_test: [
      {
        // Alerts that are pending do not count: `for` is part of what is tested.
        expr: `count(ALERTS{${labels.join(',')},alertstate="firing"}) > bool 0 or vector(0)`,
        eval_time: `${atMinutes}m`,
        exp_samples: [{ labels: '{}', value: kind === 'firing' ? 1 : 0 }],
      },
    ],
  }
}
