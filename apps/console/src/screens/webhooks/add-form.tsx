/**
 * A new endpoint, on one page: where to, what, and the rest folded away. To the first delivery it is one field and a press, and
 * with the inspector, which is an endpoint inside this page, a press more and no field.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Card } from '../../parts/page.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { AdvancedFields } from './advanced-fields.tsx'
import { EventChoice } from './event-choice.tsx'
import { exampleBody } from './example-body.ts'
import { fieldProblem } from './field-problem.ts'
import { emptyForm, type FormPart, type NewForm, newListenerOf, newWebhookOf } from './new-webhook.ts'
import { refreshWebhooks } from './refresh-webhooks.ts'
import { UrlField } from './url-field.tsx'
import { useEventTypes } from './webhook-queries.ts'

export interface Created {
  readonly webhook: Model<'Webhook'>
  /** Whether it is an endpoint inside this page. */
  readonly isInspector: boolean
  /** Null: only the endpoint was saved. */
  readonly test:
    | { readonly deliveryId: string; readonly problem: null }
    | { readonly deliveryId: null; readonly problem: unknown }
    | null
}

interface Props {
  readonly onCreated: (created: Created) => void
}

export function AddForm({ onCreated }: Props) {
  const eventTypes = useEventTypes()
  return (
    <Loaded query={eventTypes} what="the event types">
      {(types) => <Form eventTypes={types} onCreated={onCreated} />}
    </Loaded>
  )
}

interface FormProps extends Props {
  readonly eventTypes: readonly Model<'EventType'>[]
}

function Form({ eventTypes, onCreated }: FormProps) {
  const queries = useQueryClient()
  const [form, setForm] = useState(emptyForm)
  const [isInspector, setInspector] = useState(false)
  const set = (change: Partial<NewForm>): void => setForm((before) => ({ ...before, ...change }))
  const add = useMutation({
    mutationFn: async ({ isTested }: { readonly isTested: boolean }): Promise<Created> => {
      const webhook = await (isInspector ? createListener(form) : createWebhook(form))
      // The endpoint is there, whatever becomes of the test: its secret must be shown.
      return { webhook, isInspector, test: isTested ? await sendTest(webhook.id) : null }
    },
    onSuccess: (created) => {
      onCreated(created)
      void refreshWebhooks(queries)
    },
  })
  const fields = add.error instanceof ApiProblem ? add.error.fields : []
  const problemOf = (name: string): string | undefined => fieldProblem(fields, name)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add.mutate({ isTested: true })
  }
  const isReady = (isInspector || form.url.trim() !== '') && form.eventTypes.length > 0
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Card>
        {isInspector ? (
          <p>
            What is sent ends in this page: each request shows here as it arrived, and whether its signature
            verifies. The endpoint is gone five minutes after the page is closed.
          </p>
        ) : (
          <UrlField isFirst value={form.url} problem={problemOf('url')} onChange={(url) => set({ url })} />
        )}
        <label className="mt-3 flex min-h-8 items-center gap-2">
          <input
            type="checkbox"
            checked={isInspector}
            onChange={({ target }) => setInspector(target.checked)}
          />
          No URL yet? Use the built-in inspector
        </label>
      </Card>
      <Events eventTypes={eventTypes} form={form} set={set} />
      <AdvancedFields form={form} set={set} isInspector={isInspector} problemOf={problemOf} />
      {add.isError && problemOf('url') === undefined && <Failure error={add.error} />}
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

function Events({ eventTypes, form, set }: FormPart & Pick<FormProps, 'eventTypes'>) {
  const [shown, setShown] = useState(eventTypes[0]?.name ?? '')
  const example = eventTypes.find(({ name }) => name === shown)
  return (
    <Card title="Events">
      <div className="grid gap-4 lg:grid-cols-2">
        <EventChoice
          types={eventTypes.map(({ name }) => name)}
          chosen={form.eventTypes}
          onChange={(chosen) => set({ eventTypes: chosen })}
          onLook={setShown}
        />
        {example !== undefined && (
          <div className="min-w-0">
            <p className="mb-2">{example.description}</p>
            <CodeBlock
              what={`the example of ${example.name}`}
              text={exampleBody(form.profile, example.name, example.data_example)}
            />
          </div>
        )}
      </div>
    </Card>
  )
}

type NewWebhook = NonNullable<Parameters<typeof api.POST<'/api/v1/webhooks', never>>[1]>['body']
type NewListener = NonNullable<Parameters<typeof api.POST<'/api/v1/listeners', never>>[1]>['body']
type Patch = NonNullable<Parameters<typeof api.PATCH<'/api/v1/webhooks/{webhook_id}', never>>[1]>['body']

function createWebhook(form: NewForm): Promise<Model<'Webhook'>> {
  return dataOf(api.POST('/api/v1/webhooks', { body: newWebhookOf(form) as NewWebhook }))
}

async function createListener(form: NewForm): Promise<Model<'Webhook'>> {
  const { body, change } = newListenerOf(form)
  const made = await dataOf(api.POST('/api/v1/listeners', { body: body as NewListener }))
  if (change === null) return made
  const params = { path: { webhook_id: made.id } }
  try {
    await dataOf(api.PATCH('/api/v1/webhooks/{webhook_id}', { params, body: change as Patch }))
    return made
  } catch (error) {
    // Half an endpoint is none: what was wrong is mended in the form, and it is made anew.
    await api.DELETE('/api/v1/webhooks/{webhook_id}', { params }).catch(() => undefined)
    throw error
  }
}

/** The endpoint is made by then: what keeps its test from going is shown, and undoes nothing. */
async function sendTest(webhookId: number): Promise<NonNullable<Created['test']>> {
  const params = { path: { webhook_id: webhookId } }
  try {
    const sent = await dataOf(api.POST('/api/v1/webhooks/{webhook_id}/test', { params }))
    return { deliveryId: sent.delivery_id, problem: null }
  } catch (problem) {
    return { deliveryId: null, problem }
  }
}
