/** A part of the operator's view that can be linked to: its heading, where its figures are from, and its content. */
import type { ReactNode } from 'react'

interface Props {
  readonly id: string
  readonly title: string
  /** What it is measured from. */
  readonly source?: ReactNode
  readonly children: ReactNode
}

export function Section({ id, title, source, children }: Props) {
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="font-semibold text-lg">
        {title}
      </h2>
      {source !== undefined && <p className="mt-0.5 text-muted text-sm">{source}</p>}
      <div className="mt-3">{children}</div>
    </section>
  )
}
