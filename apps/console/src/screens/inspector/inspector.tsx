/** An endpoint inside this page: what arrives, whether its signature verifies, and what it is answered. */
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Card, Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { SecretText } from '../../parts/secret-text.tsx'
import { Empty, Failure } from '../../parts/states.tsx'
import { useFocusRescue } from '../../shell/use-focus-rescue.ts'
import { ArrivedRequest } from './arrived-request.tsx'
import { useArrivals } from './use-arrivals.ts'

const answers = [200, 202, 400, 410, 429, 500, 503] as const

export default function Inspector() {
  const start = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/api/v1/listeners', { body: { name: 'Inspector', profile: 'standard' } })),
  })
  const webhook = start.data
  useFocusRescue()
  return (
    <Page title="Inspector">
      {webhook === undefined ? (
        <Card>
          <p className="mb-3 max-w-prose">
            An endpoint that ends in this page: it gets every event like all the others, signed, and shows
            what arrived and whether the signature verifies. It is gone some minutes after this page is
            closed.
          </p>
          <Button kind="primary" isBusy={start.isPending} onClick={() => start.mutate()}>
            Start inspecting
          </Button>
          {start.isError && (
            <div className="mt-3">
              <Failure error={start.error} />
            </div>
          )}
        </Card>
      ) : (
        <Listening key={webhook.id} webhook={webhook} onStopped={start.reset} />
      )}
    </Page>
  )
}

interface ListeningProps {
  readonly webhook: Model<'Webhook'>
  readonly onStopped: () => void
}

function Listening({ webhook, onStopped }: ListeningProps) {
  const { id, secret } = webhook
  const [status, setStatus] = useState<number>(200)
  const { arrivals, isConnected, gone } = useArrivals(id, secret ?? '', status)
  const test = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/api/v1/webhooks/{webhook_id}/test', { params: { path: { webhook_id: id } } })),
  })
  const stop = useMutation({
    mutationFn: () =>
      bodyOf(api.DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })),
    onSettled: onStopped,
  })
  return (
    <div className="grid gap-4">
      <Card title="Its secret">
        <SecretText secret={secret ?? ''} />
      </Card>
      <div className="flex flex-wrap items-end gap-3">
        <span className="flex min-h-11 items-center">
          <Pill tone={isConnected ? 'good' : 'warn'}>{isConnected ? 'Listening' : 'Connecting'}</Pill>
        </span>
        <Button kind="primary" isBusy={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Field label="Answer with">
          {(control) => (
            <select {...control} value={status} onChange={({ target }) => setStatus(Number(target.value))}>
              {answers.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Button isBusy={stop.isPending} onClick={() => stop.mutate()}>
          Stop
        </Button>
        <Link to={'/catalogue' as '/'} target="_blank" className="py-2 text-accent underline">
          Trigger another event (in a new tab)
        </Link>
      </div>
      {test.isError && <Failure error={test.error} />}
      {gone !== null && <Failure error={gone} />}
      <p role="status" className="text-muted">
        {arrivals.length === 0 ? '' : `${arrivals.length} arrived; the newest first.`}
      </p>
      {arrivals.length === 0 ? (
        <Empty title="Nothing has arrived yet">Send a test, or wait for something to happen.</Empty>
      ) : (
        arrivals.map((each, index) => (
          <ArrivedRequest key={each.request.request_id} arrival={each} isOpen={index === 0} />
        ))
      )}
    </div>
  )
}
