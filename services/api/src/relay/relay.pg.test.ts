/** The relay of two processes over one PostgreSQL: whatever is said of one holds across both. */
import { randomUUID } from 'node:crypto'
import { systemActor } from '@scanhook/domain/auditing/audit-entry'
import { plainSubscription } from '@scanhook/domain/endpoint'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { endpoints } from '@scanhook/postgres/endpoints'
import {
  type ListenerAnswer,
  type ListenerRequest,
  type ListenerSignal,
  listeners,
  listenListeners,
} from '@scanhook/postgres/listeners'
import { openPostgres, type Postgres } from '@scanhook/postgres/open'
import { organizations } from '@scanhook/postgres/organizations'
import { createTestDatabase, type TestDatabase } from '@scanhook/postgres/test-database'
import { systemClock } from '@scanhook/runtime/clock'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSignals, type Signals } from '../signals/signals.ts'
import {
  answerMaxMs,
  goneAfterMs,
  graceMs,
  listenersOfOrgMax,
  onceMaxMs,
  openRelay,
  type Relay,
  staleMs,
  streamMaxMs,
  waitingMax,
} from './relay.ts'

let database: TestDatabase
let pg: Postgres
let orgId = 0
let ann = { orgId: 0, webhookId: 0, token: '' }
let a: Process
let b: Process

beforeAll(async () => {
  database = await createTestDatabase('relay', process.env['POSTGRES_URL'])
  pg = openPostgres({ url: database.url, log: silentLog, max: 12 })
  a = openProcess()
  b = openProcess()
})
afterAll(async () => {
  await Promise.all([a?.close(), b?.close()])
  await pg?.close()
  await database?.drop()
})
beforeEach(async () => {
  orgId = (await organizations(pg).ensure(randomUUID())).id
  ann = await newListener()
})

const author = (org: number) => ({
  ...{ orgId: org, actor: systemActor, requestId: null },
  ...{ view: () => ({}), hidden: () => ({}) },
})

async function newListener() {
  const token = randomUUID()
  const created = await endpoints(pg).create(
    author(orgId),
    {
      ...{ url: `http://relay.example/${token}`, state: 'active', profile: 'standard', headers: {} },
      ...{ subscriptions: [plainSubscription('*')] },
      secret: { sealed: 'v1.k1.a.b.c', hint: 'abcd', publicKey: null },
      listenerToken: token,
    },
    100,
  )
  if (created.kind !== 'changed') throw new Error(created.kind)
  return { orgId, webhookId: created.row.id, token }
}

interface Process {
  readonly relay: Relay
  /** Its own time goes on by that; the database's does not. */
  readonly pass: (ms: number) => void
  readonly setAway: (isAway: boolean) => void
  readonly close: () => Promise<void>
}

interface ProcessOptions {
  readonly isDeaf?: boolean
  /** Between the look for those who are gone and their removal. */
  readonly onListedGone?: () => Promise<unknown>
}

/** One of the API's processes: a relay, and a connection that hears. */
function openProcess({ isDeaf = false, onListedGone = async () => undefined }: ProcessOptions = {}): Process {
  let passedMs = 0
  let isAway = false
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs }
  const signals: Signals<ListenerSignal> = openSignals<ListenerSignal>({
    what: 'relay',
    listen: async (on) => (isDeaf ? { close: async () => undefined } : listenListeners(pg, on)),
    ...{ clock, log: silentLog },
  })
  const metrics = openMetrics()
  const store = listeners(pg, { staleMs, graceMs })
  const relay = openRelay({
    ...{ clock, newId: randomUUID, log: silentLog, signals },
    store: {
      ...store,
      listGone: async (goneMs, limit) => {
        const gone = await store.listGone(goneMs, limit)
        await onListedGone()
        return gone
      },
    },
    removeGone: ({ orgId: org, webhookId }, goneMs) =>
      isAway
        ? Promise.reject(new Error('away'))
        : endpoints(pg).removeGoneListener(author(org), webhookId, goneMs),
    outcomes: metrics.counter('scanhook_relay_requests_total', 'r', {
      outcome: ['answered', 'nobody', 'too_many', 'late', 'abandoned'],
    }),
    connected: metrics.gauge('scanhook_relay_connected', 'c'),
  })
  return {
    relay,
    pass: (ms) => {
      passedMs += ms
    },
    setAway: (value) => {
      isAway = value
    },
    close: async () => {
      relay.stop()
      await signals.stop()
    },
  }
}

