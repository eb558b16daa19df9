/** Keys of the organization: made here and shown once, and withdrawn. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useOrganization } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Page } from '../../parts/page.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Empty, Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'

type Key = Model<'ApiKey'>
type Scope = 'webhooks:read'

export default function ApiKeys() {
  const [isMaking, setMaking] = useState(false)
  const [withdrawn, setWithdrawn] = useState<Key | null>(null)
  const query = useQuery({
    queryKey: ['api-keys'],
    queryFn: () => bodyOf(api.GET('/api/v1/api-keys', { params: { query: { limit: 200 } } })),
  })
  const columns: readonly Column<Key>[] = [
    { name: 'Name', cell: ({ name }) => <bdi title={name}>{name}</bdi> },
    {
      name: 'May',
      width: 'minmax(0, 2fr)',
      cell: ({ scopes }) => <span title={scopes.join(', ')}>{scopes.join(', ')}</span>,
    },
    { name: 'Made', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
    {
      name: 'Withdraw',
      width: '8rem',
      cell: (key) => (
        <Button kind="danger" aria-label={`Withdraw ${key.name}`} onClick={() => setWithdrawn(key)}>
          Withdraw
        </Button>
      ),
    },
  ]
  return (
    <Page
      title="API keys"
      actions={
        <Button kind="primary" onClick={() => setMaking(true)}>
          Make a key
        </Button>
      }
    >
      <Loaded query={query} what="the keys">
        {({ data, total_count: total }) =>
          data.length === 0 ? (
            <Empty title="There is no key" />
          ) : (
            <>
              <DataTable
                label="API keys"
                columns={columns}
                rows={data}
                rowHeightPx={60}
                rowKey={({ id }) => String(id)}
              />
              {(total ?? 0) > data.length && (
                <p className="mt-3 text-muted">
                  The first {data.length} of {total}.
                </p>
              )}
            </>
          )
        }
      </Loaded>
      {isMaking && <MakeDialog onClose={() => setMaking(false)} />}
      {withdrawn !== null && <WithdrawDialog apiKey={withdrawn} onClose={() => setWithdrawn(null)} />}
    </Page>
  )
}

function MakeDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient()
  const { data: organization } = useOrganization()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>([])
  const mutation = useMutation({
    mutationFn: () =>
      // More than this session has is refused by the API, in words.
      dataOf(api.POST('/api/v1/api-keys', { body: { name, scopes: scopes as Scope[] } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['api-keys'] }),
  })
  if (mutation.isSuccess)
    return (
      <Dialog title="Keep the key now" onClose={onClose}>
        <div className="grid gap-3">
          <p>It is shown this once. Whoever has it may do what it may.</p>
          <CodeBlock what="the key" text={mutation.data.key} />
          <p>For tokens of 15 minutes (OAuth client credentials):</p>
          <CodeBlock what="the client id" text={mutation.data.client_id} />
          <CodeBlock what="the client secret" text={mutation.data.client_secret} />
          <div>
            <Button kind="primary" onClick={onClose}>
              I have kept it
            </Button>
          </div>
        </div>
      </Dialog>
    )
  const problem = mutation.error instanceof ApiProblem ? mutation.error : null
  const problemOf = (field: string): string | undefined =>
    problem?.fields.find((each) => each.field === field)?.message
  return (
    <Dialog title="Make a key" onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          mutation.mutate()
        }}
      >
        <Field label="Name" hint="What will use it." problem={problemOf('name')}>
          {(control) => (
            <input
              {...control}
              required
              maxLength={255}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <fieldset className="grid gap-1">
          <legend className="font-medium">What it may</legend>
          {(organization?.scopes ?? []).map((scope) => (
            <label key={scope} className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
                }
              />
              {scope}
            </label>
          ))}
        </fieldset>
        {mutation.isError && <Failure error={mutation.error} />}
        <div>
          <Button
            type="submit"
            kind="primary"
            isBusy={mutation.isPending}
            disabled={name.trim() === '' || scopes.length === 0}
          >
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function WithdrawDialog({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const mutation = useMutation({
    mutationFn: () =>
      bodyOf(api.DELETE('/api/v1/api-keys/{api_key_id}', { params: { path: { api_key_id: apiKey.id } } })),
    onSuccess: () => {
      announce.done('The key is withdrawn.')
      void queries.invalidateQueries({ queryKey: ['api-keys'] })
      onClose()
    },
  })
  return (
    <Dialog title="Withdraw this key?" onClose={onClose}>
      <div className="grid gap-3">
        <p className="break-words">
          Whatever uses <bdi className="font-medium">{apiKey.name}</bdi> is refused from then on, and so are
          its tokens and the sessions of links that it made.
        </p>
        {mutation.isError && <Failure error={mutation.error} />}
        <div className="flex gap-2">
          <Button kind="danger" isBusy={mutation.isPending} onClick={() => mutation.mutate()}>
            Withdraw
          </Button>
          <Button onClick={onClose}>Keep it</Button>
        </div>
      </div>
    </Dialog>
  )
}
