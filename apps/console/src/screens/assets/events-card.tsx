/** What happened to an asset, with a way to each event and to what became of it at the endpoints. */
import { Link } from '@tanstack/react-router'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { pageByCursor } from '../../api/list-pages.ts'
import { useMay } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Card } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { TypeName } from '../../parts/type-name.tsx'

type Event = Model<'Event'>

/** A screenful; the others at a press. No DataTable: that of the stays has the keys j and k. */
const pageRows = 25

export function EventsCard({ assetId }: { readonly assetId: number }) {
  const maySeeDeliveries = useMay('webhooks:read')
  const query = useListPages<Event>({
    queryKey: ['events', { assetId }],
    everyMs: 10_000,
    ask: async (cursor) =>
      pageByCursor(
        await bodyOf(
          api.GET('/api/v1/events', {
            params: {
              query: { asset_id: [assetId], limit: pageRows, ...(cursor === null ? {} : { cursor }) },
            },
          }),
        ),
      ),
  })
  return (
    <Card title="Events">
      <Loaded query={query} what="the events">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="No event yet">It has some as soon as a reader has seen one of its tags.</Empty>
          ) : (
            <div className="overflow-x-auto">
              <table className="w-full min-w-[34rem] text-left">
                <thead>
                  <tr className="border-line border-b text-muted text-sm">
                    <th scope="col" className="py-2 font-medium">
                      Event
                    </th>
                    <th scope="col" className="py-2 text-right font-medium">
                      Sequence
                    </th>
                    <th scope="col" className="py-2 ps-6 font-medium">
                      Occurred
                    </th>
                    {maySeeDeliveries && (
                      <th scope="col" className="py-2 font-medium">
                        Deliveries
                      </th>
                    )}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((event) => (
                    <EventRow key={event.id} event={event} maySeeDeliveries={maySeeDeliveries} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <MoreRows query={query} noun="events" />
    </Card>
  )
}

interface RowProps {
  readonly event: Event
  readonly maySeeDeliveries: boolean
}

function EventRow({ event: { id, type, sequence, occurred_at: at }, maySeeDeliveries }: RowProps) {
  return (
    <tr className="border-line border-b">
      <th scope="row" className="py-2 font-normal">
        <Link to="/events/$eventId" params={{ eventId: id }} className="text-accent underline">
          <TypeName type={type} />
        </Link>
      </th>
      <td className="py-2 text-right tabular-nums">{sequence ?? '–'}</td>
      <td className="py-2 ps-6">
        <RelativeTime at={at} />
      </td>
      {maySeeDeliveries && (
        <td className="py-2">
          <Link to="/deliveries" search={{ id }} className="text-accent underline">
            Its deliveries<span className="sr-only">, of this {type}</span>
          </Link>
        </td>
      )}
    </tr>
  )
}