/** Follows; `opened` resolves with its first sign of life, `next` with the next request. */
function open({ relay }: Process, key = ann) {
  const gone = new AbortController()
  const seen: ListenerRequest[] = []
  const wanted: { readonly count: number; readonly resolve: () => void }[] = []
  let begun = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    begun = resolve
  })
  const ended = (async () => {
    for await (const some of relay.follow(key, { signal: gone.signal })) {
      begun()
      seen.push(...some)
      for (const { count, resolve } of wanted) if (seen.length >= count) resolve()
    }
    begun()
  })()
  return {
    ...{ seen, opened, ended },
    reach: (count: number) =>
      seen.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => void wanted.push({ count, resolve })),
    leave: async () => {
      gone.abort()
      await ended
    },
  }
}
const never = new AbortController().signal
const send = ({ relay }: Process, text: string, { token = ann.token, signal = never } = {}) =>
  relay.receive(token, { headers: [['Webhook-Id', text]], body: Buffer.from(text) }, signal)
const ok: ListenerAnswer = { status: 201, headers: { 'x-a': 'b' }, body: Buffer.from('done') }
/** As if nobody had been seen for that long. */
async function age(ms: number, { webhookId } = ann): Promise<void> {
  const session = await pg.openSession({ onNotification: () => undefined, onEnd: () => undefined })
  await session.query(
    `update listeners set seen_at = now() - $1 * interval '1 millisecond' where endpoint_id = $2`,
    [ms, webhookId],
  )
  await session.close()
}

test.each([
  ['one process', () => [a, a, a]],
  ['stream at another', () => [a, b, b]],
  ['request at another', () => [b, a, a]],
  ['answer at another', () => [a, a, b]],
] as const)(
  'R1: a request has the first answer that its listener brings, and a late one is told so: %s',
  async (_, of) => {
    const [sender, follower, answerer] = of() as [Process, Process, Process]
    const stream = open(follower)
    await stream.opened
    const answered = send(sender, 'one')
    await stream.reach(1)
    expect(stream.seen.map(({ headers, body }) => [headers, String(body)])).toEqual([
      [[['Webhook-Id', 'one']], 'one'],
    ])
    const id = stream.seen[0]?.id ?? ''
    expect(await answerer.relay.answer(ann, id, ok)).toBe(true)
    expect(await answerer.relay.answer(ann, id, { ...ok, status: 500 })).toBe(false)
    expect(await answered).toEqual({ kind: 'answered', answer: ok })
    await stream.leave()
  },
)

test('R1: a listener that comes again gets what was not answered again, under the same id, at another process', async () => {
  const first = open(a)
  await first.opened
  const answered = send(b, 'one')
  await first.reach(1)
  await first.leave()
  const second = open(b)
  await second.reach(1)
  expect(second.seen).toEqual(first.seen)
  expect(await b.relay.answer(ann, second.seen[0]?.id ?? '', ok)).toBe(true)
  expect((await answered).kind).toBe('answered')
  await second.leave()
})

test('R1: a later stream ends the one before, wherever it is, and gets what comes from then on', async () => {
  const first = open(a)
  await first.opened
  const second = open(b)
  await second.opened
  await first.ended
  void send(a, 'one')
  await second.reach(1)
  expect(first.seen).toEqual([])
  await second.leave()
})

test('R1, R2: when the process of the stream dies, requests wait for the listener at another one', async () => {
  const killed = openProcess()
  const stream = killed.relay.follow(ann, { signal: never })
  await stream.next()
  // Nothing of it is said to anybody: neither that it ended, nor that it lives.
  const answered = send(b, 'one')
  const second = open(b)
  await second.reach(1)
  await b.relay.answer(ann, second.seen[0]?.id ?? '', ok)
  expect((await answered).kind).toBe('answered')
  await second.leave()
  await killed.close()
  await stream.return(undefined)
})

