/** Who changed the endpoint, and what was before and after. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { sayActivity } from './say-activity.ts'

type Entry = Model<'AuditEntry'>

const shownMax = 50

export function ActivityTab({ webhookId }: { readonly webhookId: number }) {
  const mayRead = useMay('keys:admin')
  if (!mayRead)
    return (
      <p className="text-muted">
        Who changed what is shown to sessions that may administer keys (keys:admin).
      </p>
    )
  return <Entries webhookId={webhookId} />
}

function Entries({ webhookId }: { readonly webhookId: number }) {
  const query = useQuery({
    queryKey: ['webhooks', webhookId, 'activity'],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/audit-log', {
          params: {
            query: { limit: shownMax, resource_kind: ['webhook'], resource_id: [String(webhookId)] },
          },
        }),
      ),
  })
  return (
    <Loaded query={query} what="the activity">
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="Nothing yet">Changes of this endpoint are listed here.</Empty>
        ) : (
          <Card title={data.length < shownMax ? 'All changes' : `The last ${shownMax} changes`}>
            <ol className="grid gap-3">
              {data.map((entry) => (
                <EntryItem key={entry.id} entry={entry} />
              ))}
            </ol>
          </Card>
        )
      }
    </Loaded>
  )
}

function EntryItem({ entry }: { readonly entry: Entry }) {
  const { before, after } = entry
  return (
    <li className="min-w-0 border-line border-t pt-3 first:border-t-0 first:pt-0">
      <p>
        {sayActivity(entry)}, <RelativeTime at={entry.at} />
      </p>
      {(before !== null || after !== null) && (
        <details className="mt-1">
          <summary className="cursor-pointer text-muted">Before and after</summary>
          <div className="mt-2 grid gap-3 lg:grid-cols-2">
            {before !== null && <CodeBlock what="before" text={JSON.stringify(before, null, 2)} />}
            {after !== null && <CodeBlock what="after" text={JSON.stringify(after, null, 2)} />}
          </div>
        </details>
      )}
    </li>
  )
}
