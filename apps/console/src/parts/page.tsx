/** A screen's title, which is also the document's, what can be done with all of it, and its content. */
import { createContext, type ReactNode, useEffect, useRef } from 'react'
import { focusHeading } from '../shell/focus-heading.ts'

/** What a part stands in: it looks different in place of a whole screen than in a card of one. */
export const Around = createContext<'nothing' | 'page' | 'card'>('nothing')

interface PageProps {
  readonly title: string
  /** Beside the title. */
  readonly actions?: ReactNode
  /** It stands until the screen itself is there. */
  readonly isInterim?: boolean
  readonly children: ReactNode
}

export function Page({ title, actions, isInterim = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – Scanhook`
  }, [title])
  useEffect(() => {
    if (heading.current !== null) focusHeading(heading.current)
  }, [])
  return (
    <div className="mx-auto max-w-7xl">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1
          ref={heading}
          tabIndex={-1}
          data-interim={isInterim ? '' : undefined}
          className="min-w-0 wrap-anywhere font-semibold text-2xl"
        >
          {title}
        </h1>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      <Around value="page">{children}</Around>
    </div>
  )
}

interface CardProps {
  readonly title?: string | undefined
  readonly children: ReactNode
}

export function Card({ title, children }: CardProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface p-4">
      {title !== undefined && <h2 className="mb-3 wrap-anywhere font-semibold">{title}</h2>}
      <Around value="card">{children}</Around>
    </section>
  )
}

/** A name and what it has, in a list of such. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[fit-content(45%)_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
