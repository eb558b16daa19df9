/** Above an endpoint that does not take what it is sent: since when, why, and what can be done about it at once. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { localText, readLocal } from '../../parts/local-time.ts'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Failure } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { sayClock, sayFailures, sayWhen } from './describe-statistics.ts'
import { describeWebhook } from './describe-webhook.ts'
import { useStatistics, useWebhookActivity } from './webhook-queries.ts'

interface Props {
  readonly webhook: Model<'Webhook'>
}

export function FailingBanner({ webhook }: Props) {
  const { tone } = describeWebhook(webhook)
  return tone === 'bad' ? <Banner webhook={webhook} /> : null
}

function Banner({ webhook }: Props) {
  const mayWrite = useMay('webhooks:write')
  const isDisabled = webhook.state === 'disabled'
  const [isRecovering, setRecovering] = useState(false)
  const waiting = useQuery({
    queryKey: ['deliveries', 'waiting', webhook.id],
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/deliveries', {
          params: {
            query: { limit: 1, webhook_id: [webhook.id], state: ['pending'], sort: 'next_attempt_at' },
          },
        }),
      ),
    refetchInterval: 10_000,
    enabled: !isDisabled,
  })
  const next = waiting.data?.[0]
  return (
    <section aria-label="What is wrong" className="mb-4 rounded-lg border border-bad bg-bad-soft p-4">
      <p className="flex items-center gap-2 font-medium text-bad">
        <Icon name="warning" /> {isDisabled ? <Sentence text={webhook.status} /> : sayFailing(webhook)}
      </p>
      <Why webhook={webhook} />
      <BreakerOpen webhookId={webhook.id} />
      {next !== undefined && (
        <p className="mt-1">
          <Sentence text={next.explanation ?? ''} />{' '}
          {next.next_attempt_at !== null && <NextRequest at={next.next_attempt_at} />}
        </p>
      )}
      {mayWrite && (
        <div className="mt-3 flex flex-wrap gap-3">
          {isDisabled ? (
            <p>Enable it again on the Settings tab; then what it missed can be sent.</p>
          ) : (
            <>
              {next !== undefined && <RetryNow deliveryId={next.id} />}
              <Button onClick={() => setRecovering(true)}>Recover from…</Button>
            </>
          )}
        </div>
      )}
      {isRecovering && <RecoverDialog webhook={webhook} onClose={() => setRecovering(false)} />}
    </section>
  )
}

function NextRequest({ at }: { readonly at: string }) {
  if (Date.parse(at) <= Date.now()) return 'The next request is about to go.'
  return (
    <>
      The next request is made <RelativeTime at={at} />.
    </>
  )
}

function sayFailing({ failing_since: since }: Model<'Webhook'>): string {
  const when = since === null ? '' : ` since ${sayClock(since, Date.now())}`
  return `It has taken nothing${when}. Deliveries are still tried.`
}

/** "11 timeouts since 14:02. It is disabled on 27 Nov, 14:02, if nothing changes." */
function Why({ webhook }: Props) {
  const { data } = useStatistics(webhook.id, '24h')
  const failures = data?.failures ?? null
  const said = failures === null ? null : sayFailures(failures)
  if (failures === null || said === null) return null
  const end = failures.disables_at
  return (
    <p className="mt-1">
      {failures.is_complete ? '' : 'At least '}
      {said} since <time dateTime={failures.since}>{sayClock(failures.since, Date.now())}</time>.
      {end !== null && (
        <>
          {' '}
          It is disabled <time dateTime={end}>{sayWhen(end, Date.now())}</time> if nothing changes.
        </>
      )}
    </p>
  )
}

/** "Nothing is sent until the next probe, at 14:32." Nothing where the breaker is closed, or where nobody can tell. */
function BreakerOpen({ webhookId }: { readonly webhookId: number }) {
  const { data } = useWebhookActivity([webhookId])
  const breaker = data?.of.get(webhookId)?.breaker ?? null
  if (breaker === null) return null
  return (
    <p className="mt-1">
      {breaker.state === 'half_open' ? (
        'It is tried with one request now; when it takes it, the others follow.'
      ) : (
        <>
          It is given a pause; the next probe goes{' '}
          <time dateTime={breaker.next_probe_at}>{sayWhen(breaker.next_probe_at, Date.now())}</time>.
        </>
      )}
    </p>
  )
}

/** One delivery is enough: when it arrives, the endpoint is no longer failing, and the others follow at their times. */
function RetryNow({ deliveryId }: { readonly deliveryId: string }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const retry = useMutation({
    mutationFn: () =>
      bodyOf(
        api.POST('/api/v1/deliveries/{delivery_id}/resend', {
          params: { path: { delivery_id: deliveryId } },
        }),
      ),
    onSuccess: async () => {
      announce.done('The delivery that waits is sent again now.')
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    },
    onError: (error) => announce.failed(error.message),
  })
  return (
    <Button isBusy={retry.isPending} onClick={() => retry.mutate()}>
      Retry now
    </Button>
  )
}

const dayMs = 86_400_000
const choices = [
  ['all', 'what failed, and what was never sent'],
  ['failed', 'what failed for good'],
  ['missing', 'what was never sent'],
] as const

function RecoverDialog({ webhook, onClose }: Props & { readonly onClose: () => void }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const [since, setSince] = useState(() =>
    localText(webhook.failing_since ?? new Date(Date.now() - dayMs).toISOString()),
  )
  const [only, setOnly] = useState<(typeof choices)[number][0]>('all')
  const recover = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/recover', {
          params: { path: { webhook_id: webhook.id } },
          body: { since: readLocal(since), only },
        }),
      ),
    onSuccess: async ({ id }) => {
      announce.done(`Job ${id} sends again what was missed.`)
      onClose()
      await queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    recover.mutate()
  }
  return (
    <Dialog title="Send again what was missed" onClose={onClose}>
      <form onSubmit={submit} className="grid gap-4">
        <Field label="From" hint="In your own time zone; up to now.">
          {(control) => (
            <input
              {...control}
              type="datetime-local"
              step="1"
              required
              value={since}
              onChange={({ target }) => setSince(target.value)}
            />
          )}
        </Field>
        <Field label="What">
          {(control) => (
            <select
              {...control}
              value={only}
              onChange={({ target }) =>
                setOnly(choices.find(([value]) => value === target.value)?.[0] ?? 'all')
              }
            >
              {choices.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {recover.isError && <Failure error={recover.error} />}
        <div>
          <Button kind="primary" type="submit" isBusy={recover.isPending}>
            Send again
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
