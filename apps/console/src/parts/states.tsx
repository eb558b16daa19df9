/** What a screen shows while it has nothing to show: loading, nothing there, and what went wrong with a way on. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/api.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** Appears after a third of a second: most answers are there before, and a flash tells nobody anything. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p role="status" className="animate-[appear_0s_0.3s_both] p-4 text-muted">
      Loading {what} …
    </p>
  )
}

interface EmptyProps {
  readonly title: string
  /** What would have to happen for there to be something. */
  readonly children?: ReactNode
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="rounded-lg border border-line border-dashed bg-surface p-8 text-center">
      <h2 className="font-semibold">{title}</h2>
      {children !== undefined && <div className="mt-2 text-muted">{children}</div>}
    </div>
  )
}

interface FailureProps {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

/** Why, in words, and what to do; with the request's id for whoever is asked for help. */
export function Failure({ error, onRetry }: FailureProps) {
  const problem = error instanceof ApiProblem ? error : null
  return (
    <div role="alert" className="rounded-lg border border-bad bg-bad-soft p-4 text-bad">
      <p className="flex items-center gap-2 font-semibold">
        <Icon name="warning" /> {titleOf(problem)}
      </p>
      <p className="mt-1 break-words">{error instanceof Error ? error.message : String(error)}</p>
      {problem?.requestId != null && (
        <p className="mt-1 text-sm">
          Request <code className="font-mono">{problem.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
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
  return <Failure error={error} onRetry={reset} />
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
  return <Loading what={what} />
}
