/** Each organization today, and the endpoints that fail most, whoever has them. */
import type { Model } from '../../api/api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { sayWaiting } from './describe-breaker.ts'
import { EndpointName } from './endpoint-name.tsx'
import { useTenants } from './operator-queries.ts'
import { Section } from './section.tsx'

type Tenant = Model<'Tenants'>['organizations'][number]
type Failing = Model<'Tenants'>['failing'][number]

const tenantColumns: readonly Column<Tenant>[] = [
  {
    name: 'Organization',
    width: 'minmax(0, 2fr)',
    cell: ({ id, name }) => <bdi title={`${name}, ${id}`}>{name}</bdi>,
  },
  { name: 'Events', width: '6rem', isNumber: true, cell: (row) => row.events_today.toLocaleString() },
  { name: 'Requests', width: '6rem', isNumber: true, cell: (row) => row.requests_today.toLocaleString() },
  { name: 'Delivered', width: '6rem', isNumber: true, cell: (row) => row.delivered_today.toLocaleString() },
  { name: 'Given up', width: '6rem', isNumber: true, cell: (row) => row.dead_today.toLocaleString() },
  { name: 'Waiting', width: '6rem', isNumber: true, cell: ({ waiting }) => sayWaiting(waiting) },
  {
    name: 'Failing endpoints',
    width: '9rem',
    isNumber: true,
    cell: (row) => `${row.failing_webhooks.toLocaleString()} of ${row.active_webhooks.toLocaleString()}`,
  },
]

export function TenantsSection() {
  const query = useTenants()
  return (
    <Section
      id="tenants"
      title="Organizations today (UTC)"
      source="From the log in PostgreSQL, which is some seconds behind; those with most that was given up first."
    >
      <Loaded query={query} what="the organizations">
        {({ organizations, total }) => (
          <>
            <DataTable
              label="Organizations"
              columns={tenantColumns}
              rows={organizations}
              rowKey={({ id }) => String(id)}
              rowHeightPx={44}
            />
            {total > organizations.length && (
              <p className="mt-2 text-muted text-sm">
                {organizations.length.toLocaleString()} of {total.toLocaleString()} organizations.
              </p>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}

const failingColumns: readonly Column<Failing>[] = [
  { name: 'Endpoint', width: 'minmax(0, 2fr)', cell: (row) => <EndpointName endpoint={row} /> },
  {
    name: 'Organization',
    cell: ({ organization: { name } }) => <bdi title={name}>{name}</bdi>,
  },
  {
    name: 'Why',
    width: 'minmax(0, 2fr)',
    cell: ({ last_failure: why }) => <span title={why ?? undefined}>{why ?? 'not in the log'}</span>,
  },
  { name: 'Failed', width: '6rem', isNumber: true, cell: ({ failed }) => failed.toLocaleString() },
  { name: 'Of requests', width: '7rem', isNumber: true, cell: ({ requests }) => requests.toLocaleString() },
  { name: 'Given up', width: '6rem', isNumber: true, cell: ({ dead }) => dead.toLocaleString() },
  { name: 'Waiting', width: '6rem', isNumber: true, cell: ({ waiting }) => sayWaiting(waiting) },
]

export function FailingSection() {
  const query = useTenants()
  return (
    <Section
      id="failing"
      title="Endpoints that fail most, of all organizations"
      source="Since yesterday (UTC), from the log in PostgreSQL."
    >
      <Loaded query={query} what="the endpoints">
        {({ failing }) =>
          failing.length === 0 ? (
            <Empty title="No endpoint fails">
              Every request since yesterday was answered as it should be.
            </Empty>
          ) : (
            <DataTable
              label="Endpoints that fail most"
              columns={failingColumns}
              rows={failing}
              rowKey={({ webhook_id: id }) => String(id)}
              rowHeightPx={44}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
