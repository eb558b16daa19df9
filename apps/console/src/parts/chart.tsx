/** Bars over time, drawn as SVG, with the same figures as a table for whoever does not see them. Stacked: good below, bad on top. */
import type { ReactNode } from 'react'
import { scaleEnd } from './scale-end.ts'

export interface Bar {
  /** "27 Nov": below the bar and in the table. */
  readonly label: string
  readonly good: number
  readonly bad: number
}

interface ChartProps {
  readonly title: string
  readonly bars: readonly Bar[]
  readonly goodName: string
  readonly badName: string
  /** "requests": what is counted. */
  readonly unit: string
}

/** Of the drawing, which is stretched to the room that there is. */
export const widthPx = 640
export const heightPx = 140

interface FrameProps {
  /** What the upper and the lower edge stand for, with its unit. */
  readonly top: string
  readonly bottom: string
  /** Below the first and the last place. */
  readonly first: string | undefined
  readonly last: string | undefined
  readonly children: ReactNode
}

/** A drawing with its scale beside it. Who does not see it has the table. */
export function ChartFrame({ top, bottom, first, last, children }: FrameProps) {
  return (
    <div aria-hidden="true" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-muted text-sm">
      <div className="flex flex-col justify-between text-right leading-none tabular-nums">
        <span>{top}</span>
        <span>{bottom}</span>
      </div>
      <svg
        viewBox={`0 0 ${widthPx} ${heightPx}`}
        aria-hidden="true"
        className="h-36 w-full border-edge border-t border-b border-t-line"
        preserveAspectRatio="none"
      >
        {children}
      </svg>
      <div className="col-start-2 mt-1 flex justify-between">
        <span>{first}</span>
        <span>{last}</span>
      </div>
    </div>
  )
}

export function BarChart({ title, bars, goodName, badName, unit }: ChartProps) {
  const max = scaleEnd(Math.max(1, ...bars.map(({ good, bad }) => good + bad)))
  const step = widthPx / Math.max(1, bars.length)
  const high = (value: number): number => (value / max) * heightPx
  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 font-medium">
        {title}
        <span className="font-normal text-muted text-sm">
          {unit}: {goodName.toLowerCase()} below, {badName.toLowerCase()} on top
        </span>
      </figcaption>
      <ChartFrame top={max.toLocaleString('en')} bottom="0" first={bars[0]?.label} last={bars.at(-1)?.label}>
        {bars.map(({ label, good, bad }, index) => (
          <g key={label}>
            <rect
              x={index * step + 1}
              width={Math.max(1, step - 2)}
              y={heightPx - high(good)}
              height={high(good)}
              className="fill-good"
            />
            <rect
              x={index * step + 1}
              width={Math.max(1, step - 2)}
              y={heightPx - high(good + bad)}
              height={high(bad)}
              className="fill-bad"
            />
          </g>
        ))}
      </ChartFrame>
      <details className="mt-2">
        <summary className="cursor-pointer text-accent text-sm">The figures as a table</summary>
        <table className="mt-2 w-full text-left text-sm">
          <thead>
            <tr className="text-muted">
              <th scope="col">When</th>
              <th scope="col" className="text-right">
                {goodName}
              </th>
              <th scope="col" className="text-right">
                {badName}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, good, bad }) => (
              <tr key={label}>
                <th scope="row" className="font-normal">
                  {label}
                </th>
                <td className="text-right tabular-nums">{good.toLocaleString()}</td>
                <td className="text-right tabular-nums">{bad.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** A row of figures as a line of bars, beside the words that say the same. */
export function Sparkline({ values, says }: { readonly values: readonly number[]; readonly says: string }) {
  const max = Math.max(1, ...values)
  return (
    <span className="inline-flex" title={says}>
      <svg
        viewBox={`0 0 ${values.length * 4} 20`}
        aria-hidden="true"
        className="h-5 w-24"
        preserveAspectRatio="none"
      >
        {values.map((value, index) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a bar is
            key={index}
            x={index * 4}
            width={3}
            y={20 - Math.max(value > 0 ? 2 : 0.5, (value / max) * 20)}
            height={Math.max(value > 0 ? 2 : 0.5, (value / max) * 20)}
            className="fill-accent"
          />
        ))}
      </svg>
      <span className="sr-only">{says}</span>
    </span>
  )
}
