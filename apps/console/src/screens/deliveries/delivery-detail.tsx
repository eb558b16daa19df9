/** One delivery: every request with its bytes, what comes next and when, and why. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem, api, bodyOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { useWebhookNames } from '../../api/shared-lists.ts'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Card, Facts, Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { useShortcuts } from '../../shell/shortcuts.tsx'
import { awaitedMs, resend, useDelivery } from './delivery-queries.ts'
import { describeDelivery } from './describe-delivery.ts'
import { Timeline } from './timeline.tsx'

type Delivery = Model<'Delivery'>

export default function DeliveryDetail() {
  const { deliveryId = '' } = useParams({ strict: false })
  const [awaited, setAwaited] = useState<Parameters<typeof useDelivery>[1]>(null)
  const query = useDelivery(deliveryId, awaited)
  return (
    <Loaded query={query} what="the delivery">
      {(delivery) => (
        <Page
          title={`${delivery.event_type} delivery`}
          actions={
            <>
              <CopyButton text={window.location.href} what="the link to this delivery" />
              <ResendButton
                id={delivery.id}
                isTest={delivery.trigger === 'test'}
                onSent={() =>
                  setAwaited({ beyond: delivery.attempts.length, untilMs: Date.now() + awaitedMs })
                }
              />
            </>
          }
        >
          <Content delivery={delivery} />
        </Page>
      )}
    </Loaded>
  )
}

interface ResendProps {
  readonly id: string
  readonly isTest: boolean
  readonly onSent: () => void
}

function ResendButton({ id, isTest, onSent }: ResendProps) {
  const announce = useAnnounce()
  const queries = useQueryClient()
  const mayWrite = useMay('webhooks:write')
  // What a test said is kept in its requests alone.
  const isOffered = mayWrite && !isTest
  const mutation = useMutation({
    mutationFn: () => resend(id),
    onSuccess: () => {
      announce.done('It is sent again.')
      onSent()
      void queries.invalidateQueries({ queryKey: ['deliveries', id] })
    },
    onError: ({ message }) => announce.failed(`It was not sent again: ${message}`),
  })
  useShortcuts([
    { key: 'r', does: 'send again', run: () => isOffered && !mutation.isPending && mutation.mutate() },
  ])
  return (
    <Button
      kind="primary"
      disabled={!isOffered}
      isBusy={mutation.isPending}
      onClick={() => mutation.mutate()}
      title={isOffered ? undefined : whyNot(isTest)}
    >
      Send again
    </Button>
  )
}

function whyNot(isTest: boolean): string {
  return isTest
    ? 'A test can not be sent again: send another one.'
    : 'Your session may look at deliveries, and not send them again.'
}

function Content({ delivery }: { readonly delivery: Delivery }) {
  const names = useWebhookNames()
  const { tone, word } = describeDelivery(delivery)
  return (
    <div className="grid gap-4">
      <p className="-mt-3 flex flex-wrap items-center gap-2">
        <Pill tone={tone}>{word}</Pill> <Sentence text={delivery.explanation ?? ''} />
      </p>
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="What it is">
          <Facts
            facts={[
              ['Delivery', <code key="id">{delivery.id}</code>],
              ['Event', <EventLink key="event" delivery={delivery} />],
              [
                'Endpoint',
                <Link
                  key="webhook"
                  to={`/webhooks/${delivery.webhook_id}` as '/'}
                  className="text-accent underline"
                >
                  <bdi data-loading={names.isPending ? '' : undefined}>
                    {names.data?.get(delivery.webhook_id) ?? String(delivery.webhook_id)}
                  </bdi>
                </Link>,
              ],
              ['Occurred', <RelativeTime key="occurred" at={delivery.event_occurred_at} />],
              ['Made', <RelativeTime key="made" at={delivery.created_at} />],
              ['Ended', <RelativeTime key="ended" at={delivery.completed_at} none="not yet" />],
            ]}
          />
        </Card>
        <WhyCard delivery={delivery} />
      </div>
      <Timeline delivery={delivery} />
    </div>
  )
}

/** Tests are no events of the organization: there is nothing to go to. */
function EventLink({ delivery: { event_id: id, trigger } }: { readonly delivery: Delivery }) {
  if (trigger === 'test') return <code className="break-all">{id}</code>
  return (
    <Link to={`/events/${id}` as '/'} className="break-all text-accent underline">
      {id}
    </Link>
  )
}

function WhyCard({ delivery }: { readonly delivery: Delivery }) {
  const { event_id: eventId, webhook_id: webhookId, state } = delivery
  const query = useQuery({
    queryKey: ['why', eventId, webhookId, state],
    queryFn: () =>
      bodyOf(
        api.GET('/api/v1/events/{event_id}/why', {
          params: { path: { event_id: eventId }, query: { webhook_id: webhookId } },
        }),
      ),
    // A test is no event of the organization: 404, which says nothing that is wrong.
    retry: false,
  })
  const isOfNoEvent = query.error instanceof ApiProblem && query.error.status === 404
  return (
    <Card title="Why">
      {query.isPending && (
        <p className="text-muted" data-loading>
          Asking …
        </p>
      )}
      {query.isError && !isOfNoEvent && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {isOfNoEvent && (
        <p className="text-muted">
          There is nothing to tell: tests, heartbeats and manifests are no events, and events are kept for a
          while only.
        </p>
      )}
      {query.data !== undefined &&
        [query.data.data].flat().map((why) => (
          <div key={why.webhook_id}>
            <p className="break-words first-letter:uppercase">
              <Sentence text={why.detail} />.
            </p>
            <p className="mt-1 text-muted text-sm">
              <code>{why.code}</code>
              {!why.is_certain && ', as far as can be told'}
            </p>
          </div>
        ))}
    </Card>
  )
}
