/** How much goes through: now and in each five minutes of the last hour, by stream, with the same figures as a table. */
import type { Model } from '../../api/api.ts'
import { Sparkline } from '../../parts/chart.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { Loaded } from '../../parts/states.tsx'
import { useThroughput } from './operator-queries.ts'
import { Section } from './section.tsx'
import { type Stream, sayHour, sayRate, streamWords } from './sum-throughput.ts'

const columns: readonly Column<Stream>[] = [
  {
    name: 'Stream',
    width: 'minmax(0, 2fr)',
    cell: ({ stream, topic }) => {
      const [name, note] = streamWords[stream]
      return (
        <span title={`${topic}: ${note}`}>
          {name} <span className="text-muted text-sm">{note}</span>
        </span>
      )
    },
  },
  { name: 'A second, now', width: '8rem', isNumber: true, cell: (row) => sayRate(row.per_second_now) },
  {
    name: 'The last hour',
    width: '8rem',
    cell: (row) => <Sparkline values={row.buckets.map(({ records }) => records)} says={sayHour(row)} />,
  },
  {
    name: 'Records',
    width: '7rem',
    isNumber: true,
    cell: ({ buckets }) => buckets.reduce((sum, each) => sum + each.records, 0).toLocaleString(),
  },
]

export function ThroughputCard() {
  const query = useThroughput()
  return (
    <Section
      id="throughput"
      title="Throughput"
      source="Counted by the brokers: how far each topic’s offsets went, within the last minute and in the last twelve whole five minutes."
    >
      <Loaded query={query} what="the throughput">
        {({ streams }) => (
          <>
            <DataTable
              label="Throughput"
              columns={columns}
              rows={streams}
              rowKey={({ stream }) => stream}
              rowHeightPx={44}
            />
            <FiguresTable streams={streams} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function FiguresTable({ streams }: Pick<Model<'Throughput'>, 'streams'>) {
  return (
    <details className="mt-2">
      <summary className="cursor-pointer text-accent text-sm">The last hour as a table</summary>
      <section
        className="mt-2 overflow-x-auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label="Records in each five minutes"
      >
        <table className="w-full min-w-[32rem] text-left text-sm">
          <thead>
            <tr className="text-muted">
              <th scope="col">Five minutes from</th>
              {streams.map(({ stream }) => (
                <th key={stream} scope="col" className="text-right">
                  {streamWords[stream][0]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(streams[0]?.buckets ?? []).map(({ from }, index) => (
              <tr key={from}>
                <th scope="row" className="font-normal">
                  <time dateTime={from} title={exactly(from)}>
                    {new Date(from).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}
                  </time>
                </th>
                {streams.map(({ stream, buckets }) => (
                  <td key={stream} className="text-right tabular-nums">
                    {(buckets[index]?.records ?? 0).toLocaleString()}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
