/** "3 minutes ago", with the exact instant in the title and for machines. All on a page tick together, once in ten seconds. */
import { useSyncExternalStore } from 'react'
import { sayRelative } from './say-relative.ts'

const tickMs = 10_000
const listeners = new Set<() => void>()
let nowMs = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  nowMs = Date.now()
  timer ??= setInterval(() => {
    nowMs = Date.now()
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

interface Props {
  /** RFC 3339. */
  readonly at: string | null | undefined
  /** Instead of a time that is not there. */
  readonly none?: string
}

export function RelativeTime({ at, none = '–' }: Props) {
  const now = useSyncExternalStore(subscribe, () => nowMs)
  if (at === null || at === undefined) return <>{none}</>
  return (
    <time dateTime={at} title={exactly(at)} className="whitespace-nowrap">
      {sayRelative(Date.parse(at), now)}
    </time>
  )
}

const exact = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  },
})

/** In this person's zone and language, to the millisecond. */
export function exactly(at: string): string {
  return exact.format(new Date(at))
}

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** In this person's zone and language, to the second: within a sentence. */
export function locally(at: string): string {
  return local.format(new Date(at))
}
