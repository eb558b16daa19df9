/** A page of docs/runbooks, out of the console's own files: it is there when nothing else is. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { type RunbookPart, splitCode, splitRunbook } from './split-runbook.ts'

const folder = '../../../../../docs/runbooks/'
/** One small file each, loaded when it is opened. */
const files = import.meta.glob<string>('../../../../../docs/runbooks/*.md', {
  query: '?raw',
  import: 'default',
})

export default function RunbookView() {
  const { runbook = '' } = useParams({ strict: false })
  const load = files[`${folder}${runbook}.md`]
  const query = useQuery({
    queryKey: ['runbook', runbook],
    queryFn: async () => splitRunbook((await load?.()) ?? ''),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Page title={load === undefined ? 'No such runbook' : (query.data?.title ?? 'Runbook')}>
      <p className="mb-4">
        <Link to="/operator" className="text-accent underline">
          Back to the installation
        </Link>
      </p>
      {load === undefined ? (
        <Empty title="There is no runbook of this name">Those that are there stand in docs/runbooks.</Empty>
      ) : (
        <Loaded query={query} what="the runbook">
          {({ parts }) => (
            <div className="grid max-w-3xl min-w-0 gap-4">
              {parts.map((part, index) => (
                <Part key={`${part.kind} ${part.text}`} part={part} number={index + 1} />
              ))}
            </div>
          )}
        </Loaded>
      )}
    </Page>
  )
}

/** `number`: two blocks of one page have two names. */
function Part({ part, number }: { readonly part: RunbookPart; readonly number: number }) {
  if (part.kind === 'heading') return <h2 className="mt-2 font-semibold text-lg">{part.text}</h2>
  if (part.kind === 'code')
    return (
      <CodeBlock
        text={part.text}
        what={`${part.language === 'promql' ? 'for Prometheus' : part.language === 'sql' ? 'for PostgreSQL' : 'a command'}, part ${number}`}
      />
    )
  return (
    <p className="whitespace-pre-line break-words">
      {splitCode(part.text).map((text, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a piece is
          <code key={index} className="break-all rounded bg-raised px-1 font-mono text-sm">
            {text}
          </code>
        ) : (
          text
        ),
      )}
    </p>
  )
}
