/** Settings → API keys: who may do what by machine; new ones, and the end of old ones. */
import { useState } from 'react'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { useOrganization } from '../../api/session.ts'
import { useListPages } from '../../api/use-list-pages.ts'
import { Button } from '../../parts/button.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { MoreRows } from '../../parts/more-rows.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useFocusRescue } from '../../shell/use-focus-rescue.ts'
import { sayScopes } from './describe-scopes.ts'
import { NewKeyCard } from './new-key-card.tsx'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'

type ApiKey = Model<'ApiKey'>

export default function ApiKeyList() {
  const { data: organization } = useOrganization()
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<Model<'NewApiKey'> | null>(null)
  const [leaving, setLeaving] = useState<ApiKey | null>(null)
  useFocusRescue()
  const query = useListPages<ApiKey>({
    queryKey: ['api-keys'],
    ask: async (place) => {
      const paging = { limit: pageRowsMax, offset: Number(place ?? 0) }
      return pageByOffset(await bodyOf(api.GET('/api/v1/api-keys', { params: { query: paging } })))
    },
  })
  const ownId = organization?.api_key_id
  const columns: readonly Column<ApiKey>[] = [
    {
      name: 'Name',
      cell: ({ id, name }) => (
        <span title={name}>
          <bdi>{name}</bdi>
          {id === ownId && <span className="text-muted"> (this session’s)</span>}
        </span>
      ),
    },
    {
      name: 'May',
      width: 'minmax(0, 2.5fr)',
      cell: ({ scopes }) => <span title={scopes.join('\n')}>{sayScopes(scopes)}</span>,
    },
    { name: 'Id', cell: ({ id }) => <span className="font-mono text-sm">{id}</span> },
    { name: 'Made', width: '8rem', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
    {
      name: 'Revoke',
      width: '7rem',
      cell: (key) => (
        <Button kind="quiet" onClick={() => setLeaving(key)} aria-label={`Revoke ${key.name}`}>
          Revoke
        </Button>
      ),
    },
  ]
  return (
    <Page
      title="API keys"
      actions={
        <Button kind="primary" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      {made !== null && <NewKeyCard made={made} onStored={() => setMade(null)} />}
      <Loaded query={query} what="the keys">
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="No key">
              Programs reach the API with a key. Make one for each, so that each can be ended.
            </Empty>
          ) : (
            <DataTable label="API keys" columns={columns} rows={rows} rowKey={({ id }) => String(id)} />
          )
        }
      </Loaded>
      <MoreRows query={query} noun="keys" />
      {isMaking && <NewKeyDialog onMade={setMade} onClose={() => setMaking(false)} />}
      {leaving !== null && (
        <RevokeDialog apiKey={leaving} isOwn={leaving.id === ownId} onClose={() => setLeaving(null)} />
      )}
    </Page>
  )
}
