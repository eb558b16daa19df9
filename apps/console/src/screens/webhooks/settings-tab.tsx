/** What the endpoint is set to, and changing it; pausing, resuming, deleting. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { OthersChanges } from '../../parts/others-changes.tsx'
import { Card } from '../../parts/page.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { AlertCard } from './alert-card.tsx'
import {
  changeOf,
  formOf,
  isSameForm,
  keepTyped,
  type SettingsForm,
  settingsBetween,
} from './change-settings.ts'
import { EventChoice } from './event-choice.tsx'
import { fieldProblem } from './field-problem.ts'
import { FilterPreview } from './filter-preview.tsx'
import { refreshWebhooks } from './refresh-webhooks.ts'
import { UrlField } from './url-field.tsx'
import { askWebhook, useEventTypes, webhookKey } from './webhook-queries.ts'

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
        {(types) => <ChangeForm key={webhook.id} webhook={webhook} types={types.map(({ name }) => name)} />}
      </Loaded>
      <AlertCard />
      <StateCard webhook={webhook} />
    </div>
  )
}

function patch(webhookId: number, change: Readonly<Record<string, unknown>>): Promise<Webhook> {
  return dataOf(
    api.PATCH('/api/v1/webhooks/{webhook_id}', {
      params: { path: { webhook_id: webhookId } },
      body: change as Patch,
    }),
  )
}

interface FormProps extends Props {
  readonly types: readonly string[]
}

/** What the person who saves had before their eyes. */
interface Sent {
  readonly base: Webhook
  readonly form: SettingsForm
  readonly seen: Webhook
}

function ChangeForm({ webhook, types }: FormProps) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  // What the form began with: the endpoint is asked for again and again, and what is typed outlives that.
  const [base, setBase] = useState(webhook)
  const [form, setForm] = useState(() => formOf(base))
  const save = useMutation({
    mutationFn: async ({ base, form, seen }: Sent) => {
      const now = await askWebhook(webhook.id)
      if (settingsBetween(seen, now).length === 0) return await patch(webhook.id, changeOf(base, form, now))
      // Nothing is overwritten unseen: what somebody else changed since it was last asked for is told first.
      queries.setQueryData(webhookKey(webhook.id), now)
      return null
    },
    onSuccess: async (saved, sent) => {
      if (saved === null) return
      announce.done('Saved.')
      setBase(saved)
      setForm((typed) => keepTyped(typed, sent.form, formOf(saved)))
      queries.setQueryData(webhookKey(webhook.id), saved)
      await refreshWebhooks(queries)
    },
  })
  const begin = (from: Webhook): void => {
    setBase(from)
    setForm(formOf(from))
  }
  // Until a save is over what is shown of the endpoint may be older than what was saved.
  const differences = save.isPending ? [] : settingsBetween(base, webhook)
  // Nothing was typed: the form shows what is there.
  if (differences.length > 0 && isSameForm(form, formOf(base))) begin(webhook)
  const set = (change: Partial<SettingsForm>): void => setForm((before) => ({ ...before, ...change }))
  const fields = save.error instanceof ApiProblem ? save.error.fields : []
  const problemOf = (name: string): string | undefined => fieldProblem(fields, name)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (Object.keys(changeOf(base, form)).length > 0) save.mutate({ base, form, seen: webhook })
    else {
      begin(webhook)
      announce.done('Nothing was changed.')
    }
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
      {differences.length > 0 && (
        <OthersChanges
          differences={differences}
          onTakeTheirs={() => {
            begin(webhook)
            save.reset()
          }}
        />
      )}
      {save.isError && <Failure error={save.error} />}
      <div className="flex flex-wrap gap-3">
        <Button kind="primary" type="submit" isBusy={save.isPending} disabled={form.eventTypes.length === 0}>
          {differences.length === 0 ? 'Save' : 'Save mine over it'}
        </Button>
        <Button onClick={() => setForm(formOf(base))}>Undo</Button>
      </div>
    </form>
  )
}

function StateCard({ webhook }: Props) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const isActive = webhook.state === 'active'
  const change = useMutation({
    mutationFn: (enabled: boolean) => patch(webhook.id, { enabled }),
    onSuccess: async (_, enabled) => {
      announce.done(enabled ? 'Resumed.' : 'Paused.')
      await refreshWebhooks(queries)
    },
  })
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
        <Button isBusy={change.isPending} onClick={() => change.mutate(!isActive)}>
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
      queries.removeQueries({ queryKey: webhookKey(webhook.id) })
      await refreshWebhooks(queries)
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
