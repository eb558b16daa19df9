/**
 * Boards become Grafana's JSON, by Grafana's own builders. Each selector gets the matchers of the board's variables here,
 * so that no panel can forget them.
 */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { BoardSpec, PanelSpec } from './board.ts'
import { delivery } from './boards/delivery.ts'
import { dependencies } from './boards/dependencies.ts'
import { overview } from './boards/overview.ts'
import { pipeline } from './boards/pipeline.ts'
import { runtime } from './boards/runtime.ts'
import { tracker } from './boards/tracker.ts'
import { selectorEnds } from './promql.ts'
import type { RenderedFile } from './render-rules.ts'

export const boards: readonly BoardSpec[] = [overview, pipeline, delivery, tracker, dependencies, runtime]

const folder = 'deploy/helm/scanhook/files/dashboards'
const source = { type: 'prometheus', uid: '$datasource' }

export function renderBoards(): readonly RenderedFile[] {
  return boards.map((board) => ({
    path: `${folder}/${board.uid}.json`,
    text: `${JSON.stringify(dashboardOf(board), null, 2)}\n`,
  }))
}

/** With the matchers of `$job` and `$instance` in each selector of a series that has these labels. */
export function scoped(expr: string): string {
  let result = expr
  for (const { metric, name, end, hasMatchers } of selectorEnds(expr).toReversed()) {
    // Recorded ratios, alerts and volumes are of no process.
    if (metric.includes(':') || /^(ALERTS|kubelet_)/.test(metric)) continue
    const matchers = 'job=~"$job",instance=~"$instance"'
    result = hasMatchers
      ? `${result.slice(0, end - 1)},${matchers}${result.slice(end - 1)}`
      : `${result.slice(0, name)}{${matchers}}${result.slice(name)}`
  }
  return result
}

function dashboardOf(board: BoardSpec): unknown {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['scanhook'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .link(
      new DashboardLinkBuilder('Scanhook')
        .type(DashboardLinkType.Dashboards)
        .tags(['scanhook'])
        .asDropdown(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      processVariable('job', 'label_values(up{job=~"scanhook-.*"}, job)', 'Service', 'scanhook-.+'),
    )
    .withVariable(processVariable('instance', 'label_values(up{job=~"$job"}, instance)', 'Process', '.+'))
  for (const row of board.rows) {
    builder.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(panelOf(panel))
  }
  return builder.build()
}

function processVariable(name: string, query: string, label: string, all: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .query(query)
    .datasource(source)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ selected: true, text: 'All', value: '$__all' })
}

function panelOf(spec: PanelSpec): Builder<Panel> {
  const targets = spec.queries.map(({ expr, legend, exemplars }, index) => {
    const query = new DataqueryBuilder()
      .expr(scoped(expr))
      .legendFormat(legend)
      .refId(String.fromCharCode(65 + index))
      .datasource(source)
    if (exemplars === true) query.exemplar(true)
    return spec.kind === 'number' ? query.instant() : query.range()
  })
  if (spec.kind === 'number') {
    const stat = new StatBuilder().title(spec.title).description(spec.description).unit(spec.unit)
    return stat.datasource(source).height(4).span(spec.width).targets(targets)
  }
  const panel = new TimeseriesBuilder().title(spec.title).description(spec.description).unit(spec.unit)
  panel.datasource(source).height(8).span(spec.width).targets(targets).min(0)
  panel.legend(
    new VizLegendOptionsBuilder()
      .displayMode(LegendDisplayMode.List)
      .placement(LegendPlacement.Bottom)
      .showLegend(true),
  )
  if (spec.isStacked === true)
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)).fillOpacity(30)
  return panel
}
