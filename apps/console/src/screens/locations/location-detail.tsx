/** One location: where it belongs, what is inside, and which assets are there just now. */
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Model } from '../../api/api.ts'
import { pageRowsMax } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { changeFacts, descriptionFacts } from '../../parts/record-facts.tsx'
import { RecordName } from '../../parts/record-name.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { DeleteLocation, LocationForm } from './location-dialogs.tsx'
import { useAssetsAt, useLocation } from './location-queries.ts'

type Location = Model<'Location'>
type Place = Model<'AssetLocation'>

export default function LocationDetail() {
  const { locationId = '' } = useParams({ strict: false })
  const query = useLocation(Number(locationId))
  const mayTrack = useMay('tracking:read')
  return (
    <Loaded query={query} what="the location">
      {({ location, ancestors, children }) => (
        <Page
          title={location.name}
          actions={
            <LocationActions location={location} parent={ancestors.at(-1)} childCount={children.length} />
          }
        >
          <PathLinks ancestors={ancestors} />
          <div className="grid gap-4 lg:grid-cols-2">
            <AboutCard location={location} />
            <Card title="What is inside">
              {children.length === 0 ? (
                <p className="text-muted">No location is inside of this one.</p>
              ) : (
                <ul className="grid max-h-80 gap-1 overflow-y-auto">
                  {children.map((child) => (
                    <li key={child.id}>
                      <LocationLink location={child} />
                    </li>
                  ))}
                </ul>
              )}
              {children.length === pageRowsMax && (
                <p className="mt-2 text-muted text-sm">The first {pageRowsMax}; the tree has all of them.</p>
              )}
            </Card>
            {location.geofence !== null && (
              <Card title="Geofence">
                <CodeBlock what="the geofence" text={JSON.stringify(location.geofence, null, 2)} />
              </Card>
            )}
            {Object.keys(location.settings).length > 0 && (
              <Card title="Settings">
                <CodeBlock what="the settings" text={JSON.stringify(location.settings, null, 2)} />
              </Card>
            )}
          </div>
          <section className="mt-6">
            <h2 className="mb-3 font-semibold text-lg">Assets</h2>
            {mayTrack ? (
              <AssetsAt locationId={location.id} />
            ) : (
              <p className="text-muted">Your session may see locations, and not what is there.</p>
            )}
          </section>
        </Page>
      )}
    </Loaded>
  )
}

interface ActionsProps {
  readonly location: Location
  readonly parent: Location | undefined
  readonly childCount: number
}

function LocationActions({ location, parent, childCount }: ActionsProps) {
  const mayWrite = useMay('locations:write') && location.deleted_at === null
  const [open, setOpen] = useState<'edit' | 'inside' | 'delete' | null>(null)
  if (!mayWrite) return null
  const close = (): void => setOpen(null)
  return (
    <>
      <Button onClick={() => setOpen('inside')}>New location inside</Button>
      <Button onClick={() => setOpen('edit')}>Edit</Button>
      <Button kind="danger" onClick={() => setOpen('delete')}>
        Delete
      </Button>
      {open === 'edit' && <LocationForm location={location} parent={parent} onClose={close} />}
      {open === 'inside' && <LocationForm location={null} parent={location} onClose={close} />}
      {open === 'delete' && <DeleteLocation location={location} childCount={childCount} onClose={close} />}
    </>
  )
}

function PathLinks({ ancestors }: { readonly ancestors: readonly Location[] }) {
  return (
    <nav aria-label="Where it belongs" className="-mt-3 mb-4">
      <ol className="flex flex-wrap gap-x-2 text-sm">
        <li>
          <Link to="/locations" className="text-accent underline">
            Locations
          </Link>
        </li>
        {ancestors.map((location) => (
          <li key={location.id} className="flex min-w-0 gap-2">
            <span aria-hidden="true">/</span> <LocationLink location={location} />
          </li>
        ))}
      </ol>
    </nav>
  )
}

function LocationLink({ location: { id, name, external_key: key } }: { readonly location: Location }) {
  return (
    <Link
      to="/locations/$locationId"
      params={{ locationId: String(id) }}
      className="block max-w-96 truncate text-accent underline"
    >
      <RecordName name={name} externalKey={key} />
    </Link>
  )
}

function AboutCard({ location }: { readonly location: Location }) {
  return (
    <Card title="What it is">
      <Facts facts={[...descriptionFacts(location), ...changeFacts(location)]} />
    </Card>
  )
}

const columns: readonly Column<Place>[] = [
  {
    name: 'Asset',
    width: 'minmax(0, 2fr)',
    cell: ({ asset_id: id, asset_name: name, asset_external_key: key }) => (
      <Link to="/assets/$assetId" params={{ assetId: String(id) }} className="text-accent underline">
        <RecordName name={name} externalKey={key} />
      </Link>
    ),
  },
  {
    name: 'State',
    cell: ({ presence }) =>
      presence === 'present' ? <Pill tone="good">There now</Pill> : <Pill tone="plain">Has left</Pill>,
  },
  { name: 'Since', cell: ({ dwell_started_at: at }) => <RelativeTime at={at} /> },
  { name: 'Last seen', cell: ({ asset_last_seen: at }) => <RelativeTime at={at} /> },
]

function AssetsAt({ locationId }: { readonly locationId: number }) {
  const navigate = useNavigate()
  const query = useAssetsAt(locationId)
  return (
    <>
      <Loaded query={query} what="the assets">
        {({ rows }) => {
          const present = rows.filter(({ presence }) => presence === 'present')
          if (rows.length === 0)
            return (
              <Empty title="No asset has been here last">
                An asset is here from its first scan at a scan point of this location on.
              </Empty>
            )
          return (
            <>
              <p className="mb-3">
                {present.length.toLocaleString()} there now; {(rows.length - present.length).toLocaleString()}{' '}
                have left, and were not seen elsewhere since.
              </p>
              <DataTable
                label="Assets at this location"
                columns={columns}
                rows={[...present, ...rows.filter(({ presence }) => presence !== 'present')]}
                rowKey={({ asset_id: id }) => String(id)}
                onOpen={({ asset_id: id }) => void navigate({ to: `/assets/${id}` })}
              />
            </>
          )
        }}
      </Loaded>
      <MoreRows query={query} noun="assets" />
    </>
  )
}
