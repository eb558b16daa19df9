/** A screen's title, which is also the document's, what can be done with all of it, and its content. */
import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  /** Beside the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – Scanhook`
  }, [title])
  return (
    <div className="mx-auto max-w-6xl">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="min-w-0 break-words font-semibold text-2xl">{title}</h1>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
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
      {title !== undefined && <h2 className="mb-3 font-semibold">{title}</h2>}
      {children}
    </section>
  )
}

/** A name and what it has, in a list of such. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(8rem,max-content)_1fr] gap-x-4 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
