import type { FeedPage, FeedPosition } from '@scanhook/postgres/event-feed'
import type { StoredEvent } from '@scanhook/postgres/events'
import { expect, test } from 'vitest'
import { type Followed, nextPage, streamOf } from './follow-feed.ts'

const place = (xid: number): FeedPosition => ({ xid: String(xid), rowId: null })
const event = (eventId: string): StoredEvent => ({ eventId }) as StoredEvent

/** A feed that has `recorded[n]` at the nth look, and time that only waits move. */
function stage(recorded: readonly (readonly string[])[]) {
  let nowMs = 0
  let looks = 0
  let isStopped = false
  const asked: FeedPosition[] = []
  const waits: number[] = []
  return {
    asked,
    waits,
    stop: () => {
      isStopped = true
    },
    followed: {
      log: 'events_recorded',
      orgId: 1,
      read: async (after: FeedPosition): Promise<FeedPage> => {
        asked.push(after)
        const rows = (recorded[looks] ?? []).map(event)
        looks += 1
        return { rows, next: place(looks), hasMore: false }
      },
    } satisfies Followed<FeedPage>,
    ports: {
      signals: {
        wait: async (_: unknown, waitMs: number) => {
          waits.push(waitMs)
          nowMs += waitMs
        },
        isStopped: () => isStopped,
      },
      clock: { monotonicMs: () => nowMs },
    },
  }
}
const { signal } = new AbortController()

test('F3: each look begins where the one before ended', async () => {
  const { ports, followed, asked } = stage([[], [], ['a']])
  const page = await nextPage(ports, followed, place(0), { waitMs: 30_000, signal })
  expect(page.rows).toEqual([event('a')])
  expect(asked).toEqual([place(0), place(1), place(2)])
})

test('F4: it asks again once a second, and no longer than it may', async () => {
  const { ports, followed, waits } = stage([])
  expect((await nextPage(ports, followed, place(0), { waitMs: 2_500, signal })).rows).toEqual([])
  expect(waits).toEqual([1_000, 1_000, 500])
})

test('without a wait, for a reader that has gone, and at the end of the process there is one look', async () => {
  const still = stage([])
  await nextPage(still.ports, still.followed, place(0), { waitMs: 0, signal })
  const gone = stage([])
  await nextPage(gone.ports, gone.followed, place(0), { waitMs: 9_000, signal: AbortSignal.abort() })
  const stopped = stage([])
  stopped.stop()
  await nextPage(stopped.ports, stopped.followed, place(0), { waitMs: 9_000, signal })
  expect([still, gone, stopped].map(({ asked }) => asked.length)).toEqual([1, 1, 1])
})

const render = ({ rows, next }: FeedPage): string =>
  rows.map(({ eventId }) => `${eventId}@${next.xid} `).join('')

test('a stream tells what comes, says that it is still there, and ends after five minutes', async () => {
  const { ports, followed } = stage([['a', 'b'], [], ['c']])
  const pieces: string[] = []
  const options = { followed, after: place(0), greeting: 'hello', signal, render }
  for await (const piece of streamOf(ports, options)) pieces.push(piece)
  expect(pieces.slice(0, 3)).toEqual(['retry: 1000\n\nhello', 'a@1 b@1 ', 'c@3 '])
  expect(new Set(pieces.slice(3))).toEqual(new Set([': still here\n\n']))
  // One second until `c`, then a word every fifteen.
  expect(pieces.slice(3)).toHaveLength(20)
})

test('nothing is read while nobody takes what was read', async () => {
  const { ports, followed, asked } = stage([['a'], ['b'], ['c']])
  const stream = streamOf(ports, { followed, after: place(0), signal, render })
  for (const _ of ['retry', 'a']) await stream.next()
  expect(asked).toEqual([place(0)])
  await stream.next()
  expect(asked).toEqual([place(0), place(1)])
})

test('once: it tells what is there, page after page, says where it ends, and waits for nothing', async () => {
  const { ports, followed, asked, waits } = stage([['a'], ['b'], []])
  // The first page ends within a transaction.
  const read = async (after: FeedPosition): Promise<FeedPage> => {
    const page = await followed.read(after)
    return asked.length === 1 ? { ...page, next: { xid: '1', rowId: 'a' } } : page
  }
  const options = { followed: { ...followed, read }, after: place(0), greeting: 'hello', signal, render }
  const pieces: string[] = []
  for await (const piece of streamOf(ports, { ...options, isOnce: true })) pieces.push(piece)
  expect(pieces).toEqual(['retry: 1000\n\nhello', 'a@1 ', 'b@2 '])
  const nothing: string[] = []
  const quiet = stage([])
  const stillHere = ({ next }: FeedPage): string => `at ${next.xid}`
  for await (const piece of streamOf(quiet.ports, {
    ...options,
    followed: quiet.followed,
    stillHere,
    isOnce: true,
  }))
    nothing.push(piece)
  expect(nothing.slice(1)).toEqual(['at 1'])
  expect([waits, quiet.waits]).toEqual([[], []])
})
