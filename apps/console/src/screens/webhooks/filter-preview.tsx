/** How many events a filter lets through, before anybody saves it: of the newest while it is typed, of a whole day at a press. */
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { ApiProblem, api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { RelativeTime } from '../../parts/relative-time.tsx'
import { Failure } from '../../parts/states.tsx'
import { sayPreview } from './say-preview.ts'
import { useSettled } from './use-settled.ts'

type Body = NonNullable<Parameters<typeof api.POST<'/api/v1/webhooks/filter-preview', never>>[1]>['body']

interface Props {
  readonly eventTypes: readonly string[]
  readonly filter: string
}

interface Asked {
  readonly event_types: readonly string[]
  readonly filter: string | null
}

/** As many as people take in, and the API judges within milliseconds. */
const newest = 100

const previewOf = (body: object) =>
  dataOf(api.POST('/api/v1/webhooks/filter-preview', { body: body as Body }))

export function FilterPreview({ eventTypes, filter }: Props) {
  const asked: Asked = { event_types: eventTypes, filter: useSettled(filter.trim()) || null }
  const live = useQuery({
    queryKey: ['filter-preview', asked],
    queryFn: () => previewOf({ ...asked, newest }),
    enabled: eventTypes.length > 0,
    placeholderData: keepPreviousData,
    // What is wrong with a filter stays wrong.
    retry: false,
    staleTime: 30_000,
  })
  const asks: Asked = { event_types: eventTypes, filter: filter.trim() || null }
  const day = useMutation({ mutationFn: (body: Asked) => previewOf(body) })
  // What was found for another filter, or for other types, says nothing of these.
  const isOfThis = JSON.stringify(day.variables) === JSON.stringify(asks)
  const found = isOfThis ? day.data : undefined
  return (
    <div className="mt-3 grid gap-2">
      <div role="status">
        {live.isError ? (
          <p className="text-bad text-sm">{problemOf(live.error)}</p>
        ) : (
          live.data !== undefined && (
            <p className="font-medium">
              {sayPreview(live.data, newest)}
              {asked.filter === null && ' Without a filter all of them are sent.'}
            </p>
          )
        )}
        {day.isError && isOfThis && <Failure error={day.error} />}
        {found !== undefined && <p>{sayPreview(found, null)}</p>}
      </div>
      {!live.isError && asked.filter !== null && <Samples of={(found ?? live.data)?.samples ?? []} />}
      <div>
        <Button
          isBusy={day.isPending}
          disabled={eventTypes.length === 0 || live.isError}
          onClick={() => day.mutate(asks)}
        >
          Try it on the whole last day
        </Button>
      </div>
    </div>
  )
}

function problemOf(error: unknown): string {
  const field = error instanceof ApiProblem ? error.fields.find(({ field }) => field === 'filter') : undefined
  return field === undefined ? String(error instanceof Error ? error.message : error) : `It ${field.message}.`
}

function Samples({ of }: { readonly of: Model<'FilterPreview'>['samples'] }) {
  return (
    <ul className="grid gap-1 text-sm">
      {of.map((sample) => (
        <li key={sample.event_id}>
          {sample.matched ? 'Matches' : 'Does not match'}: <span className="font-mono">{sample.type}</span>,{' '}
          <RelativeTime at={sample.occurred_at} />
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
  )
}
