/** One event, and what became of it for each endpoint. */

import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api, bodyOf, dataOf } from '../../api/api.ts'
import { sayEndpoint } from '../../api/say-endpoint.ts'
import { useMay } from '../../api/session.ts'
import { useWebhookNames } from '../../api/shared-lists.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { RecordName } from '../../parts/record-name.tsx'
import { RecordPlace } from '../../parts/record-place.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { readAsset, readPlaces } from './read-place.ts'

export default function EventDetail() {
  const { eventId = '' } = useParams({ strict: false })
  const mayAsk = useMay('webhooks:read')
  const query = useQuery({
    queryKey: ['events', eventId],
    queryFn: () => dataOf(api.GET('/api/v1/events/{event_id}', { params: { path: { event_id: eventId } } })),
  })
  return (
    <Loaded query={query} what="the event">
      {(event) => (
        <Page title={`${event.type} event`}>
          <div className="grid gap-4">
            <Card title="What it is">
              <Facts
                facts={[
                  ['Event', <code key="id">{event.id}</code>],
                  ['Subject', <bdi key="subject">{event.subject}</bdi>],
                  [
                    'Asset',
                    event.asset_id === null ? (
                      '–'
                    ) : (
                      <Link
                        key="asset"
                        to={`/assets/${event.asset_id}` as '/'}
                        className="text-accent underline"
                      >
                        <RecordName
                          name={readAsset(event.data)?.name ?? String(event.asset_id)}
                          externalKey={readAsset(event.data)?.externalKey ?? null}
                        />
                      </Link>
                    ),
                  ],
                  ...placeFacts(event.data),
                  ['Occurred', <RelativeTime key="occurred" at={event.occurred_at} />],
                  ['Came in', <RelativeTime key="received" at={event.received_at} />],
                  ['Place in the order of its asset', event.sequence ?? '–'],
                ]}
              />
            </Card>
            {mayAsk && <Reached eventId={event.id} />}
            <Card title="Data">
              <CodeBlock what="the data" text={JSON.stringify(event.data, null, 2)} />
            </Card>
          </div>
        </Page>
      )}
    </Loaded>
  )
}

/** As the event names them: what happened to a name later is not what happened then. */
function placeFacts(data: unknown): readonly (readonly [string, ReactNode])[] {
  const { from, to } = readPlaces(data)
  return [
    ...(from === null ? [] : [['From', <RecordPlace key="from" {...from} />] as const]),
    ...(to === null ? [] : [[from === null ? 'Location' : 'To', <RecordPlace key="to" {...to} />] as const]),
  ]
}

function Reached({ eventId }: { readonly eventId: string }) {
  const names = useWebhookNames()
  const query = useQuery({
    queryKey: ['why', eventId],
    queryFn: () =>
      bodyOf(api.GET('/api/v1/events/{event_id}/why', { params: { path: { event_id: eventId } } })),
  })
  return (
    <Card title="What became of it">
      <Loaded query={query} what="what became of it">
        {({ data }) => {
          const all = [data].flat()
          if (all.length === 0) return <Empty title="There was no endpoint when it came in" />
          return (
            <ul className="grid gap-3">
              {all.map((why) => (
                <li key={why.webhook_id}>
                  <p className="font-medium">
                    <bdi>{sayEndpoint(why.webhook_id, names.data)}</bdi>
                  </p>
                  <p className="break-words first-letter:uppercase">
                    <Sentence text={why.detail} />. {!why.is_certain && 'As far as can be told.'}
                  </p>
                  {why.delivery_id !== null && (
                    <Link to={`/deliveries/${why.delivery_id}` as '/'} className="text-accent underline">
                      Its delivery
                    </Link>
                  )}
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Card>
  )
}
