/** A board with its data as one page without scripts: what Grafana would show, for where no Grafana is. Pure. */
import type { BoardSpec, PanelSpec } from './board.ts'

export interface ShownPanel {
  readonly board: string
  readonly panel: PanelSpec
  readonly asked: readonly {
    readonly expr: string
    readonly legend: string
    readonly series: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }[]
}

const colours = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#37872d',
  '#8ab8ff',
  '#c4162a',
  '#fade2a',
]
const style = `body{background:#111217;color:#ccccdc;font:12px sans-serif;margin:8px}h1{font-size:18px}h2{font-size:14px;margin:10px 0 4px}
.g{display:grid;grid-template-columns:repeat(24,1fr);gap:6px}.p{background:#181b1f;border:1px solid #2c3235;border-radius:3px;padding:6px;overflow:hidden}
.n{font-size:26px;color:#73bf69;text-align:center;padding:10px 0}.l{font-size:10px;color:#9fa7b3;height:26px;overflow:hidden}.l i{font-style:normal}`

export function renderPage(board: BoardSpec, shown: readonly ShownPanel[]): string {
  const rows = board.rows.map(
    ({ title, panels }) =>
      `<h2>${escaped(title)}</h2><div class="g">${panels.map((panel) => panelHtml(panel, shown)).join('')}</div>`,
  )
  return `<!doctype html><meta charset="utf-8"><title>${escaped(board.title)}</title><style>${style}</style><h1>${escaped(board.title)}</h1>${rows.join('')}`
}

interface Line {
  readonly legend: string
  readonly points: readonly (readonly [number, number])[]
}

function panelHtml(panel: PanelSpec, shown: readonly ShownPanel[]): string {
  const asked = shown.find((each) => each.panel === panel)?.asked ?? []
  const lines = asked.flatMap(({ legend, series }) =>
    series.map(
      ({ metric, values }): Line => ({
        legend: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
        points: values
          .map(([at, text]) => [at, Number(text)] as const)
          .filter(([, value]) => Number.isFinite(value)),
      }),
    ),
  )
  const body = panel.kind === 'number' ? numberHtml(panel, lines) : linesHtml(panel, lines)
  return `<div class="p" style="grid-column:span ${panel.width}"><b>${escaped(panel.title)}</b>${body}</div>`
}

function numberHtml(panel: PanelSpec, lines: readonly Line[]): string {
  const last = lines[0]?.points.at(-1)?.[1]
  return `<div class="n">${last === undefined ? '–' : escaped(valueText(last, panel.unit))}</div>`
}

const width = 440
const height = 130

function linesHtml(panel: PanelSpec, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points)
  const from = Math.min(...all.map(([at]) => at))
  const to = Math.max(from + 1, ...all.map(([at]) => at))
  const most = Math.max(Number.MIN_VALUE, ...all.map(([, value]) => value))
  const x = (at: number): string => ((width * (at - from)) / (to - from)).toFixed(1)
  const y = (value: number): string => (height - 4 - ((height - 20) * Math.max(0, value)) / most).toFixed(1)
  const drawn = lines.map(
    ({ points }, index) =>
      `<polyline fill="none" stroke="${colours[index % colours.length]}" stroke-width="1.5" points="${points.map(([at, value]) => `${x(at)},${y(value)}`).join(' ')}"/>`,
  )
  const legend = lines.map(
    ({ legend: text }, index) => `<i style="color:${colours[index % colours.length]}">▬</i> ${escaped(text)}`,
  )
  const top = all.length === 0 ? 'no data' : valueText(most === Number.MIN_VALUE ? 0 : most, panel.unit)
  return `<svg viewBox="0 0 ${width} ${height}" width="100%"><text x="2" y="11" fill="#9fa7b3" font-size="11">${escaped(top)}</text>${drawn.join('')}</svg><div class="l">${legend.join(' &nbsp;')}</div>`
}

function valueText(value: number, unit: PanelSpec['unit']): string {
  if (unit === 'percentunit') return `${Number((value * 100).toPrecision(4))} %`
  if (unit === 'bytes') return `${(value / 1_048_576).toFixed(1)} MiB`
  if (unit === 's')
    return value < 1 ? `${Number((value * 1_000).toPrecision(3))} ms` : `${Number(value.toPrecision(3))} s`
  return `${Number(value.toPrecision(4))}${unit === 'ops' || unit === 'reqps' ? ' /s' : ''}`
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
