/** What a screen shows while it has nothing to show: loading, nothing there, and what went wrong with a way on. */

import type { UseQueryResult } from '@tanstack/react-query'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { type ReactNode, useContext, useEffect } from 'react'
import { ApiProblem } from '../api/api.ts'
import { ScreenNotLoaded } from '../shell/load-screen.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { missingScope } from './missing-scope.ts'
import { Around, Card, Page } from './page.tsx'
import { Sentence } from './sentence.tsx'

/**
 * Something of the shape that comes, so that little jumps when it does. Seen after a third of a second: most answers are there
 * before, and a flash tells nobody anything; its room is taken at once.
 */
export function Loading({ what }: { readonly what: string }) {
  const around = useContext(Around)
  if (around === 'nothing')
    return (
      <Page title={`Loading ${what} …`} isInterim>
        <Card>
          <Lines />
        </Card>
      </Page>
    )
  return (
    <div data-loading className="animate-[appear_0s_0.3s_both]">
      <p role="status" className="mb-2 text-muted">
        Loading {what} …
      </p>
      {around === 'card' ? <Lines /> : <Rows />}
    </div>
  )
}

function Lines() {
  return (
    <div aria-hidden="true" data-loading className="grid animate-pulse gap-3 py-1">
      <div className="h-4 w-4/5 rounded bg-raised" />
      <div className="h-4 w-3/5 rounded bg-raised" />
      <div className="h-4 w-2/3 rounded bg-raised" />
    </div>
  )
}

/** A table's header and some rows, as high as theirs. */
function Rows() {
  return (
    <div aria-hidden="true" className="overflow-hidden rounded-lg border border-line bg-surface">
      <div className="h-9 bg-raised" />
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row} className="flex h-13 animate-pulse items-center gap-6 border-line border-t px-4">
          <div className="h-4 w-1/3 rounded bg-raised" />
          <div className="h-4 w-1/6 rounded bg-raised" />
          <div className="h-4 w-1/4 rounded bg-raised" />
        </div>
      ))}
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  /** What would have to happen for there to be something. */
  readonly children?: ReactNode
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="rounded-lg border border-line border-dashed bg-surface p-6 text-center sm:p-8">
      <h2 className="wrap-anywhere font-semibold">{title}</h2>
      {children !== undefined && (
        <div className="wrap-anywhere mx-auto mt-2 max-w-prose text-muted">{children}</div>
      )}
    </div>
  )
}

interface FailureProps {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

/** Why, in words, and what to do; with the request's id for whoever is asked for help. In place of a screen, it is one. */
export function Failure({ error, onRetry }: FailureProps) {
  const around = useContext(Around)
  const problem = error instanceof ApiProblem ? error : null
  const title = titleOf(problem)
  const box = (
    <div role="alert" className="rounded-lg border border-bad bg-bad-soft p-4 text-bad">
      {around !== 'nothing' && (
        <p className="mb-1 flex items-center gap-2 font-semibold">
          <Icon name="warning" /> {title}
        </p>
      )}
      <p className="wrap-anywhere first-letter:uppercase">
        <Sentence text={sayWhy(error)} />
      </p>
      {problem?.requestId != null && (
        <p className="mt-1 text-sm">
          Request <code className="wrap-anywhere font-mono">{problem.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && problem?.status !== 403 && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
  return around === 'nothing' ? <Page title={title}>{box}</Page> : box
}

/** Of a refusal, what is missing, and who can give it. */
function sayWhy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (!(error instanceof ApiProblem) || error.status !== 403) return text
  const scope = missingScope(text)
  return scope === null
    ? text
    : `Your session lacks the scope ${scope}. Whoever manages the keys of your organization can make a link or a key that has it.`
}

function titleOf(problem: ApiProblem | null): string {
  switch (problem?.status) {
    case 0:
      return 'No answer'
    case 403:
      return 'You may not see this'
    case 404:
      return 'It is not there'
    case 429:
      return 'Too many requests'
    default:
      return 'That did not work'
  }
}

/** For the router: a screen threw, or its code could not be loaded. */
export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  const isNotLoaded = error instanceof ScreenNotLoaded
  useEffect(() => {
    if (!isNotLoaded) return
    const reload = (): void => window.location.reload()
    window.addEventListener('online', reload)
    return () => window.removeEventListener('online', reload)
  }, [isNotLoaded])
  return <Failure error={error} onRetry={isNotLoaded ? () => window.location.reload() : reset} />
}

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>
  /** "the webhooks". */
  readonly what: string
  readonly children: (data: T) => ReactNode
}

/** The data of a query, or why there is none. Old data stay on the screen when asking anew fails. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && (
          <div className="mb-3">
            <Failure error={query.error} onRetry={() => void query.refetch()} />
          </div>
        )}
        {children(query.data)}
      </>
    )
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  if (query.fetchStatus === 'paused')
    return (
      <Empty title={`Offline: ${what} can’t be asked for`}>
        It is asked for by itself as soon as the connection is back.
      </Empty>
    )
  return <Loading what={what} />
}
