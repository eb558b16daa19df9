import type { FeedPage, FeedPosition, FeedQuery } from '@scanhook/postgres/event-feed'
import type { StoredEvent } from '@scanhook/postgres/events'
import { expect, test } from 'vitest'
import { nextPage, streamOf } from './follow-feed.ts'

const place = (xid: number): FeedPosition => ({ xid: String(xid), eventId: null })
const event = (eventId: string): StoredEvent => ({ eventId }) as StoredEvent

/** A feed that has `recorded[n]` at the nth look, and time that only waits move. */
function stage(recorded: readonly (readonly string[])[]) {
  let nowMs = 0
  let looks = 0
  let isStopped = false
  const asked: FeedQuery[] = []
  const waits: number[] = []
  return {
    asked,
    waits,
    stop: () => {
      isStopped = true
    },
    ports: {
      feed: {
        read: async (_: number, query: FeedQuery): Promise<FeedPage> => {
          asked.push(query)
          const rows = (recorded[looks] ?? []).map(event)
          looks += 1
          return { rows, next: place(looks), hasMore: false }
        },
      },
      signals: {
        wait: async (_: number, waitMs: number) => {
          waits.push(waitMs)
          nowMs += waitMs
        },
        isStopped: () => isStopped,
      },
      clock: { monotonicMs: () => nowMs },
    },
  }
}
const query: FeedQuery = { after: place(0), limit: 10 }
const { signal } = new AbortController()

test('F3: each look begins where the one before ended', async () => {
  const { ports, asked } = stage([[], [], ['a']])
  const page = await nextPage(ports, 1, query, { waitMs: 30_000, signal })
  expect(page.rows).toEqual([event('a')])
  expect(asked.map(({ after }) => after)).toEqual([place(0), place(1), place(2)])
})

test('F4: it asks again once a second, and no longer than it may', async () => {
  const { ports, waits } = stage([])
  expect((await nextPage(ports, 1, query, { waitMs: 2_500, signal })).rows).toEqual([])
  expect(waits).toEqual([1_000, 1_000, 500])
})

test('without a wait, for a reader that has gone, and at the end of the process there is one look', async () => {
  const still = stage([])
  await nextPage(still.ports, 1, query, { waitMs: 0, signal })
  const gone = stage([])
  await nextPage(gone.ports, 1, query, { waitMs: 9_000, signal: AbortSignal.abort() })
  const stopped = stage([])
  stopped.stop()
  await nextPage(stopped.ports, 1, query, { waitMs: 9_000, signal })
  expect([still, gone, stopped].map(({ asked }) => asked.length)).toEqual([1, 1, 1])
})

test('a stream tells what comes, says that it is still there, and ends after five minutes', async () => {
  const { ports } = stage([['a', 'b'], [], ['c']])
  const pieces: string[] = []
  const render = (one: StoredEvent, page: FeedPage): string => `${one.eventId}@${page.next.xid} `
  for await (const piece of streamOf(ports, { orgId: 1, query, signal, render })) pieces.push(piece)
  expect(pieces.slice(0, 3)).toEqual(['retry: 1000\n\n', 'a@1 b@1 ', 'c@3 '])
  expect(new Set(pieces.slice(3))).toEqual(new Set([': still here\n\n']))
  // One second until `c`, then a word every fifteen.
  expect(pieces.slice(3)).toHaveLength(20)
})
