/** One event type: what it means, its form, an example, and the example sent to an endpoint. */
import { useMutation } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
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
      <Changelog versions={type.changelog} />
    </div>
  )
}

function Changelog({ versions }: { readonly versions: EventType['changelog'] }) {
  return (
    <Card title="What changed in its data">
      <ol className="grid gap-3" reversed>
        {versions.map(({ version, date, changes }) => (
          <li key={version}>
            <p className="font-medium">
              Version {version}, <time dateTime={date}>{date}</time>
            </p>
            <ul className="ms-5 list-disc">
              {changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** The choice that is every endpoint. */
const everyone = 'all'

function Trigger({ type }: { readonly type: EventType }) {
  const names = useWebhookNames()
  const [chosen, setChosen] = useState('')
  const [text, setText] = useState(() => JSON.stringify(type.data_example, null, 2))
  const read = readData(text)
  const all = [...(names.data ?? [])]
  const [[first] = ['']] = all
  const target = chosen === '' ? String(first) : chosen
  const mutation = useMutation({
    mutationFn: (data: Record<string, unknown>) =>
      triggerAll(target === everyone ? all.map(([id]) => id) : [Number(target)], type.name, data),
  })
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
            <select {...control} value={target} onChange={(event) => setChosen(event.target.value)}>
              {all.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {all.length > 1 && <option value={everyone}>All {all.length} of them</option>}
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
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <div>
          <Button
            type="submit"
            kind="primary"
            isBusy={mutation.isPending}
            disabled={target === '' || read.data === null}
          >
            Send
          </Button>
        </div>
      </form>
      <div role="status" className="mt-3">
        {mutation.isSuccess && <Sent outcomes={mutation.data} names={names.data ?? new Map()} />}
      </div>
      {mutation.isError && <Failure error={mutation.error} />}
    </Card>
  )
}

interface Outcome {
  readonly webhookId: number
  /** Null: it was not sent, for this reason. */
  readonly deliveryId: string | null
  readonly problem: string
}

/** One after the other, at the pace that a session may keep. One that is paused does not hold back the others; a form that is wrong is told once. */
async function triggerAll(
  webhookIds: readonly number[],
  eventType: string,
  data: Record<string, unknown>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const webhookId of webhookIds) {
    try {
      const { delivery_id: deliveryId } = await dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/trigger', {
          params: { path: { webhook_id: webhookId } },
          // A type that can't be triggered is refused by the API, in words.
          body: { event_type: eventType as Triggered, data },
        }),
      )
      outcomes.push({ webhookId, deliveryId, problem: '' })
    } catch (error) {
      if (webhookIds.length === 1 || !(error instanceof ApiProblem) || error.status !== 409) throw error
      outcomes.push({ webhookId, deliveryId: null, problem: error.message })
    }
  }
  return outcomes
}

interface SentProps {
  readonly outcomes: readonly Outcome[]
  readonly names: ReadonlyMap<number, string>
}

function Sent({ outcomes, names }: SentProps) {
  return (
    <ul className="grid gap-1">
      {outcomes.map(({ webhookId, deliveryId, problem }) => (
        <li key={webhookId} className="break-words">
          {names.get(webhookId) ?? webhookId}:{' '}
          {deliveryId === null ? (
            problem
          ) : (
            <>
              It is on its way.{' '}
              <Link to={`/deliveries/${deliveryId}` as '/'} className="text-accent underline">
                See its delivery
              </Link>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
