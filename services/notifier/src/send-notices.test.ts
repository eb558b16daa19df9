import { endpointId, orgId } from '@scanhook/domain/ids'
import type { ClaimedMail } from '@scanhook/postgres/endpoint-notices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NoticeFacts } from './notice-facts.ts'
import { type NoticeResult, noticeSender, type SendPorts } from './send-notices.ts'

const facts: NoticeFacts = {
  webhook: { id: endpointId(7), url: 'https://x.example/', name: null },
  atMs: 1,
  sinceMs: 1,
  reason: 'status 503',
  deliveryId: null,
  event: null,
  retriesUntilMs: null,
  disablesAtMs: null,
  disabledReason: null,
}

interface Row {
  readonly id: number
  isPublished: boolean
  mailState: NoticeResult | 'waiting'
  dueAtMs: number
  tries: number
}

/** An outbox in memory, with a clock that a test moves. */
function outbox(count: number, change: Partial<SendPorts> = {}) {
  const rows: Row[] = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    isPublished: false,
    mailState: 'waiting',
    dueAtMs: 0,
    tries: 0,
  }))
  const world = {
    rows,
    nowMs: 0,
    published: [] as string[],
    sent: [] as string[],
    results: [] as NoticeResult[],
    failures: 0,
  }
  const noticeOf = (row: Row) => ({
    id: row.id,
    orgId: orgId(1),
    endpointId: endpointId(7),
    kind: 'failing' as const,
    episodeMs: row.id,
    facts,
  })
  const ports: SendPorts = {
    listUnpublished: async (limit) =>
      rows
        .filter((row) => !row.isPublished)
        .slice(0, limit)
        .map(noticeOf),
    markPublished: async (ids) => {
      for (const row of rows) if (ids.includes(row.id)) row.isPublished = true
    },
    publish: async (events) => {
      world.published.push(...events.map(({ eventId }) => eventId))
    },
    claimMail: async (leaseMs): Promise<ClaimedMail | null> => {
      const row = rows.find((each) => each.mailState === 'waiting' && each.dueAtMs <= world.nowMs)
      if (row === undefined) return null
      row.dueAtMs = world.nowMs + leaseMs
      row.tries += 1
      return { ...noticeOf(row), tries: row.tries, recipients: ['ops@example.test'], createdAtMs: 0 }
    },
    markMail: async ({ id }, outcome) => {
      const row = rows.find((each) => each.id === id)
      if (row === undefined) return
      if (outcome.kind === 'postponed') row.dueAtMs = world.nowMs + outcome.delayMs
      else row.mailState = outcome.kind
    },
    send: async ({ messageId }) => {
      world.sent.push(messageId)
      return { kind: 'sent', refused: [] }
    },
    mailDomain: 'example.test',
    consoleUrl: '',
    onMail: (_mail, result) => world.results.push(result),
    onFailure: () => {
      world.failures += 1
    },
    nowMs: () => world.nowMs,
    random: () => 0.5,
    ...change,
  }
  return { world, ports }
}

test('a round sends and publishes everything, once', async () => {
  const { world, ports } = outbox(250)
  const sender = noticeSender(ports)
  await sender.wake()
  await sender.wake()
  expect([new Set(world.published).size, world.published.length]).toEqual([250, 250])
  expect([new Set(world.sent).size, world.sent.length]).toEqual([250, 250])
  expect(world.sent[0]).toBe('failing-7-1@example.test')
})

test('O1: whatever fails, nothing is lost, and what goes twice goes under the same ids', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (failures) => {
      const { world, ports } = outbox(5)
      const left = [...failures]
      const shaky =
        <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          if (left.shift() === true) throw new Error('away before')
          const result = await act(...args)
          if (left.shift() === true) throw new Error('away after')
          return result
        }
      const sender = noticeSender({
        ...ports,
        listUnpublished: shaky(ports.listUnpublished),
        markPublished: shaky(ports.markPublished),
        publish: shaky(ports.publish),
        claimMail: shaky(ports.claimMail),
        markMail: shaky(ports.markMail),
      })
      for (let round = 0; round < 60; round += 1) {
        await sender.wake()
        world.nowMs += 130_000 // beyond a lease
      }
      expect(world.rows.every(({ isPublished, mailState }) => isPublished && mailState === 'sent')).toBe(true)
      expect(new Set(world.published).size).toBe(5)
      expect(new Set(world.sent).size).toBe(5)
    }),
  )
})

test('O2: what is woken while a round runs gets a round of its own, and never two at a time', async () => {
  let running = 0
  let most = 0
  let lists = 0
  const { ports } = outbox(0, {
    listUnpublished: async () => {
      lists += 1
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      return []
    },
  })
  const sender = noticeSender(ports)
  await Promise.all([sender.wake(), sender.wake(), sender.wake()])
  expect([most, lists]).toEqual([1, 2])
})

test('O3: mails that hang hold up no event', async () => {
  const { world, ports } = outbox(3, { send: () => new Promise(() => undefined) })
  void noticeSender(ports).wake()
  await expect.poll(() => world.published.length).toBe(3)
})

test('O3: a mail that is not taken waits longer each time, and the others go', async () => {
  const { world, ports } = outbox(3)
  const sender = noticeSender({
    ...ports,
    send: async (mail) =>
      mail.messageId.startsWith('failing-7-1@')
        ? { kind: 'postponed', error: '451 come again' }
        : (ports.send?.(mail) ?? { kind: 'refused', error: '' }),
  })
  const delays: number[] = []
  for (let round = 0; round < 12; round += 1) {
    await sender.wake()
    const dueAtMs = world.rows[0]?.dueAtMs ?? 0
    delays.push(dueAtMs - world.nowMs)
    world.nowMs = dueAtMs
  }
  expect(world.sent).toHaveLength(2)
  expect(delays.slice(0, 4)).toEqual([1_500, 3_000, 6_000, 12_000])
  expect(delays.at(-1)).toBe(450_000)
})

test('O4: after five days it is given up; without contacts it is settled; what is refused is not tried again', async () => {
  const { world, ports } = outbox(1)
  world.nowMs = 5 * 86_400_000 + 1
  await noticeSender(ports).wake()
  expect([world.rows[0]?.mailState, world.sent]).toEqual(['given_up', []])

  const nobody = outbox(1)
  const { claimMail } = nobody.ports
  await noticeSender({
    ...nobody.ports,
    claimMail: async (leaseMs) => {
      const mail = await claimMail(leaseMs)
      return mail === null ? null : { ...mail, recipients: [] }
    },
  }).wake()
  expect([nobody.world.rows[0]?.mailState, nobody.world.sent]).toEqual(['no_recipient', []])

  const refused = outbox(1, { send: async () => ({ kind: 'refused', error: '550' }) })
  await noticeSender(refused.ports).wake()
  expect(refused.world.rows[0]).toMatchObject({ mailState: 'refused', tries: 1 })
})

test('without a mail server mails wait, and events go', async () => {
  const { world, ports } = outbox(2, { send: null })
  await noticeSender(ports).wake()
  expect(world.published).toHaveLength(2)
  expect(world.rows.map(({ mailState, tries }) => [mailState, tries])).toEqual([
    ['waiting', 0],
    ['waiting', 0],
  ])
})

test('stopped, it sends nothing more', async () => {
  const { world, ports } = outbox(2)
  const sender = noticeSender(ports)
  await sender.stop()
  await sender.wake()
  expect([world.sent, world.published]).toEqual([[], []])
})
