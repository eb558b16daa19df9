/** How long a receiver took, over time: the middle and the slow end as two lines, with the same figures as a table. */
import { ChartFrame, heightPx, widthPx } from '../../parts/chart.tsx'
import { sayDuration } from '../../parts/say-relative.ts'
import { scaleEnd } from '../../parts/scale-end.ts'
import type { Point } from './describe-statistics.ts'

interface Props {
  readonly points: readonly Point[]
  readonly isExact: boolean
}

export function ResponseTimeChart({ points, isExact }: Props) {
  const max = scaleEnd(Math.max(1, ...points.map(({ p95Ms }) => p95Ms ?? 0)))
  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 font-medium">
        Response time
        <span className="font-normal text-muted text-sm">
          line: half were faster (p50); dashes: 95 % were faster (p95)
          {!isExact && '; both are told within 19 %'}
        </span>
      </figcaption>
      <ChartFrame top={sayDuration(max)} bottom="0" first={points[0]?.label} last={points.at(-1)?.label}>
        <Line values={points.map(({ p50Ms }) => p50Ms)} max={max} look="stroke-accent" />
        <Line values={points.map(({ p95Ms }) => p95Ms)} max={max} look="stroke-warn" isDashed />
      </ChartFrame>
      <details className="mt-2">
        <summary className="cursor-pointer text-accent text-sm">The figures as a table</summary>
        <table className="mt-2 w-full text-left text-sm">
          <thead>
            <tr className="text-muted">
              <th scope="col">When</th>
              <th scope="col" className="text-right">
                p50
              </th>
              <th scope="col" className="text-right">
                p95
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ label, p50Ms, p95Ms }) => (
              <tr key={label}>
                <th scope="row" className="font-normal">
                  {label}
                </th>
                <td className="text-right tabular-nums">{sayDuration(p50Ms)}</td>
                <td className="text-right tabular-nums">{sayDuration(p95Ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

interface LineProps {
  readonly values: readonly (number | null)[]
  readonly max: number
  readonly look: string
  readonly isDashed?: boolean
}

/** Where nothing was sent there is a gap; a value between two gaps is a dash of its own. */
function Line({ values, max, look, isDashed = false }: LineProps) {
  const step = widthPx / Math.max(1, values.length)
  const yOf = (value: number): number => heightPx - 2 - (value / max) * (heightPx - 4)
  const path = values
    .map((value, index) => {
      if (value === null) return ''
      const begins = index === 0 || values[index - 1] === null
      const y = yOf(value)
      return `${begins ? 'M' : 'L'}${index * step + step * 0.2} ${y}L${index * step + step * 0.8} ${y}`
    })
    .join('')
  return (
    <path
      d={path}
      fill="none"
      strokeWidth="2"
      strokeDasharray={isDashed ? '6 4' : undefined}
      vectorEffect="non-scaling-stroke"
      className={look}
    />
  )
}
