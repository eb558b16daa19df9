/** What the endpoint is set to, and changing it; pausing, resuming, deleting. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Card } from '../../parts/page.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { AlertCard } from './alert-card.tsx'
import { changeOf, formOf, type SettingsForm } from './change-settings.ts'
import { EventChoice } from './event-choice.tsx'
import { fieldProblem } from './field-problem.ts'
import { FilterPreview } from './filter-preview.tsx'
import { UrlField } from './url-field.tsx'
import { useEventTypes } from './webhook-queries.ts'

type Webhook = Model<'Webhook'>
type Patch = NonNullable<Parameters<typeof api.PATCH<'/api/v1/webhooks/{webhook_id}', never>>[1]>['body']

interface Props {
  readonly webhook: Webhook
}

export function SettingsTab({ webhook }: Props) {
  const mayWrite = useMay('webhooks:write')
  const eventTypes = useEventTypes()
  if (!mayWrite)
    return <p className="text-muted">Your session may look at this endpoint, and not change it.</p>
  return (
    <div className="grid gap-4">
      <Loaded query={eventTypes} what="the event types">
        {(types) => (
          // What somebody else saves meanwhile makes the form anew: a merge on top of what nobody has seen is none.
          <ChangeForm key={webhook.updated_at} webhook={webhook} types={types.map(({ name }) => name)} />
        )}
      </Loaded>
      <AlertCard />
      <StateCard webhook={webhook} />
    </div>
  )
}

/** Changes it, and has everything that shows it ask anew. */
function useChange(webhookId: number, done: string) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (change: Readonly<Record<string, unknown>>) =>
      dataOf(
        api.PATCH('/api/v1/webhooks/{webhook_id}', {
          params: { path: { webhook_id: webhookId } },
          body: change as Patch,
        }),
      ),
    onSuccess: () => {
      announce.done(done)
      return queries.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
}

interface FormProps extends Props {
  readonly types: readonly string[]
}

function ChangeForm({ webhook, types }: FormProps) {
  const [form, setForm] = useState<SettingsForm>(() => formOf(webhook))
  const save = useChange(webhook.id, 'Saved.')
  const set = (change: Partial<SettingsForm>): void => setForm((before) => ({ ...before, ...change }))
  const change = changeOf(webhook, form)
  const fields = save.error instanceof ApiProblem ? save.error.fields : []
  const problemOf = (name: string): string | undefined => fieldProblem(fields, name)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate(change)
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Card title="Where to">
        <div className="grid items-start gap-3 lg:grid-cols-2">
          <UrlField value={form.url} problem={problemOf('url')} onChange={(url) => set({ url })} />
          <Field label="Name" problem={problemOf('name')}>
            {(control) => (
              <input {...control} value={form.name} onChange={({ target }) => set({ name: target.value })} />
            )}
          </Field>
          <Field label="Description" problem={problemOf('description')}>
            {(control) => (
              <input
                {...control}
                value={form.description}
                onChange={({ target }) => set({ description: target.value })}
              />
            )}
          </Field>
          <Field
            label="Requests per second, at most"
            hint="Empty: no limit of its own."
            problem={problemOf('rate_limit_per_second')}
          >
            {(control) => (
              <input
                {...control}
                type="number"
                min="0.1"
                max="10000"
                step="any"
                value={form.rate}
                onChange={({ target }) => set({ rate: target.value })}
              />
            )}
          </Field>
          <Field
            label="Headers of your own"
            hint="One in a line, as Name: value. Values that were hidden stay as they are unless you change them."
            problem={problemOf('headers')}
          >
            {(control) => (
              <textarea
                {...control}
                rows={3}
                spellCheck={false}
                value={form.headers}
                onChange={({ target }) => set({ headers: target.value })}
              />
            )}
          </Field>
          <label className="flex min-h-8 items-center gap-2 self-start lg:mt-7">
            <input
              type="checkbox"
              checked={form.traceparent}
              onChange={({ target }) => set({ traceparent: target.checked })}
            />
            Send traceparent, so that your traces join ours
          </label>
        </div>
      </Card>
      <Card title="Events">
        <EventChoice types={types} chosen={form.eventTypes} onChange={(eventTypes) => set({ eventTypes })} />
        <div className="mt-4">
          {form.filter === null ? (
            <p className="text-muted">
              The event types have filters of their own, which are changed through the API. They stay as they
              are.
            </p>
          ) : (
            <>
              <Field
                label="Filter"
                hint={'A CEL expression; empty: all of them. For example location_key(data) == "DOCK-1".'}
                problem={problemOf('subscriptions')}
              >
                {(control) => (
                  <textarea
                    {...control}
                    rows={2}
                    spellCheck={false}
                    value={form.filter ?? ''}
                    onChange={({ target }) => set({ filter: target.value })}
                  />
                )}
              </Field>
              <FilterPreview eventTypes={form.eventTypes} filter={form.filter} />
            </>
          )}
        </div>
      </Card>
      {save.isError && <Failure error={save.error} />}
      <div className="flex flex-wrap gap-3">
        <Button
          kind="primary"
          type="submit"
          isBusy={save.isPending}
          disabled={Object.keys(change).length === 0 || form.eventTypes.length === 0}
        >
          Save
        </Button>
        <Button onClick={() => setForm(formOf(webhook))}>Undo</Button>
      </div>
    </form>
  )
}

function StateCard({ webhook }: Props) {
  const isActive = webhook.state === 'active'
  const change = useChange(webhook.id, isActive ? 'Paused.' : 'Resumed.')
  const [isAsked, setAsked] = useState(false)
  return (
    <Card title="Pause or delete">
      <p className="mb-3">
        {isActive ? (
          'While it is paused nothing is sent; what happens is kept, and sent when you resume it.'
        ) : (
          <Sentence text={webhook.status} />
        )}
      </p>
      {change.isError && <Failure error={change.error} />}
      <div className="flex flex-wrap gap-3">
        <Button isBusy={change.isPending} onClick={() => change.mutate({ enabled: !isActive })}>
          {isActive ? 'Pause' : 'Resume'}
        </Button>
        <Button kind="danger" onClick={() => setAsked(true)}>
          Delete…
        </Button>
      </div>
      {isAsked && <DeleteDialog webhook={webhook} onClose={() => setAsked(false)} />}
    </Card>
  )
}

function DeleteDialog({ webhook, onClose }: Props & { readonly onClose: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const announce = useAnnounce()
  const remove = useMutation({
    mutationFn: () =>
      bodyOf(api.DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: webhook.id } } })),
    onSuccess: async () => {
      await navigate({ to: '/webhooks' })
      announce.done('The endpoint is deleted.')
      queries.removeQueries({ queryKey: ['webhooks', webhook.id] })
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
  return (
    <Dialog title="Delete this endpoint?" onClose={onClose}>
      <p className="mb-2 break-all font-mono">{webhook.url}</p>
      <p className="mb-4">
        It gets nothing any more, and what still waits for it is not sent. This can not be undone.
      </p>
      {remove.isError && <Failure error={remove.error} />}
      <div className="flex flex-wrap gap-3">
        <Button kind="danger" isBusy={remove.isPending} onClick={() => remove.mutate()}>
          Delete it
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </Dialog>
  )
}