test('R2: no answer is waited for for ever, and nobody who is away for longer than a moment', async () => {
  const patient = openProcess()
  const first = open(a)
  await first.opened
  const late = send(patient, 'one')
  await first.reach(1)
  patient.pass(answerMaxMs)
  expect((await late).kind).toBe('late')
  const waits = send(b, 'two')
  await first.reach(2)
  await first.leave()
  await age(graceMs)
  expect((await waits).kind).toBe('nobody')
  expect((await send(a, 'three')).kind).toBe('nobody')
  await patient.close()
})

test('R2: a sender that goes is waited for no longer, and its request is not handed over', async () => {
  const stream = open(a)
  await stream.opened
  await stream.leave()
  const gone = new AbortController()
  const abandoned = send(b, 'four', { signal: gone.signal })
  gone.abort()
  expect((await abandoned).kind).toBe('abandoned')
  const second = open(a)
  await second.opened
  const next = send(b, 'five')
  await second.reach(1)
  expect(second.seen.map(({ body }) => String(body))).toEqual(['five'])
  await a.relay.answer(ann, second.seen[0]?.id ?? '', ok)
  await next
  await second.leave()
})

test('R2: a stream ends after five minutes, and with the process', async () => {
  const aged = openProcess()
  const first = open(aged)
  await first.opened
  aged.pass(streamMaxMs)
  await first.ended
  const second = open(aged)
  await second.opened
  const waits = send(aged, 'one')
  await second.reach(1)
  await aged.close()
  await second.ended
  expect((await waits).kind).toBe('nobody')
})

test('R3: one request more than may wait is told to come again, and so is one listener more', async () => {
  const stream = open(a)
  await stream.opened
  const all = Array.from({ length: waitingMax }, (_, index) => send(a, `${index}`))
  await stream.reach(waitingMax)
  expect((await send(a, 'x')).kind).toBe('too_many')
  await Promise.all(stream.seen.map(({ id }) => a.relay.answer(ann, id, ok)))
  expect(new Set((await Promise.all(all)).map(({ kind }) => kind))).toEqual(new Set(['answered']))
  await stream.leave()
  for (let index = 1; index < listenersOfOrgMax; index += 1) {
    expect(await b.relay.hasRoom(orgId)).toBe(true)
    await newListener()
  }
  expect(await b.relay.hasRoom(orgId)).toBe(false)
})

test('R4: another organization neither follows nor answers', async () => {
  const other = (await organizations(pg).ensure(randomUUID())).id
  const theirs = { ...ann, orgId: other }
  expect(await a.relay.exists(theirs)).toBe(false)
  expect(await a.relay.list(other)).toEqual([])
  const strange = open(a, theirs)
  await strange.ended
  const stream = open(a)
  await stream.opened
  const answered = send(a, 'one')
  await stream.reach(1)
  const id = stream.seen[0]?.id ?? ''
  expect(await b.relay.answer(theirs, id, ok)).toBe(false)
  expect(await b.relay.answer(ann, id, ok)).toBe(true)
  await answered
  await stream.leave()
})

test('R5: a listener that nobody follows is removed with its webhook, also when the database was away', async () => {
  const isThere = async () => (await endpoints(pg).find(orgId, ann.webhookId)) !== null
  await age(goneAfterMs - 60_000)
  await b.relay.removeGone(10)
  expect(await isThere()).toBe(true)
  await age(goneAfterMs + 1_000)
  b.setAway(true)
  await expect(b.relay.removeGone(10)).rejects.toThrow('away')
  b.setAway(false)
  const removed = await Promise.all([a.relay.removeGone(10), b.relay.removeGone(10)])
  expect(removed.toSorted()).toEqual([0, 1])
  expect([await isThere(), await a.relay.exists(ann)]).toEqual([false, false])
})

