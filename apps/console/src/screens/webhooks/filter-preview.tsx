/** How many events of the last day a filter lets through, before anybody saves it. */
import { useMutation } from '@tanstack/react-query'
import { api, dataOf } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Failure } from '../../parts/states.tsx'
import { sayPreview } from './change-settings.ts'

type Body = NonNullable<Parameters<typeof api.POST<'/api/v1/webhooks/filter-preview', never>>[1]>['body']

interface Props {
  readonly eventTypes: readonly string[]
  readonly filter: string
}

export function FilterPreview({ eventTypes, filter }: Props) {
  const preview = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/filter-preview', {
          body: { event_types: eventTypes, filter: filter.trim() || null } as Body,
        }),
      ),
  })
  return (
    <div className="mt-3 grid gap-2">
      <div>
        <Button
          isBusy={preview.isPending}
          disabled={eventTypes.length === 0}
          onClick={() => preview.mutate()}
        >
          Try it on the last day
        </Button>
      </div>
      <div role="status">
        {preview.isError && <Failure error={preview.error} />}
        {preview.data !== undefined && (
          <>
            <p className="font-medium">{sayPreview(preview.data)}</p>
            <ul className="mt-2 grid gap-1 text-sm">
              {preview.data.samples.map((sample) => (
                <li key={sample.event_id}>
                  {sample.matched ? 'Matches' : 'Does not match'}:{' '}
                  <span className="font-mono">{sample.type}</span>, <RelativeTime at={sample.occurred_at} />
                  {sample.failure !== null && `: ${sample.failure}`}
                  {sample.failure === null && sample.clause !== null && (
                    <>
                      {': '}
                      <code className="break-all font-mono">{sample.clause}</code>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}
