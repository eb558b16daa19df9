/** Every asset, what is stuck on it, and where it is. */
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../api/session.ts'
import { askForMore } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FirstSteps } from '../../parts/first-steps.tsx'
import { LinkButton } from '../../parts/link-button.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { AssetForm } from './asset-dialogs.tsx'
import { type AssetRow, useAssets } from './asset-queries.ts'
import { PlacePill } from './place-pill.tsx'

const columns: readonly Column<AssetRow>[] = [
  {
    name: 'Asset',
    width: 'minmax(0, 2fr)',
    cell: ({ asset: { id, name, external_key: key } }) => (
      <>
        <Link
          to="/assets/$assetId"
          params={{ assetId: String(id) }}
          className="text-accent underline"
          title={name}
        >
          <bdi>{name}</bdi>
        </Link>
        <div className="truncate text-muted text-sm">{key}</div>
      </>
    ),
  },
  { name: 'Tags', width: 'minmax(0, 1.5fr)', cell: ({ asset }) => <TagsCell values={asset.tags} /> },
  {
    name: 'State',
    width: '6rem',
    cell: ({ asset }) => (asset.deleted_at !== null ? 'Deleted' : asset.is_active ? 'Active' : 'Inactive'),
  },
]
const placeColumns: readonly Column<AssetRow>[] = [
  { name: 'Where', width: 'minmax(0, 2.25fr)', cell: ({ place }) => <PlacePill place={place} /> },
  {
    name: 'Last seen',
    width: '9rem',
    cell: ({ place }) => <RelativeTime at={place?.asset_last_seen} none="never" />,
  },
]

const states = [
  ['', 'any'],
  ['active', 'active'],
  ['inactive', 'inactive'],
  ['deleted', 'any, deleted ones too'],
] as const
const orders = [
  ['', 'key'],
  ['name', 'name'],
  ['-created_at', 'newest first'],
  ['-updated_at', 'changed last'],
] as const

export default function AssetList() {
  const filters = useUrlFilters()
  const navigate = useNavigate()
  const mayTrack = useMay('tracking:read')
  const mayWrite = useMay('assets:write')
  const [isMaking, setMaking] = useState(false)
  const filter = { q: filters.one('q'), state: filters.one('state'), sort: filters.one('sort') }
  const query = useAssets(filter)
  return (
    <Page
      title="Assets"
      actions={
        mayWrite && (
          <>
            <LinkButton to="/import/assets">Import or export</LinkButton>
            <Button kind="primary" onClick={() => setMaking(true)}>
              New asset
            </Button>
          </>
        )
      }
    >
      {isMaking && <AssetForm asset={null} onClose={() => setMaking(false)} />}
      <div className="mb-4 flex flex-wrap items-end gap-4">
        <SearchField label="Search assets" value={filter.q} onChange={(q) => filters.set({ q })} />
        <Choice
          label="State"
          value={filter.state}
          options={states}
          onChange={(state) => filters.set({ state })}
        />
        <Choice
          label="Order"
          value={filter.sort}
          options={orders}
          onChange={(sort) => filters.set({ sort })}
        />
      </div>
      <Loaded query={query} what="the assets">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={filters.isAny ? 'No asset is like that' : 'No asset yet'}>
              {filters.isAny ? (
                'Another word, or a part of one, may find it.'
              ) : (
                <FirstSteps what="asset" importPath="/import/assets">
                  An asset is a thing of yours with a tag on it. What readers see and nobody has registered is
                  under{' '}
                  <Link to="/unknown-tags" className="text-accent underline">
                    Unknown tags
                  </Link>
                  .
                </FirstSteps>
              )}
            </Empty>
          ) : (
            <DataTable
              label="Assets"
              onEnd={() => askForMore(query)}
              columns={mayTrack ? [...columns, ...placeColumns] : columns}
              rows={rows}
              rowHeightPx={60}
              rowKey={({ asset }) => String(asset.id)}
              onOpen={({ asset }) => void navigate({ to: `/assets/${asset.id}` })}
            />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="assets" />
    </Page>
  )
}

function TagsCell({ values }: { readonly values: readonly { readonly value: string }[] }) {
  const [first, ...more] = values
  if (first === undefined) return 'none'
  return (
    <span title={values.map(({ value }) => value).join('\n')}>
      <bdi className="font-mono text-sm">{first.value}</bdi>
      {more.length > 0 && ` and ${more.length} more`}
    </span>
  )
}
