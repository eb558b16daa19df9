import { setImmediate as settled } from 'node:timers/promises'
import { bytesOf } from '@scanhook/client/bytes-of'
import type { ListenerQuery } from '@scanhook/client/follow-listener'
import { expect, test } from 'vitest'
import { CliError, exitCodes } from './exit-codes.ts'
import { openAnswers } from './listening/bring-answers.ts'
import { listenLoop } from './listening/listen-loop.ts'
import type { BroughtAnswer } from './listening/relayed-request.ts'
import { type BatchAnswer, openBatches } from './send-batches.ts'

const answer = (requestId: string): BroughtAnswer => ({
  requestId,
  status: 200,
  headers: {},
  body: Buffer.from(''),
})

function stageAnswers(statuses: readonly (number | 'away')[]) {
  const sent: string[][] = []
  const pauses: number[] = []
  let underWay = 0
  let mostUnderWay = 0
  const answers = openAnswers({
    isOver: () => false,
    onLate: () => undefined,
    pause: async (ms) => void pauses.push(ms),
    send: async (all) => {
      underWay += 1
      mostUnderWay = Math.max(mostUnderWay, underWay)
      await settled()
      underWay -= 1
      const status = statuses[sent.length] ?? 200
      sent.push(all.map((each) => each.request_id))
      if (status === 'away') throw new Error('no connection')
      return { status, retryAfterMs: status === 429 ? 7_000 : 0, late: [] }
    },
  })
  return { answers, sent, pauses, mostUnderWay: () => mostUnderWay }
}

test('A1: one request at a time; what gathers goes with the next, and none before Retry-After', async () => {
  const { answers, sent, pauses, mostUnderWay } = stageAnswers([200, 429])
  for (const id of ['a', 'b', 'c']) answers.bring(answer(id))
  await answers.idle()
  expect(sent).toEqual([['a'], ['b', 'c'], ['b', 'c']])
  expect([pauses, mostUnderWay()]).toEqual([[7_000], 1])
})

test('A2: an answer is brought again when there was no connection, and not when it was refused', async () => {
  const { answers, sent } = stageAnswers(['away', 503, 400])
  answers.bring(answer('a'))
  await answers.idle()
  expect(sent).toEqual([['a'], ['a'], ['a']])
})

const message = (id: string): string =>
  `event: request\ndata: ${JSON.stringify({ request_id: id, headers: [['webhook-id', id]], body_base64: '' })}\n\n`

/** Streams that say this, one after the other; `held`: one that a proxy holds back. Then it is interrupted. */
function stageLoop(streams: readonly (readonly string[] | Error | 'held')[], { isAnswered = true } = {}) {
  const interrupted = new AbortController()
  const [forwarded, brought]: [string[], string[]] = [[], []]
  const asked: ListenerQuery[] = []
  const told: string[] = []
  const ended = listenLoop({
    interrupted: interrupted.signal,
    after: (delayMs, act) => {
      // Until a greeting is missed, and until silence is: longer than anything here lasts, but for what is held back.
      const timer = setTimeout(act, delayMs >= 10_000 ? 50 : 0)
      return () => clearTimeout(timer)
    },
    random: () => 1,
    monotonicMs: () => 0,
    isFinal: (error) => error instanceof CliError,
    open: async (query, signal) => {
      const stream = streams[asked.length] ?? []
      asked.push(query)
      if (stream instanceof Error) throw stream
      if (stream === 'held')
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('held back'))),
        )
      const isLast = asked.length >= streams.length
      return ReadableStream.from(
        (async function* () {
          for (const text of stream) {
            yield Buffer.from(text)
            await settled()
          }
          if (isLast) interrupted.abort()
        })(),
      )
    },
    forward: async ({ id }) => {
      forwarded.push(id)
      if (!isAnswered) await new Promise(() => undefined)
      return { status: 200, headers: {}, body: Buffer.from('') }
    },
    bring: ({ requestId }) => void brought.push(requestId),
    told: {
      came: () => undefined,
      answered: () => undefined,
      connected: (how, isFirst) => void told.push(`${how}${isFirst ? ', first' : ''}`),
      lost: () => void told.push('lost'),
    },
  })
  return { ended, forwarded, brought, asked, told }
}

test('L1: a request is forwarded once, and its answer brought again when it is asked for again', async () => {
  const { ended, forwarded, brought } = stageLoop([
    [message('a'), message('a')],
    [message('b'), message('a')],
  ])
  await ended
  expect([forwarded, brought]).toEqual([
    ['a', 'b'],
    ['a', 'a', 'b', 'a'],
  ])
})

test('L2: a stream that breaks is opened again; a refusal ends the loop', async () => {
  const broken = stageLoop([new Error('reset'), [message('a')], new Error('reset'), [message('b')]])
  await broken.ended
  expect(broken.forwarded).toEqual(['a', 'b'])
  // Once as a stream, and once as an answer that ends: a proxy may be what refuses streams.
  const gone = new CliError(exitCodes.notFound, 'gone')
  const refused = stageLoop([[message('a')], gone, gone, [message('b')]])
  await expect(refused.ended).rejects.toThrow('gone')
  expect(refused.forwarded).toEqual(['a'])
})

