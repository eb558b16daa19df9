import { expect, test } from 'vitest'
import { type Following, type FollowStreamOptions, followStream } from './follow-stream.ts'

type Piece = string | Error | 'silence'

/** Streams that say these pieces, one stream after the other; then the signal ends it. Time is only what is waited for. */
function stage(streams: readonly (readonly Piece[] | Error)[]) {
  const stop = new AbortController()
  const asked: (string | undefined)[] = []
  const told: string[][] = []
  const connected: (Following | null)[] = []
  const ways: Following[] = []
  const pauses: number[] = []
  const options: FollowStreamOptions = {
    open: async (after, signal, how) => {
      const pieces = streams[asked.length]
      asked.push(after)
      if (pieces !== undefined) ways.push(how)
      if (pieces === undefined) {
        stop.abort()
        throw new Error('no more')
      }
      if (pieces instanceof Error) throw pieces
      return bytesOf(pieces, signal)
    },
    isFinal: (error) => error instanceof RangeError,
    onMessages: (messages) => told.push(messages.map(({ data }) => data)),
    onConnected: (how) => connected.push(how),
    place: {},
    signal: stop.signal,
    after: (delayMs, act) => {
      // Of a greeting that does not come, and of silence after it: over at once where there is nothing else to come.
      const isWatch = [10_000, 20_000, 45_000].includes(delayMs)
      if (!isWatch) pauses.push(delayMs)
      const timer = setTimeout(act, isWatch ? 5 : 0)
      return () => clearTimeout(timer)
    },
    random: () => 1,
  }
  return { options, asked, told, connected, pauses, ways }
}

function bytesOf(pieces: readonly Piece[], signal: AbortSignal): ReadableStream<Uint8Array> {
  const left = [...pieces]
  return new ReadableStream({
    pull: async (controller) => {
      const piece = left.shift()
      if (piece === undefined) controller.close()
      else if (piece instanceof Error) controller.error(piece)
      else if (piece !== 'silence') controller.enqueue(new TextEncoder().encode(piece))
      else {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        controller.error(new Error('aborted'))
      }
    },
  })
}

test('S1: messages come up to a place, and what had none yet comes with the next stream, once', async () => {
  const { options, asked, told, connected } = stage([
    ['data: a\n\nid: 1\nda', 'ta: b\n\ndata: c\n\n', new Error('reset')],
    ['data: c\n\nid: 2\ndata: d\n\n: still here\nid: 3\n\n'],
  ])
  await followStream(options)
  expect(told).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  expect(asked).toEqual([undefined, '1', '3'])
  expect(connected).toEqual(['stream', null, 'stream', null])
  expect(options.place).toEqual({ after: '3' })
})

test('S2: what failed is tried again, ever more rarely; what is final is thrown', async () => {
  const away = new Error('away')
  const { options, pauses } = stage([away, away, away, ['id: 1\ndata: a\n\n'], away, new RangeError('no')])
  await expect(followStream(options)).rejects.toThrow('no')
  expect(pauses).toEqual([500, 1_000, 2_000, 250, 500])
})

test('S3: who says nothing for too long is left', async () => {
  const { options, asked, told } = stage([['id: 1\ndata: a\n\n', 'silence'], ['id: 2\ndata: b\n\n']])
  await followStream(options)
  expect([told, asked.slice(0, 2)]).toEqual([
    [['a'], ['b']],
    [undefined, '1'],
  ])
})

test('S3: a stream that is opened and never says anything has failed, and was not connected; three in a row are three failures', async () => {
  const { options, connected, asked, told } = stage([['silence'], [], ['silence'], ['id: 1\ndata: a\n\n']])
  const failures: number[] = []
  const isFinal = (_: unknown, count: number): boolean => {
    failures.push(count)
    return count === 3
  }
  await expect(followStream({ ...options, isFinal })).rejects.toThrow()
  expect([failures, connected, asked.length]).toEqual([[1, 2, 3], [null], 3])
  await followStream({ ...options, isFinal })
  expect([connected.slice(1), told]).toEqual([['stream', null], [['a']]])
})

const refused = new RangeError('no')
const away = new Error('away')

test.each([
  ['says nothing', [['silence']]],
  ['is refused', [refused]],
  ['ends twice without a word', [[], []]],
] as const)(
  'S4: a stream that %s is asked for in answers that end, from its place on, for as long as those are had',
  async (_, kept) => {
    const { options, asked, told, connected, ways, pauses } = stage([
      ...kept,
      ['id: 1\ndata: a\n\n'],
      ['id: 2\ndata: b\n\n'],
      away,
      ['id: 3\ndata: c\n\n'],
    ])
    await followStream({ ...options, answersEveryMs: 3_000 })
    expect(told).toEqual([['a'], ['b'], ['c']])
    const streams = kept.map(() => 'stream')
    expect(ways).toEqual([...streams, 'answers', 'answers', 'answers', 'stream'])
    expect(asked.slice(kept.length)).toEqual([undefined, '1', '2', '2', '3'])
    expect(connected).toEqual([null, 'answers', null, 'stream', null])
    expect(pauses.slice(kept.length)).toEqual([3_000, 3_000, 500, 250])
  },
)

test('S4: what an answer that ends is refused, too, is final; a server that is away is not taken for a proxy in the way', async () => {
  const both = stage([refused, refused])
  await expect(followStream({ ...both.options, answersEveryMs: 3_000 })).rejects.toThrow('no')
  expect(both.ways).toEqual(['stream', 'answers'])
  const short = stage([['id: 1\ndata: a\n\n', away], away, away, ['id: 2\ndata: b\n\n']])
  await followStream({ ...short.options, answersEveryMs: 3_000 })
  expect([short.ways, short.told]).toEqual([
    ['stream', 'stream', 'stream', 'stream'],
    [['a'], ['b']],
  ])
})

test('S1: where messages have no places each is handed on as it comes', async () => {
  const { options, told, asked } = stage([['data: a\n\nda', 'ta: b\n\n', away], [': still here\n\n']])
  await followStream({ ...options, hasNoPlaces: true })
  expect([told, asked]).toEqual([
    [['a'], ['b']],
    [undefined, undefined, undefined],
  ])
})
