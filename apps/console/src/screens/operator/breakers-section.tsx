/** Endpoints that are held back: since when, when they are tried again, and how much waits for them. */
import type { Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { describeBreaker, sayWaiting } from './describe-breaker.ts'
import { EndpointName } from './endpoint-name.tsx'
import { useBreakers } from './operator-queries.ts'
import { Section } from './section.tsx'

type Row = Model<'Breakers'>['endpoints'][number]

const columns: readonly Column<Row>[] = [
  { name: 'Endpoint', width: 'minmax(0, 2fr)', cell: (row) => <EndpointName endpoint={row} /> },
  {
    name: 'Organization',
    cell: ({ organization: { name } }) => <bdi title={name}>{name}</bdi>,
  },
  {
    name: 'How it is',
    width: '9rem',
    cell: (row) => {
      const { tone, word } = describeBreaker(row)
      return <Pill tone={tone}>{word}</Pill>
    },
  },
  {
    name: 'Why',
    width: 'minmax(0, 2fr)',
    cell: ({ last_failure: why }) => <span title={why ?? undefined}>{why ?? 'not in the log'}</span>,
  },
  { name: 'Since', width: '8rem', cell: ({ since }) => <RelativeTime at={since} /> },
  {
    name: 'Next probe',
    width: '8rem',
    cell: ({ next_probe_at: at, breaker }) => <RelativeTime at={breaker === 'open' ? at : null} />,
  },
  { name: 'Waiting', width: '5rem', isNumber: true, cell: ({ waiting }) => sayWaiting(waiting) },
]

export function BreakersSection() {
  const query = useBreakers()
  return (
    <Section
      id="breakers"
      title="Endpoints that are held back"
      source="As the dispatchers share it through Redis, within a second or two: breakers that are not closed, and endpoints that take fewer requests at a time than the four that every endpoint begins with."
    >
      <Loaded query={query} what="the breakers">
        {({ is_known: isKnown, is_complete: isComplete, endpoints }) =>
          !isKnown ? (
            <Empty title="Not known for now">
              Redis does not answer. Deliveries go on; each dispatcher knows its own breakers.
            </Empty>
          ) : endpoints.length === 0 ? (
            <Empty title="No breaker is open">Every endpoint is sent to as fast as it takes it.</Empty>
          ) : (
            <>
              <DataTable
                label="Endpoints that are held back"
                columns={columns}
                rows={endpoints}
                rowKey={({ webhook_id: id }) => String(id)}
              />
              {!isComplete && <p className="mt-2 text-muted text-sm">There are more than these.</p>}
            </>
          )
        }
      </Loaded>
    </Section>
  )
}
