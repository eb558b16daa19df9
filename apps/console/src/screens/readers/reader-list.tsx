/** Readers and gateways: what sees tags. */
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FirstSteps } from '../../parts/first-steps.tsx'
import { LinkButton } from '../../parts/link-button.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { ReaderForm } from './reader-dialogs.tsx'
import { type Reader, useReaders } from './reader-queries.ts'

const columns: readonly Column<Reader>[] = [
  {
    name: 'Reader',
    width: 'minmax(0, 2fr)',
    cell: ({ id, name, external_key: key }) => (
      <>
        <Link
          to="/readers/$readerId"
          params={{ readerId: String(id) }}
          className="text-accent underline"
          title={name}
        >
          <bdi>{name}</bdi>
        </Link>
        <div className="truncate text-muted text-sm" title={key}>
          {key}
        </div>
      </>
    ),
  },
  { name: 'Type', cell: ({ type }) => <span title={type}>{type}</span> },
  { name: 'State', width: '6rem', cell: ({ is_active: isActive }) => (isActive ? 'Active' : 'Inactive') },
  { name: 'Changed', width: '9rem', cell: ({ updated_at: at }) => <RelativeTime at={at} /> },
]

export default function ReaderList() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const mayWrite = useMay('scan-devices:write')
  const [isMaking, setMaking] = useState(false)
  const q = filters.one('q')
  const query = useReaders(q)
  return (
    <Page
      title="Readers"
      actions={
        mayWrite && (
          <>
            <LinkButton to="/import/scan-devices">Import or export</LinkButton>
            <Button kind="primary" onClick={() => setMaking(true)}>
              New reader
            </Button>
          </>
        )
      }
    >
      {isMaking && <ReaderForm reader={null} onClose={() => setMaking(false)} />}
      <div className="mb-4">
        <SearchField label="Search readers" value={q} onChange={(text) => filters.set({ q: text })} />
      </div>
      <Loaded query={query} what="the readers">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No reader is like that' : 'No reader yet'}>
              {filters.isAny ? (
                'Another word, or a part of one, may find it.'
              ) : (
                <FirstSteps what="reader" importPath="/import/scan-devices">
                  A reader or gateway sees tags. Each of its antennas watches a location: what it sees is
                  there.
                </FirstSteps>
              )}
            </Empty>
          ) : (
            <DataTable
              label="Readers"
              columns={columns}
              rows={rows}
              rowHeightPx={60}
              rowKey={({ id }) => String(id)}
              onOpen={({ id }) => void navigate({ to: `/readers/${id}` })}
            />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="readers" />
    </Page>
  )
}
