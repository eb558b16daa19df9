/** One event type: what it means, its form, an example, and the example sent to an endpoint. */
import { useMutation } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { useEventTypes, useWebhookNames } from '../../api/shared-lists.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Field } from '../../parts/field.tsx'
import { Card, Page } from '../../parts/page.tsx'
import { Empty, Failure, Loaded } from '../../parts/states.tsx'
import { readData } from './read-data.ts'

type EventType = Model<'EventType'>
type Triggered = 'asset.moved'

export default function CatalogueDetail() {
  const { eventType = '' } = useParams({ strict: false })
  const query = useEventTypes()
  return (
    <Loaded query={query} what="the event type">
      {(types) => {
        const type = types.find(({ name }) => name === eventType)
        return (
          <Page title={type?.name ?? 'Event type'}>
            {type === undefined ? <Empty title="There is no such event type" /> : <Content type={type} />}
          </Page>
        )
      }}
    </Loaded>
  )
}

function Content({ type }: { readonly type: EventType }) {
  const mayWrite = useMay('webhooks:write')
  return (
    <div className="grid gap-4">
      <p>{type.description}</p>
      {mayWrite && <Trigger key={type.name} type={type} />}
      <Card title="Example of its data">
        <CodeBlock what="the example" text={JSON.stringify(type.data_example, null, 2)} />
      </Card>
      <Card title="JSON Schema of its data">
        <CodeBlock what="the JSON Schema" text={JSON.stringify(type.data_schema, null, 2)} />
      </Card>
    </div>
  )
}

function Trigger({ type }: { readonly type: EventType }) {
  const names = useWebhookNames()
  const [webhook, setWebhook] = useState('')
  const [text, setText] = useState(() => JSON.stringify(type.data_example, null, 2))
  const read = readData(text)
  const mutation = useMutation({
    mutationFn: (data: Record<string, unknown>) =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/trigger', {
          params: { path: { webhook_id: Number(chosen) } },
          // A type that can't be triggered is refused by the API, in words.
          body: { event_type: type.name as Triggered, data },
        }),
      ),
  })
  const all = [...(names.data ?? [])]
  const chosen = webhook === '' ? String(all[0]?.[0] ?? '') : webhook
  if (names.isSuccess && all.length === 0)
    return (
      <Card title="Trigger this">
        <p>There is no endpoint that it could be sent to.</p>
      </Card>
    )
  return (
    <Card title="Trigger this">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (read.data !== null) mutation.mutate(read.data)
        }}
      >
        <Field label="Endpoint" hint="It gets this, whatever it subscribes to, as a test.">
          {(control) => (
            <select {...control} value={chosen} onChange={({ target }) => setWebhook(target.value)}>
              {all.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Data" problem={read.problem ?? undefined}>
          {(control) => (
            <textarea
              {...control}
              rows={10}
              spellCheck={false}
              className={`${control.className} font-mono text-sm`}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <div>
          <Button
            type="submit"
            kind="primary"
            isBusy={mutation.isPending}
            disabled={chosen === '' || read.data === null}
          >
            Send
          </Button>
        </div>
      </form>
      <div role="status" className="mt-3">
        {mutation.isSuccess && (
          <p>
            It is on its way.{' '}
            <Link to={`/deliveries/${mutation.data.delivery_id}` as '/'} className="text-accent underline">
              See its delivery
            </Link>
          </p>
        )}
      </div>
      {mutation.isError && <Failure error={mutation.error} />}
    </Card>
  )
}
