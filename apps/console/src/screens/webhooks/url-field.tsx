/** The URL of an endpoint, with what can be said of it while it is typed. */
import { useQuery } from '@tanstack/react-query'
import { ApiProblem, api, dataOf } from '../../api/api.ts'
import { Field } from '../../parts/field.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { checkUrl, isWorthAsking, type Judged, type UrlCheck } from './check-url.ts'
import { useSettled } from './use-settled.ts'

interface Props {
  readonly value: string
  readonly onChange: (url: string) => void
  /** What the API said of the URL when it was saved, in a sentence. */
  readonly problem?: string | undefined
  readonly isFirst?: boolean | undefined
}

const looks: Readonly<Record<UrlCheck['verdict'], readonly [className: string, icon: IconName]>> = {
  good: ['text-good', 'check'],
  bad: ['text-warn', 'warning'],
  open: ['text-muted', 'clock'],
}

export function UrlField({ value, onChange, problem, isFirst = false }: Props) {
  const judged = useJudged(value)
  return (
    <div>
      <Field
        label="Endpoint URL"
        hint="Where your program receives requests. It must be HTTPS."
        problem={problem}
      >
        {(control) => (
          <input
            {...control}
            type="url"
            required
            // biome-ignore lint/a11y/noAutofocus: the page is this field; the shell gives the focus to nothing else here
            autoFocus={isFirst}
            spellCheck={false}
            placeholder="https://hooks.example.com/scanhook"
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
      <ul aria-label="What can be said of the URL" aria-live="polite" className="mt-2 grid gap-1 text-sm">
        {checkUrl(value, judged).map(({ verdict, says }) => (
          <li key={says} className={`flex items-center gap-2 ${looks[verdict][0]}`}>
            <Icon name={looks[verdict][1]} /> {says}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What the API says of it, once the typing pauses; asked once for each text. */
function useJudged(text: string): Judged {
  const settled = useSettled(text.trim())
  const query = useQuery({
    queryKey: ['url-check', settled],
    queryFn: async (): Promise<Judged> => {
      try {
        await dataOf(api.POST('/api/v1/webhooks/check-url', { body: { url: settled } }))
        return { kind: 'allowed' }
      } catch (error) {
        const field =
          error instanceof ApiProblem ? error.fields.find((each) => each.field === 'url') : undefined
        return field === undefined ? { kind: 'unknown' } : { kind: 'refused', message: field.message }
      }
    },
    enabled: isWorthAsking(settled),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
  return settled === text.trim() && query.data !== undefined ? query.data : { kind: 'asking' }
}
