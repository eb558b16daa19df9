/** What the shades of a map of counts mean, in numbers. */
import { rangeShades, type Shade } from './shade-counts.ts'

/** Ground and text of each shade. */
export const shadeLooks: Readonly<Record<Shade, string>> = {
  1: 'bg-shade-1 text-on-shade-1',
  2: 'bg-shade-2 text-on-shade-2',
  3: 'bg-shade-3 text-on-shade-3',
}

export function ShadeLegend({ most }: { readonly most: number }) {
  const ranges = rangeShades(most)
  if (ranges.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-2 text-sm" aria-label="What the shades mean">
      {ranges.map(({ shade, from, to }) => (
        <li
          key={shade}
          className={`rounded border border-edge px-2 py-0.5 tabular-nums ${shadeLooks[shade]}`}
        >
          {from === to ? from.toLocaleString() : `${from.toLocaleString()} to ${to.toLocaleString()}`}
          {to === 1 ? ' asset' : ' assets'}
        </li>
      ))}
    </ul>
  )
}