test('L4: behind a proxy that holds streams back it asks for answers that end, and names what it has not answered yet', async () => {
  const held = stageLoop(['held', [message('a')], [message('b')], []], { isAnswered: false })
  await held.ended
  expect(held.forwarded).toEqual(['a', 'b'])
  expect(held.asked).toEqual([
    {},
    { once: true, wait: false, handed: [] },
    { once: true, wait: true, handed: ['a'] },
    { once: true, wait: true, handed: ['a', 'b'] },
  ])
  expect(held.told).toEqual(['answers, first'])
})

test('L3: whoever ends it waits for nothing more of a stream that says nothing', async () => {
  let cancelled = 0
  const silent = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled += 1
    },
  })
  const ending = new AbortController()
  const all = Array.fromAsync(bytesOf(silent, ending.signal))
  await settled()
  ending.abort()
  expect([await all, cancelled]).toEqual([[], 1])
})

test('L3: what was being forwarded when somebody ended it is told and brought no more', async () => {
  const interrupted = new AbortController()
  const forwarded = Promise.withResolvers<void>()
  const said: string[] = []
  await listenLoop({
    ...{ interrupted: interrupted.signal, random: () => 1, monotonicMs: () => 0, isFinal: () => false },
    after: () => () => undefined,
    open: async () => ReadableStream.from([Buffer.from(message('a'))]),
    forward: async () => {
      interrupted.abort()
      forwarded.resolve()
      return { status: 502, headers: {}, body: Buffer.from('') }
    },
    bring: () => void said.push('brought'),
    told: {
      ...{ came: () => void said.push('came'), answered: () => void said.push('answered') },
      ...{ connected: () => undefined, lost: () => undefined },
    },
  })
  await forwarded.promise
  await settled()
  expect(said).toEqual(['came'])
})

const taken = (accepted: number): BatchAnswer => ({
  ...{ status: 202, retryAfterMs: 0, detail: '' },
  submission: { accepted, duplicates: 0, dropped: 0, rejected: [] },
})
const refusal = (status: number): BatchAnswer => ({
  status,
  retryAfterMs: 3_000,
  submission: null,
  detail: 'no',
})

function stageBatches(outcomes: readonly (BatchAnswer | Error)[]) {
  const posted: (readonly unknown[])[] = []
  const keys: (string | undefined)[] = []
  const pauses: number[] = []
  let uuids = 0
  const batches = openBatches({
    newUuid: () => {
      uuids += 1
      return `key-${uuids}`
    },
    interrupted: new AbortController().signal,
    say: () => undefined,
    pause: async (ms) => void pauses.push(ms),
    post: async ({ items, idempotencyKey }) => {
      const outcome = outcomes[posted.length] ?? taken(items.length)
      posted.push(items)
      keys.push(idempotencyKey)
      if (outcome instanceof Error) throw outcome
      return outcome
    },
  })
  return { ...batches, posted, keys, pauses }
}

test('B1: what could not be taken is sent again after the wait, before what is behind it', async () => {
  const { send, sums, posted, pauses } = stageBatches([
    refusal(429),
    new Error('away'),
    refusal(503),
    taken(2),
  ])
  await send([1, 2])
  await send([3])
  expect(posted).toEqual([[1, 2], [1, 2], [1, 2], [1, 2], [3]])
  expect([pauses, sums.accepted]).toEqual([[3_000, 1_000, 3_000], 3])
})

test.each([429, 500, 502, 503, 504])('B1: %i leaves nothing out', async (status) => {
  const { send, sums, posted } = stageBatches([refusal(status)])
  await send([1, 2])
  expect([posted.length, sums]).toEqual([2, expect.objectContaining({ sent: 2, accepted: 2, rejected: 0 })])
})

test('B1: what is never taken ends it, with what the API said', async () => {
  const { send, posted } = stageBatches(Array(60).fill(refusal(500)))
  await expect(send([1])).rejects.toMatchObject({
    ...{ exitCode: exitCodes.unreachable, message: 'the API takes nothing: no' },
  })
  expect(posted.length).toBe(60)
})

test('B3: a batch keeps its key, also while its first try is under way, and the next one has another', async () => {
  const conflict = refusal(409)
  const { send, sums, keys, pauses } = stageBatches([new Error('reset'), conflict, taken(2)])
  await send([1, 2])
  await send([3])
  expect(keys).toEqual(['key-1', 'key-1', 'key-1', 'key-2'])
  expect([pauses, sums.accepted]).toEqual([[1_000, 3_000], 3])
  // Without a time to come again it is another conflict, which passes by no waiting.
  const refused = stageBatches([{ ...conflict, retryAfterMs: 0 }])
  await refused.send([1])
  expect([refused.keys.length, refused.sums.rejected]).toEqual([1, 1])
})

test('B2: what is refused is counted and not sent again; a key that may not ends it', async () => {
  const { send, sums, posted } = stageBatches([refusal(400), refusal(403)])
  await send([1, 2])
  expect([posted.length, sums.rejected]).toEqual([1, 2])
  await expect(send([3])).rejects.toMatchObject({ exitCode: exitCodes.forbidden })
})
