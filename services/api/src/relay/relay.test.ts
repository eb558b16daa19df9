import { randomUUID } from 'node:crypto'
import { silentLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { expect, test } from 'vitest'
import {
  answerMaxMs,
  goneAfterMs,
  graceMs,
  listenersOfOrgMax,
  openRelay,
  type RelayAnswer,
  type RelayedRequest,
  stillHereMs,
  streamMaxMs,
  waitingMax,
} from './relay.ts'

/** Time that only the test moves; timers fire in their order, and what they wake runs before the next. */
function handClock() {
  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly act: () => void }>()
  return {
    clock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      after: (delayMs: number, act: () => void) => {
        const timer = { atMs: nowMs + delayMs, act }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
    },
    pass: async (ms: number) => {
      await settled()
      const endMs = nowMs + ms
      for (;;) {
        const next = [...timers].sort((a, b) => a.atMs - b.atMs)[0]
        if (next === undefined || next.atMs > endMs) break
        timers.delete(next)
        nowMs = next.atMs
        next.act()
        await settled()
      }
      nowMs = endMs
      await settled()
    },
  }
}
/** All that is ready to run has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function stage() {
  const { clock, pass } = handClock()
  const removed: number[] = []
  let isAway = false
  const metrics = openMetrics()
  const relay = openRelay({
    clock,
    newId: randomUUID,
    log: silentLog,
    removeEndpoint: async ({ webhookId }) => {
      if (isAway) throw new Error('away')
      removed.push(webhookId)
    },
    outcomes: metrics.counter('scanhook_relay_requests_total', 'r', {
      outcome: ['answered', 'nobody', 'too_many', 'late', 'abandoned'],
    }),
    connected: metrics.gauge('scanhook_relay_connected', 'c'),
  })
  relay.add(ann)
  const open = (key = ann) => {
    const gone = new AbortController()
    const seen: RelayedRequest[] = []
    let stillHere = 0
    const ended = (async () => {
      for await (const some of relay.follow(key, gone.signal) ?? []) {
        seen.push(...some)
        if (some.length === 0) stillHere += 1
      }
    })()
    return { seen, ended, leave: () => gone.abort(), stillHere: () => stillHere }
  }
  const send = (text: string, signal = new AbortController().signal) =>
    relay.receive('ann', { headers: [['Webhook-Id', text]], body: Buffer.from(text) }, signal)
  return { relay, pass, removed, open, send, setAway: (value: boolean) => (isAway = value) }
}
const ann = { orgId: 1, webhookId: 11, token: 'ann' }
const ok: RelayAnswer = { status: 201, headers: { 'x-a': 'b' }, body: Buffer.from('done') }

test('R1: a request has the first answer that its listener brings, and a late one is told so', async () => {
  const { relay, open, send } = stage()
  const { seen } = open()
  await settled()
  const answered = send('one')
  await settled()
  expect(seen.map(({ headers, body }) => [headers, String(body)])).toEqual([[[['Webhook-Id', 'one']], 'one']])
  const { id } = seen[0] as RelayedRequest
  expect(relay.answer(ann, id, ok)).toBe(true)
  expect(relay.answer(ann, id, { ...ok, status: 500 })).toBe(false)
  expect(await answered).toEqual({ kind: 'answered', answer: ok })
})

test('R1: a listener that comes again gets what was not answered again, under the same id', async () => {
  const { relay, open, send } = stage()
  const first = open()
  await settled()
  const answered = send('one')
  await settled()
  first.leave()
  await first.ended
  const second = open()
  await settled()
  expect(second.seen).toEqual(first.seen)
  relay.answer(ann, second.seen[0]?.id ?? '', ok)
  expect((await answered).kind).toBe('answered')
})

test('R1: a later stream ends the one before, and gets what comes from then on', async () => {
  const { open, send } = stage()
  const first = open()
  await settled()
  const second = open()
  await settled()
  await first.ended
  void send('one')
  await settled()
  expect([first.seen.length, second.seen.length]).toEqual([0, 1])
})

test('R2: no answer is waited for for ever, and nobody who is away for longer than a moment', async () => {
  const { open, send, pass } = stage()
  const first = open()
  await settled()
  const late = send('one')
  await pass(answerMaxMs)
  expect((await late).kind).toBe('late')
  first.leave()
  await first.ended
  await pass(graceMs - 1)
  const waits = send('two')
  await pass(1)
  expect((await waits).kind).toBe('nobody')
  expect((await send('three')).kind).toBe('nobody')
  const second = open()
  await settled()
  const gone = new AbortController()
  const abandoned = send('four', gone.signal)
  await pass(graceMs)
  expect(second.seen.length).toBe(1)
  gone.abort()
  expect((await abandoned).kind).toBe('abandoned')
})

test('R2: a stream says that it is still here, and ends after five minutes', async () => {
  const { open, pass } = stage()
  const { ended, stillHere } = open()
  await settled()
  await pass(streamMaxMs + stillHereMs)
  await ended
  expect(stillHere()).toBe(1 + streamMaxMs / stillHereMs)
})

test('R3: one request more than may wait is told to come again, and so is one listener more', async () => {
  const { relay, open, send } = stage()
  open()
  await settled()
  const all = Array.from({ length: waitingMax }, () => send('x'))
  expect((await send('one more')).kind).toBe('too_many')
  for (let id = 1; id < listenersOfOrgMax; id += 1) {
    expect(relay.hasRoom(1)).toBe(true)
    relay.add({ orgId: 1, webhookId: 100 + id, token: `t${id}` })
  }
  expect([relay.hasRoom(1), relay.hasRoom(2)]).toEqual([false, true])
  relay.stop()
  expect(await Promise.all(all)).toEqual(all.map(() => ({ kind: 'nobody' })))
})

test('R4: another organization neither follows nor answers', async () => {
  const { relay, open, send, pass } = stage()
  const { seen } = open()
  await settled()
  const waits = send('one')
  await settled()
  const other = { orgId: 2, webhookId: 11 }
  expect(relay.follow(other, new AbortController().signal)).toBeNull()
  expect(relay.answer(other, seen[0]?.id ?? '', ok)).toBe(false)
  expect(relay.list(2)).toEqual([])
  await pass(answerMaxMs)
  expect((await waits).kind).toBe('late')
})

test('R5: a listener that nobody follows is removed, as soon as the database lets it', async () => {
  const { relay, open, pass, removed, setAway } = stage()
  const { leave, ended } = open()
  await settled()
  await pass(goneAfterMs * 0.9)
  leave()
  await ended
  await pass(goneAfterMs - 1)
  expect(removed).toEqual([])
  setAway(true)
  await pass(1)
  expect([removed, relay.list(1).length]).toEqual([[], 1])
  setAway(false)
  await pass(goneAfterMs)
  expect([removed, relay.list(1)]).toEqual([[11], []])
})

test('R5: a listener whose webhook was deleted is gone at once, and makes room', async () => {
  const { relay, open, send } = stage()
  const { ended } = open()
  await settled()
  const waits = send('one')
  relay.remove(ann)
  await ended
  expect(await waits).toEqual({ kind: 'nobody' })
  expect([relay.list(1), relay.follow(ann, new AbortController().signal)]).toEqual([[], null])
})

test('R5: one that never came is removed too, and one that comes again in time is not', async () => {
  const { open, pass, removed } = stage()
  await pass(goneAfterMs - 1)
  const { leave, ended } = open()
  await pass(goneAfterMs / 2)
  leave()
  await ended
  open()
  await pass(streamMaxMs + goneAfterMs - 1)
  expect(removed).toEqual([])
  await pass(stillHereMs)
  expect(removed).toEqual([11])
})
