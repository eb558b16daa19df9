/** One asset: what it is, its tags, where it is, and where it has been. */
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { changeFacts, descriptionFacts } from '../../parts/record-facts.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { Loaded } from '../../parts/states.tsx'
import { AssetForm, DeleteAsset } from './asset-dialogs.tsx'
import { useAsset, usePlace } from './asset-queries.ts'
import { EventsCard } from './events-card.tsx'
import { HistoryCard } from './history-card.tsx'
import { sayStay } from './join-stays.ts'
import { PlacePill } from './place-pill.tsx'
import { TagsCard } from './tags-card.tsx'

type Asset = Model<'Asset'>

export default function AssetDetail() {
  const { assetId = '' } = useParams({ strict: false })
  const query = useAsset(Number(assetId))
  const mayTrack = useMay('tracking:read')
  return (
    <Loaded query={query} what="the asset">
      {(asset) => (
        <Page title={asset.name} actions={<AssetActions asset={asset} />}>
          <div className="grid gap-4 lg:grid-cols-2">
            <AboutCard asset={asset} />
            {mayTrack ? (
              <PlaceCard assetId={asset.id} />
            ) : (
              <Card title="Where it is">
                <p className="text-muted">Your session may see what there is, and not where it is.</p>
              </Card>
            )}
            <TagsCard asset={asset} />
            {Object.keys(asset.metadata).length > 0 && (
              <Card title="Metadata">
                <CodeBlock what="the metadata" text={JSON.stringify(asset.metadata, null, 2)} />
              </Card>
            )}
            {mayTrack && asset.deleted_at === null && (
              <div className="min-w-0 lg:col-span-2">
                <HistoryCard assetId={asset.id} />
              </div>
            )}
            {mayTrack && (
              <div className="min-w-0 lg:col-span-2">
                <EventsCard assetId={asset.id} />
              </div>
            )}
          </div>
        </Page>
      )}
    </Loaded>
  )
}

function AssetActions({ asset }: { readonly asset: Asset }) {
  const mayWrite = useMay('assets:write') && asset.deleted_at === null
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  if (!mayWrite) return null
  return (
    <>
      <Button onClick={() => setOpen('edit')}>Edit</Button>
      <Button kind="danger" onClick={() => setOpen('delete')}>
        Delete
      </Button>
      {open === 'edit' && <AssetForm asset={asset} onClose={() => setOpen(null)} />}
      {open === 'delete' && <DeleteAsset asset={asset} onClose={() => setOpen(null)} />}
    </>
  )
}

function AboutCard({ asset }: { readonly asset: Asset }) {
  return (
    <Card title="What it is">
      <Facts
        facts={[
          ...descriptionFacts(asset),
          [
            'Valid',
            asset.valid_to === null
              ? `from ${exactly(asset.valid_from)}`
              : `from ${exactly(asset.valid_from)} to ${exactly(asset.valid_to)}`,
          ],
          ...changeFacts(asset),
        ]}
      />
    </Card>
  )
}

function PlaceCard({ assetId }: { readonly assetId: number }) {
  const query = usePlace(assetId)
  return (
    <Card title="Where it is">
      <Loaded query={query} what="the place">
        {(place) => (
          <Facts
            facts={[
              ['Location', <PlacePill key="place" place={place} />],
              ['Last seen', <RelativeTime key="seen" at={place?.asset_last_seen} none="never" />],
              ['There since', <RelativeTime key="since" at={place?.dwell_started_at} />],
              ['Stay so far', place?.dwell_seconds == null ? '–' : sayStay(place.dwell_seconds * 1000)],
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
