/** A link that looks like a button: it leads to another screen. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface Props {
  /** As the router writes it. */
  readonly to: string
  readonly children: ReactNode
}

export function LinkButton({ to, children }: Props) {
  return (
    <Link
      to={to}
      className="inline-flex min-h-10 items-center justify-center gap-2 rounded-md border border-edge bg-surface px-3.5 py-1.5 hover:bg-raised"
    >
      {children}
    </Link>
  )
}
