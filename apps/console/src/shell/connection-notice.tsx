/** What is shown may be old: said once, in words and with its time, and taken back when the connection is there again. */
import { onlineManager, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

export function ConnectionNotice() {
  const queries = useQueryClient()
  // As the queries see it, which wait while it is away and go on by themselves.
  const [seenAtMs, setSeenAtMs] = useState<number | null>(null)
  useEffect(() => {
    const update = (): void => setSeenAtMs(onlineManager.isOnline() ? null : oldestShownAtMs(queries))
    update()
    return onlineManager.subscribe(update)
  }, [queries])
  return (
    <div role="status">
      {seenAtMs !== null && (
        <p className="mb-4 rounded-md border border-warn bg-warn-soft p-3 text-warn">
          You are offline. What you see is of{' '}
          <time dateTime={new Date(seenAtMs).toISOString()}>{clock.format(seenAtMs)}</time>; it is asked for
          again by itself when the connection is back.
        </p>
      )}
    </div>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

/** Of all that is on the screen, what was asked for the longest time ago. */
function oldestShownAtMs(queries: QueryClient): number {
  const times = queries
    .getQueryCache()
    .findAll({ type: 'active' })
    .map(({ state }) => state.dataUpdatedAt)
  return Math.min(Date.now(), ...times.filter((ms) => ms > 0))
}
