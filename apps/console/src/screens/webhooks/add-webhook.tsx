/**
 * Settings → Webhooks → Add Webhook Endpoint, on one page: the URL with what can be said of it at once, every event preselected
 * with an example beside, and what comes of the first request right there: from the first screen to a delivery in two clicks and
 * one field.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Card, Page } from '../../parts/page.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { checkUrl } from './check-url.ts'
import { FirstDelivery } from './first-delivery.tsx'
import { useEventTypes } from './webhook-queries.ts'

type EventType = Model<'EventType'>
type NewWebhook = NonNullable<Parameters<typeof api.POST<'/api/v1/webhooks', never>>[1]>['body']

export interface Created {
  readonly webhook: Model<'Webhook'>
  /** Of the test that was sent at once; null when only the endpoint was saved. */
  readonly deliveryId: string | null
}

export default function AddWebhook() {
  const eventTypes = useEventTypes()
  const [created, setCreated] = useState<Created | null>(null)
  if (created !== null)
    return (
      <Page title="Endpoint added">
        <FirstDelivery created={created} />
      </Page>
    )
  return (
    <Page title="Add Webhook Endpoint">
      <Loaded query={eventTypes} what="the event types">
        {(types) => <AddForm eventTypes={types} onCreated={setCreated} />}
      </Loaded>
    </Page>
  )
}

interface FormProps {
  readonly eventTypes: readonly EventType[]
  readonly onCreated: (created: Created) => void
}

function AddForm({ eventTypes, onCreated }: FormProps) {
  const queries = useQueryClient()
  const [url, setUrl] = useState('')
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(eventTypes.map((type) => type.name)),
  )
  const [shown, setShown] = useState(eventTypes[0]?.name ?? '')
  const add = useMutation({
    mutationFn: async ({ isTested }: { readonly isTested: boolean }): Promise<Created> => {
      const body = {
        ...{ url: url.trim(), enabled: true },
        ...{ name: name.trim() || null, description: description.trim() || null },
        event_types: chosen.size === eventTypes.length ? ['*'] : [...chosen],
      } as NewWebhook
      const webhook = await dataOf(api.POST('/api/v1/webhooks', { body }))
      void queries.invalidateQueries({ queryKey: ['webhooks'] })
      if (!isTested) return { webhook, deliveryId: null }
      const path = { webhook_id: webhook.id }
      // The endpoint is there, whatever becomes of the test: its secret must be shown.
      const sent = await dataOf(api.POST('/api/v1/webhooks/{webhook_id}/test', { params: { path } })).catch(
        () => null,
      )
      return { webhook, deliveryId: sent?.delivery_id ?? null }
    },
    onSuccess: onCreated,
  })
  const urlProblem =
    add.error instanceof ApiProblem
      ? add.error.fields.find(({ field }) => field === 'url')?.message
      : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add.mutate({ isTested: true })
  }
  const isReady = url.trim() !== '' && chosen.size > 0
  const example = eventTypes.find((type) => type.name === shown)
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Card>
        <Field
          label="Endpoint URL"
          hint="Where your program receives requests. It must be HTTPS."
          problem={urlProblem === undefined ? undefined : `The URL ${urlProblem}.`}
        >
          {(control) => (
            <input
              {...control}
              type="url"
              required
              // biome-ignore lint/a11y/noAutofocus: the page is this field; the shell gives the focus to nothing else here
              autoFocus
              spellCheck={false}
              placeholder="https://hooks.example.com/scanhook"
              value={url}
              onChange={({ target }) => setUrl(target.value)}
            />
          )}
        </Field>
        <ul aria-label="What can be said of the URL" aria-live="polite" className="mt-2 grid gap-1 text-sm">
          {checkUrl(url).map(({ isGood, says }) => (
            <li key={says} className={`flex items-center gap-2 ${isGood ? 'text-good' : 'text-warn'}`}>
              <Icon name={isGood ? 'check' : 'warning'} /> {says}
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Events">
        <div className="grid gap-4 lg:grid-cols-2">
          <fieldset className="grid max-h-96 content-start gap-1 overflow-y-auto">
            <legend className="mb-2 text-muted">
              {chosen.size === eventTypes.length
                ? 'All of them, and those that will be added'
                : `${chosen.size} chosen`}
            </legend>
            <label className="flex min-h-8 items-center gap-2 font-medium">
              <input
                type="checkbox"
                checked={chosen.size === eventTypes.length}
                onChange={({ target }) =>
                  setChosen(new Set(target.checked ? eventTypes.map((type) => type.name) : []))
                }
              />
              All events
            </label>
            {eventTypes.map((type) => (
              <label key={type.name} className="flex min-h-8 items-center gap-2" title={type.description}>
                <input
                  type="checkbox"
                  checked={chosen.has(type.name)}
                  onFocus={() => setShown(type.name)}
                  onChange={({ target }) => {
                    const next = new Set(chosen)
                    if (target.checked) next.add(type.name)
                    else next.delete(type.name)
                    setChosen(next)
                    setShown(type.name)
                  }}
                />
                <span className="font-mono text-sm">{type.name}</span>
              </label>
            ))}
          </fieldset>
          {example !== undefined && (
            <div className="min-w-0">
              <p className="mb-2">{example.description}</p>
              <CodeBlock
                what={`the example data of ${example.name}`}
                text={JSON.stringify(example.data_example, null, 2)}
              />
            </div>
          )}
        </div>
      </Card>
      <details className="rounded-lg border border-line bg-surface p-4">
        <summary className="cursor-pointer font-medium">Name and description</summary>
        <div className="mt-3 grid gap-3 lg:grid-cols-2">
          <Field label="Name">
            {(control) => (
              <input
                {...control}
                maxLength={255}
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <Field label="Description">
            {(control) => (
              <input
                {...control}
                value={description}
                onChange={({ target }) => setDescription(target.value)}
              />
            )}
          </Field>
        </div>
      </details>
      {add.isError && urlProblem === undefined && <Failure error={add.error} />}
      <div className="flex flex-wrap gap-3">
        <Button kind="primary" type="submit" disabled={!isReady} isBusy={add.isPending}>
          <Icon name="send" /> Create and send test
        </Button>
        <Button disabled={!isReady} isBusy={add.isPending} onClick={() => add.mutate({ isTested: false })}>
          Save
        </Button>
      </div>
    </form>
  )
}
