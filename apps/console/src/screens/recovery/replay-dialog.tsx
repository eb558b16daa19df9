/** What is to be sent again, as a job of one endpoint or of all that are enabled. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { sinceOf, spans } from './describe-job.ts'
import { useEndpoints } from './recovery-queries.ts'

const kinds = [
  ['recover', 'deliveries that are dead'],
  ['replay', 'events that came in while it was disabled'],
  ['all', 'both'],
] as const
type Kind = (typeof kinds)[number][0]

/** Instead of an id: the job that reads the topic of dead deliveries, whoever they are for. */
const allOfThem = 'all'

interface Props {
  readonly onClose: () => void
}

export function ReplayDialog({ onClose }: Props) {
  const endpoints = useEndpoints()
  return (
    <Dialog title="Send again" onClose={onClose}>
      <Loaded query={endpoints} what="the endpoints">
        {(webhooks) => <ReplayForm webhooks={webhooks} onClose={onClose} />}
      </Loaded>
    </Dialog>
  )
}

interface FormProps extends Props {
  readonly webhooks: readonly Model<'Webhook'>[]
}

function ReplayForm({ webhooks, onClose }: FormProps) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const [webhookId, setWebhookId] = useState('')
  const [kind, setKind] = useState<Kind>('recover')
  const [span, setSpan] = useState('24')
  const [rate, setRate] = useState('100')
  const starting = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/jobs', {
          body: {
            ...(webhookId === allOfThem ? { kind: 'dead_topic' } : { kind, webhook_id: Number(webhookId) }),
            since: sinceOf(span, Date.now()),
            deliveries_per_second: Number(rate),
          },
        }),
      ),
    onSuccess: async () => {
      announce.done('The job is made. How far it is stands below.')
      onClose()
      await queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
  const start = (event: FormEvent): void => {
    event.preventDefault()
    starting.mutate()
  }
  return (
    <form onSubmit={start} className="grid gap-4">
      <Field
        label="To the endpoint"
        hint="It has to be enabled. Of all of them, those that are not are left out."
      >
        {(control) => (
          <select
            {...control}
            required
            value={webhookId}
            onChange={({ target }) => setWebhookId(target.value)}
          >
            <option value="">choose one</option>
            <option value={allOfThem}>all endpoints</option>
            {webhooks.map(({ id, name, url, state }) => (
              <option key={id} value={id}>
                {`${name ?? url}${state === 'active' ? '' : ` (${state})`}`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="What">
        {(control) => (
          <select
            {...control}
            value={webhookId === allOfThem ? 'recover' : kind}
            disabled={webhookId === allOfThem}
            onChange={({ target }) =>
              setKind(kinds.find(([name]) => name === target.value)?.[0] ?? 'recover')
            }
          >
            {kinds.map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Since" hint="When the attempts ended; of missed events, when they came in.">
        {(control) => (
          <select {...control} value={span} onChange={({ target }) => setSpan(target.value)}>
            {spans.map(([hours, text]) => (
              <option key={hours} value={hours}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Deliveries a second"
        hint="At most; the endpoint’s own limits hold besides, and new events go first."
      >
        {(control) => (
          <input
            {...control}
            type="number"
            required
            min={0.1}
            max={10_000}
            step="any"
            value={rate}
            onChange={({ target }) => setRate(target.value)}
          />
        )}
      </Field>
      {starting.isError && <Failure error={starting.error} />}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" isBusy={starting.isPending}>
          Send again
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}
