/** Where nothing is yet: what this is, and the ways to the first one. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

interface Props {
  /** "asset". */
  readonly what: string
  readonly importPath: string
  /** What it is. */
  readonly children: ReactNode
}

/** Ten readers and two hundred assets in a minute: enough for every screen to have something to show. */
const simulation = 'bin/scanhook simulate --readers 10 --tags 200 --seconds 60'

export function FirstSteps({ what, importPath, children }: Props) {
  return (
    <div className="mx-auto grid max-w-2xl gap-3 text-start">
      <p>{children}</p>
      <ol className="grid list-decimal gap-2 ps-5">
        <li>Make one: “New {what}”, above.</li>
        <li>
          Or{' '}
          <Link to={importPath} className="text-accent underline">
            import a file
          </Link>{' '}
          with many of them, CSV or NDJSON; a dry run says first what would come of it.
        </li>
        <li>
          Or see it move without hardware: a simulated warehouse makes locations, readers and assets, and
          sends their reads.
          <span className="mt-1 flex flex-wrap items-center gap-2">
            <code className="rounded bg-raised px-2 py-1 font-mono text-sm text-text">{simulation}</code>
            <CopyButton text={simulation} what="the command" />
          </span>
        </li>
      </ol>
    </div>
  )
}
