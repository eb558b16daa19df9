/** The endpoint's latest deliveries, as they come; all of them are on the screen of deliveries. */
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { eventColumn, stateColumn } from '../deliveries/delivery-columns.tsx'
import type { Listed } from '../deliveries/delivery-queries.ts'
import { useLiveDeliveries } from '../deliveries/use-live-deliveries.ts'

/** What is looked through at a glance. */
const shownMax = 50

const columns: readonly Column<Listed>[] = [
  stateColumn,
  eventColumn,
  { name: 'Answer', cell: (row) => row.last_response_status ?? row.last_error_class ?? '–' },
  { name: 'Requests', isNumber: true, width: '5rem', cell: (row) => row.attempt_count },
  { name: 'Made', cell: (row) => <RelativeTime at={row.created_at} /> },
  { name: 'Next', cell: (row) => <RelativeTime at={row.next_attempt_at} /> },
]

export function DeliveriesTab({ webhookId }: { readonly webhookId: number }) {
  const navigate = useNavigate()
  const filter = useMemo(() => ({ query: { webhook_id: [webhookId] }, id: '' }), [webhookId])
  const { first, rows } = useLiveDeliveries(filter, false, false)
  return (
    <div className="grid gap-3">
      <p>
        <Link
          to="/deliveries"
          search={{ webhook: String(webhookId) }}
          className="inline-flex min-h-8 items-center text-accent underline"
        >
          All deliveries of this endpoint, with filters
        </Link>
      </p>
      <Loaded query={first} what="the deliveries">
        {() =>
          rows.length === 0 ? (
            <Empty title="No delivery yet">What happens is sent here. The Testing tab sends one now.</Empty>
          ) : (
            <DataTable
              label="Deliveries"
              columns={columns}
              rows={rows.slice(0, shownMax)}
              rowKey={({ id }) => id}
              onOpen={({ id }) => void navigate({ to: `/deliveries/${id}` })}
            />
          )
        }
      </Loaded>
    </div>
  )
}
