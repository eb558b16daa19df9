/** Many sent again: how many that are, the job that does it, and how far those are that are under way. */

import type { components } from '@scanhook/client/schema'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf } from '../../api/api.ts'
import { useWebhookNames } from '../../api/shared-lists.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { describeJob } from '../recovery/describe-job.ts'
import { JobItem } from '../recovery/jobs-card.tsx'
import type { DeliveryQuery } from './delivery-queries.ts'

type Job = components['schemas']['Job']

/** The ids of chosen ones, or a filter. */
export interface What {
  readonly delivery_ids?: string[]
  readonly filter?: DeliveryQuery
}

interface Props {
  readonly what: What
  readonly onClose: () => void
  readonly onMade: () => void
}

/** How many a filter means; asked for where `isAsked`, since the API counts no list that is not narrowed. */
export function useResendPreview(filter: DeliveryQuery, isAsked: boolean) {
  const body = bodyOfWhat({ filter })
  return useQuery({
    queryKey: ['deliveries', 'resend-preview', body],
    queryFn: () => dataOf(api.POST('/api/v1/deliveries/resend/preview', { body })),
    enabled: isAsked,
    gcTime: 0,
  })
}

export function ResendDialog({ what, onClose, onMade }: Props) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const body = bodyOfWhat(what)
  const counted = useQuery({
    queryKey: ['deliveries', 'resend-preview', body],
    queryFn: () => dataOf(api.POST('/api/v1/deliveries/resend/preview', { body })),
    gcTime: 0,
  })
  const starting = useMutation({
    mutationFn: () => dataOf(api.POST('/api/v1/deliveries/resend', { body })),
    onSuccess: async () => {
      announce.done('They are being sent again, also when you leave this page.')
      onMade()
      await queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
  return (
    <Dialog title="Send again" onClose={onClose}>
      <Loaded query={counted} what="how many that are">
        {({ count, is_estimated: isEstimated }) => (
          <div className="grid gap-4">
            <p>
              <strong>{`${isEstimated ? 'About ' : ''}${count.toLocaleString('en')}`}</strong>{' '}
              {count === 1 ? 'delivery matches.' : 'deliveries match.'} Each goes out again with the same id
              and body, 100 a second at most; the endpoint’s own limits hold besides, and new events go first.
            </p>
            {starting.isError && <Failure error={starting.error} />}
            <div className="flex flex-wrap gap-2">
              <Button
                kind="primary"
                disabled={count === 0}
                isBusy={starting.isPending}
                onClick={() => starting.mutate()}
              >
                Send {count.toLocaleString('en')} again
              </Button>
              <Button onClick={onClose}>Cancel</Button>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}

function bodyOfWhat({ delivery_ids: ids, filter }: What) {
  if (ids !== undefined) return { delivery_ids: ids }
  const { webhook_id: webhooks, event_type: types, state, status_class: classes, from, to } = filter ?? {}
  return {
    filter: {
      ...(webhooks === undefined ? {} : { webhook_id: [...webhooks] }),
      ...(types === undefined ? {} : { event_type: [...types] }),
      ...(state === undefined ? {} : { state: [...state] }),
      ...(classes === undefined ? {} : { status_class: [...classes] }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  }
}

/** How long one that has ended is still shown. */
const endedShownMs = 600_000

/** Those that send chosen deliveries again, until somebody has seen their end. */
export function ResendJobs({ mayWrite }: { readonly mayWrite: boolean }) {
  const names = useWebhookNames()
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set())
  const { data = [] } = useQuery({
    queryKey: ['jobs', 'resend'],
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { limit: 50 } } })),
    refetchInterval: ({ state: { data: jobs = [] } }) => (jobs.some(isUnderWay) ? 1_000 : 30_000),
  })
  const shown = data.filter((job) => job.kind === 'resend' && isOfNow(job) && !seen.has(job.id))
  if (shown.length === 0) return null
  const ended = shown.filter((job) => !isUnderWay(job))
  return (
    <section aria-label="Being sent again" className="mb-4 rounded-lg border border-line bg-surface p-4">
      <ul className="grid gap-4">
        {shown.map((job) => (
          <JobItem
            key={job.id}
            job={job}
            endpoint={
              job.webhook_id === null
                ? 'their endpoints'
                : (names.data?.get(job.webhook_id) ?? 'its endpoint')
            }
            mayWrite={mayWrite}
          />
        ))}
      </ul>
      {ended.length > 0 && (
        <Button
          className="mt-3"
          onClick={() => setSeen((before) => new Set([...before, ...ended.map(({ id }) => id)]))}
        >
          {ended.length === 1 ? 'Put it away' : 'Put the ended away'}
        </Button>
      )}
    </section>
  )
}

function isUnderWay(job: Job): boolean {
  return !describeJob(job).isOver
}

function isOfNow(job: Job): boolean {
  return isUnderWay(job) || Date.now() - Date.parse(job.finished_at ?? job.created_at) < endedShownMs
}
