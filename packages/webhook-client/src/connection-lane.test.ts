/** What a client keeps open, and that it lets go: through the client, counted at the receiver. */

import type { AttemptOutcome } from '@scanhook/domain/attempt'
import { type Answer, answerWith, openRawReceiver, type RawReceiver } from '@scanhook/testkit/raw-receiver'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { WebhookClient, WebhookClientOptions } from './post.ts'
import { openTestClient, policyFor, testRequest } from './test-client.ts'

let closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

async function receiverWith(answer: Answer): Promise<RawReceiver> {
  const receiver = await openRawReceiver(answer)
  closers.push(() => receiver.close())
  return receiver
}

function clientOf(receiver: RawReceiver, options: Partial<WebhookClientOptions>): WebhookClient {
  const client = openTestClient(policyFor(receiver.port), options)
  closers.push(() => client.close())
  return client
}

const toLane = (client: WebhookClient, receiver: RawReceiver, lane: string): Promise<AttemptOutcome> =>
  client.post(testRequest(`http://127.0.0.1:${receiver.port}/${lane}`, { lane }))

/** Answers when it is told to. */
function waitingReceiver(): { readonly answer: Answer; readonly release: (path: string) => void } {
  const waiting = new Map<string, () => void>()
  return {
    answer: (socket, request) => {
      const path = /^POST (\S+)/.exec(request.head)?.[1] ?? ''
      waiting.set(path, () => answerWith(200)(socket, request))
    },
    release: (path) => waiting.get(path)?.(),
  }
}

describe('L4: the least recently used lane goes first', () => {
  test('L4: its idle connections are closed at once', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientOf(receiver, { lanesMax: 2 })
    for (const lane of ['a', 'b', 'c']) await toLane(client, receiver, lane)
    await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBe(2)
    await toLane(client, receiver, 'b')
    await toLane(client, receiver, 'c')
    expect(receiver.connectionCount()).toBe(3)
    await toLane(client, receiver, 'a')
    expect(receiver.connectionCount()).toBe(4)
  })

  test('L4: being used counts, not being made: a busy lane stays', async () => {
    const receiver = await receiverWith(answerWith(200))
    const client = clientOf(receiver, { lanesMax: 2 })
    for (const lane of ['a', 'b', 'a', 'c', 'a', 'd', 'a']) await toLane(client, receiver, lane)
    expect(
      new Set(
        receiver.requests
          .filter(({ head }) => head.startsWith('POST /a '))
          .map((each) => each.connectionNumber),
      ).size,
    ).toBe(1)
  })

  test('L4: a connection in use is not closed; it ends well and is closed then', async () => {
    const { answer, release } = waitingReceiver()
    const receiver = await receiverWith(answer)
    const client = clientOf(receiver, { lanesMax: 1 })
    const first = toLane(client, receiver, 'a')
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(1)
    const second = toLane(client, receiver, 'b')
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(2)
    expect(receiver.openCount()).toBe(2)
    release('/a')
    expect(await first).toMatchObject({ kind: 'responded', status: 200 })
    await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBe(1)
    release('/b')
    expect(await second).toMatchObject({ kind: 'responded', status: 200 })
  })

  test('L4: the same URL and lane again is a new lane, next to the old one that ends', async () => {
    const { answer, release } = waitingReceiver()
    const receiver = await receiverWith(answer)
    const client = clientOf(receiver, { lanesMax: 1 })
    const first = toLane(client, receiver, 'a')
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(1)
    const other = toLane(client, receiver, 'b')
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(2)
    release('/a')
    await first
    const again = toLane(client, receiver, 'a')
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(3)
    release('/a')
    release('/b')
    expect(await again).toMatchObject({ kind: 'responded' })
    expect(await other).toMatchObject({ kind: 'responded' })
    await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBe(1)
  })
})

test('L3, L4: whatever is sent in whatever order, no more is kept open than lanes and idle connections allow, and nothing fails', async () => {
  const receiver = await receiverWith(answerWith(200))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      async (rounds, lanesMax, idleMax) => {
        const client = openTestClient(policyFor(receiver.port), { lanesMax, idleMax })
        for (const lanes of rounds) {
          const outcomes = await Promise.all(lanes.map((lane) => toLane(client, receiver, `${lane}`)))
          expect(outcomes.every((outcome) => outcome.kind === 'responded')).toBe(true)
          // Closing takes its way through the kernel; nothing but what is kept may stay.
          await expect
            .poll(() => receiver.openCount(), { interval: 1, timeout: 10_000 })
            .toBeLessThanOrEqual(idleMax)
        }
        await client.close()
        await expect.poll(() => receiver.openCount(), { interval: 1, timeout: 10_000 }).toBe(0)
      },
    ),
    { numRuns: 20 },
  )
}, 60_000)

test('L3: the longest idle connection makes room: one that was just used stays', async () => {
  const receiver = await receiverWith(answerWith(200))
  const client = clientOf(receiver, { idleMax: 2 })
  for (const lane of ['a', 'b', 'c', 'b', 'c']) await toLane(client, receiver, lane)
  expect(receiver.connectionCount()).toBe(3)
  await toLane(client, receiver, 'a')
  expect(receiver.connectionCount()).toBe(4)
  // It is b that went for a.
  await toLane(client, receiver, 'c')
  expect(receiver.connectionCount()).toBe(4)
})

test('L3: ten times the lanes cost no more sockets, and the client forgets the oldest', async () => {
  const receiver = await receiverWith(answerWith(200))
  const client = clientOf(receiver, { lanesMax: 20, idleMax: 10 })
  for (let lane = 0; lane < 200; lane += 1) await toLane(client, receiver, `${lane}`)
  await expect.poll(() => receiver.openCount(), { timeout: 10_000 }).toBeLessThanOrEqual(10)
})
