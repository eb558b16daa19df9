/** Requests by what they have in common: a table, with a bar beside each figure for whoever looks. */
import { sayPercent } from './say-percent.ts'

export interface BreakdownRow {
  readonly name: string
  readonly delivered: number
  readonly failed: number
}

interface Props {
  /** "By event type": names the table. */
  readonly title: string
  readonly rows: readonly BreakdownRow[]
}

export function BreakdownTable({ title, rows }: Props) {
  const max = Math.max(1, ...rows.map(({ delivered, failed }) => delivered + failed))
  if (rows.length === 0) return <p className="text-muted">No request in this time.</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="text-muted">
            <th scope="col">What</th>
            <th scope="col" className="text-right">
              Requests
            </th>
            <th scope="col" className="pl-4 text-right">
              Delivered
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, delivered, failed }) => (
            <tr key={name} className="border-line border-t">
              <th scope="row" className="py-1.5 font-normal">
                <span className="break-all">{name}</span>
                <span aria-hidden="true" className="mt-1 flex h-1.5 w-full overflow-hidden rounded-full">
                  <span className="bg-good" style={{ width: `${(delivered / max) * 100}%` }} />
                  <span className="bg-bad" style={{ width: `${(failed / max) * 100}%` }} />
                </span>
              </th>
              <td className="pl-4 text-right tabular-nums">{(delivered + failed).toLocaleString('en')}</td>
              <td className="pl-4 text-right tabular-nums">{sayPercent(delivered / (delivered + failed))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