test('R5: who comes back after one process has found the listener gone, and before it is removed, stays', async () => {
  await age(goneAfterMs + 1_000)
  const late = openProcess({
    onListedGone: async () => {
      const stream = open(b)
      await stream.opened
      await stream.leave()
    },
  })
  expect(await late.relay.removeGone(10)).toBe(0)
  expect(await endpoints(pg).find(orgId, ann.webhookId)).not.toBeNull()
  const stream = open(b)
  await stream.opened
  const waits = send(a, 'still here')
  await stream.reach(1)
  await b.relay.answer(ann, stream.seen[0]?.id ?? '', ok)
  expect((await waits).kind).toBe('answered')
  await stream.leave()
  await late.close()
})

test('R5: whoever follows while two processes remove either stays with the webhook or is told, and never half of it', async () => {
  for (let round = 0; round < 12; round += 1) {
    const key = await newListener()
    await age(goneAfterMs + 1_000, key)
    const gone = new AbortController()
    const follow = async (): Promise<boolean> => {
      for await (const _ of b.relay.follow(key, { signal: gone.signal })) return true
      return false
    }
    const acts = [() => a.relay.removeGone(100), follow, () => b.relay.removeGone(100)]
    const [first, second, third] = round % 2 === 0 ? acts : acts.toReversed()
    await Promise.all([first?.(), second?.(), third?.()])
    gone.abort()
    const isThere = (await endpoints(pg).find(orgId, key.webhookId)) !== null
    expect(await a.relay.exists(key)).toBe(isThere)
    // Whoever follows a listener that is there, is heard; one that is gone ends at once.
    expect(await follow()).toBe(isThere)
  }
})

test('a webhook that is deleted ends its listener, at every process', async () => {
  const stream = open(a)
  await stream.opened
  const waits = send(a, 'one')
  await stream.reach(1)
  await endpoints(pg).remove(author(orgId), ann.webhookId)
  await b.relay.remove(ann)
  await stream.ended
  expect((await waits).kind).toBe('nobody')
  expect(await a.relay.list(orgId)).toEqual([])
})

test('R6: requests and answers come without a single signal, too', async () => {
  const deaf = openProcess({ isDeaf: true })
  const stream = open(deaf)
  await stream.opened
  const answered = send(deaf, 'one')
  await stream.reach(1)
  await deaf.relay.answer(ann, stream.seen[0]?.id ?? '', ok)
  expect((await answered).kind).toBe('answered')
  await stream.leave()
  await deaf.close()
})

test('listeners of a version before are taken over', async () => {
  const store = listeners(pg, { staleMs, graceMs })
  await store.remove(ann)
  await store.adopt('http://relay.example/')
  expect(await store.exists(ann)).toBe(true)
})

/** One answer that ends: what it gave. */
async function askOnce(
  { relay }: Process,
  handed: readonly string[] = [],
): Promise<readonly ListenerRequest[]> {
  const seen: ListenerRequest[] = []
  for await (const some of relay.follow(ann, { signal: never, handed, once: 'waiting' })) seen.push(...some)
  return seen
}

test('R7: in answers that end, at whichever process, each request is given once to who names what it has, and nobody is turned away between them', async () => {
  const first = askOnce(a)
  await waitUntilFollowed()
  const answeredOne = send(b, 'one')
  const [one] = await first
  expect(String(one?.body)).toBe('one')
  // Nobody follows at this moment, and the sender is not told so.
  const answeredTwo = send(a, 'two')
  const next = await askOnce(b, [one?.id ?? ''])
  expect(next.map(({ body }) => String(body))).toEqual(['two'])
  // Who does not say what it has is given all that wait: it may have been started anew.
  const again = await askOnce(a)
  expect(again.map(({ body }) => String(body))).toEqual(['one', 'two'])
  for (const { id } of again) expect(await b.relay.answer(ann, id, ok)).toBe(true)
  expect(await Promise.all([answeredOne, answeredTwo])).toEqual([
    { kind: 'answered', answer: ok },
    { kind: 'answered', answer: ok },
  ])
})

test('R7: an answer that ends and has nothing to give ends by its time', async () => {
  const timer = setInterval(() => a.pass(onceMaxMs), 20)
  expect(await askOnce(a).finally(() => clearInterval(timer))).toEqual([])
})

async function waitUntilFollowed(): Promise<void> {
  await expect
    .poll(async () => (await a.relay.list(orgId)).map(({ isConnected }) => isConnected))
    .toEqual([true])
}
