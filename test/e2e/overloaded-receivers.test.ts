/**
 * Receivers that are overrun, ask for a rest, are away for long or set their own terms, all of it at once on one
 * partition of a real dispatcher and real retry tiers: rows E6 and E8–E10 of the fault matrix, batches, limits a second,
 * expiry and latest-only. Every receiver verifies with the library that receivers use.
 *
 * Nothing here measures a machine: what is compared is an order, a count, or a time that the receiver itself asked for.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attempt } from '@scanhook/domain/attempt'
import type { Delivery } from '@scanhook/domain/delivery'
import { type Endpoint, plainSubscription } from '@scanhook/domain/endpoint'
import { assetId, orgId } from '@scanhook/domain/ids'
import { type DeliveryWorld, deliveryTo, openDeliveryWorld } from '@scanhook/testkit/delivery-world'
import { answerWith } from '@scanhook/testkit/raw-receiver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Behaviour,
  behaviours,
  type FaultyReceiver,
  openFaultyReceiver,
  type SeenRequest,
} from '../harness/faulty-receiver.ts'
import { type ServiceProcess, serviceProcess } from '../harness/service-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** The schedule 5 s, 15 s, 45 s becomes 50 ms, 150 ms, 450 ms, and half an hour 18 s. Retry-After is real time. */
const timeScale = 100
const halfHourMs = (30 * 60_000) / timeScale
/** Few, so that organizations and endpoints really compete for them. */
const slots = 256

const folder = mkdtempSync(join(tmpdir(), 'scanhook-overloaded-receivers-'))
const closers: (() => Promise<void>)[] = []
let world: DeliveryWorld
let services: readonly ServiceProcess[] = []
let lastEndpointId = 0

/** Endpoints that the dispatcher knows. */
async function knownCount(): Promise<number> {
  const text = await (await fetch(`${services[0]?.healthUrl}/metrics`)).text()
  return Number(/^scanhook_endpoints_known\{service="dispatcher"\} (\d+)$/m.exec(text)?.[1] ?? 0)
}

beforeAll(async () => {
  world = await openDeliveryWorld({ partitions: 1 })
  const env = {
    ...world.env,
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    TIME_SCALE: `${timeScale}`,
    DISPATCHER_CONCURRENCY: `${slots}`,
    WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*',
  }
  services = await Promise.all(['dispatcher', 'retry'].map((name) => serviceProcess(name, env, folder)))
  await Promise.all(services.map((service) => service.start()))
})

afterAll(async () => {
  await Promise.all(services.map((service) => service.kill()))
  for (const close of closers.reverse()) await close()
  await world?.close()
  if (process.env['KEEP_WORLD'] !== '1') rmSync(folder, { recursive: true, force: true })
})

interface Target {
  readonly id: number
  readonly receiver: FaultyReceiver
}

async function endpointWith(behaviour: Behaviour, change: Partial<Endpoint> = {}): Promise<Target> {
  const receiver = await openFaultyReceiver(behaviour, { secret: world.secret })
  closers.push(() => receiver.close())
  lastEndpointId += 1
  const id = lastEndpointId
  await world.announce(id, receiver.url, change)
  // Announcements stand in one order, so that so many known ones include this one.
  const announced = lastEndpointId
  await waitUntil(`endpoint ${id} is known`, async () => (await knownCount()) >= announced)
  return { id, receiver }
}

/** All at one key: one partition would be enough, one batch of the consumer is better. */
const deliveriesTo = (id: number, count: number, change: Partial<Delivery> = {}): readonly Delivery[] =>
  Array.from({ length: count }, () => deliveryTo(id, change))

function ofOrg(delivery: Delivery, org: number): Delivery {
  return { ...delivery, orgId: orgId(org), event: { ...delivery.event, orgId: orgId(org) } }
}

function ofAsset(id: number, asset: number, sequence: number): Delivery {
  const plain = deliveryTo(id)
  const event = { ...plain.event, type: 'asset.moved', subject: `asset:${asset}` } as const
  return { ...plain, event: { ...event, assetId: assetId(asset), sequence } }
}

let reading: Promise<readonly Attempt[]> | null = null

/** The log of one endpoint as it is now. The topic is read once for all who ask meanwhile. */
async function attemptsTo(id: number): Promise<readonly Attempt[]> {
  reading ??= world.read(world.topics.attempts, world.codecs.attempts).then((records) => {
    reading = null
    return records.map(({ value }) => value)
  })
  return (await reading).filter(({ endpointId }) => endpointId === id)
}

const requestsIn = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter(({ outcome }) => outcome !== null)

async function attemptsOnceOver(id: number, count: number): Promise<readonly Attempt[]> {
  let attempts: readonly Attempt[] = []
  await waitUntil(
    `endpoint ${id} has ${count} deliveries that are over`,
    async () => {
      attempts = await attemptsTo(id)
      const over = attempts.filter(({ disposition }) => ['delivered', 'dead'].includes(disposition.kind))
      return new Set(over.map(({ deliveryId }) => deliveryId)).size === count
    },
    { everyMs: 500 },
  )
  return attempts
}

/** Each attempt's number once, from 1 on: none is lost, none made twice, and none counted that was not made. */
function expectCountedAttempts(attempts: readonly Attempt[]): void {
  const numbers = Map.groupBy(requestsIn(attempts), ({ deliveryId }) => deliveryId)
  for (const made of numbers.values())
    expect(made.map(({ attemptNumber }) => attemptNumber).sort((one, other) => one - other)).toEqual(
      made.map((_, index) => index + 1),
    )
}

const idsOf = (deliveries: readonly Delivery[]): ReadonlySet<string> =>
  new Set(deliveries.map(({ event }) => String(event.eventId)))

const seenIds = (receiver: FaultyReceiver): ReadonlySet<string> =>
  new Set(receiver.seen().map(({ id }) => id))

function hasAll(receiver: FaultyReceiver, deliveries: readonly Delivery[]): boolean {
  const seen = seenIds(receiver)
  return [...idsOf(deliveries)].every((id) => seen.has(id))
}

const lastArrivalMs = (receiver: FaultyReceiver, ids: ReadonlySet<string>): number =>
  Math.max(...receiver.seen().flatMap(({ id, receivedAtMs }) => (ids.has(id) ? [receivedAtMs] : [])))

/** Answers after `ms` as `behaviour` does. */
const after =
  (ms: number, behaviour: Behaviour): Behaviour =>
  (socket, seen) => {
    setTimeout(() => behaviour(socket, seen), ms)
  }

interface Load {
  readonly underWay: number
  /** Answers written before this request arrived. */
  readonly answered: number
}

/** Writes down how many requests are under way as each arrives; `counts` says whose. */
function measured(
  ms: number,
  behaviour: Behaviour,
  counts: (seen: SeenRequest) => boolean = () => true,
): { readonly behave: Behaviour; readonly loads: Load[] } {
  const loads: Load[] = []
  let underWay = 0
  let answered = 0
  return {
    loads,
    behave: (socket, seen) => {
      if (!counts(seen)) return after(ms, behaviour)(socket, seen)
      underWay += 1
      loads.push({ underWay, answered })
      setTimeout(() => {
        underWay -= 1
        answered += 1
        behaviour(socket, seen)
      }, ms)
    },
  }
}

const mostUnderWay = (loads: readonly Load[]): number => Math.max(...loads.map(({ underWay }) => underWay))

interface LogLine {
  readonly endpoint_id?: number
  readonly msg?: string
}

/** What the dispatcher's breaker of the endpoint did so far. */
function breakerSteps(id: number): readonly string[] {
  const lines = (services[0]?.output() ?? '').split('\n').filter((line) => line.includes('breaker.'))
  return lines.flatMap((line) => {
    if (!line.endsWith('}')) return []
    const { endpoint_id: endpoint, msg = '' } = JSON.parse(line) as LogLine
    return endpoint === id && msg.startsWith('breaker.') ? [msg.slice('breaker.'.length)] : []
  })
}

describe.concurrent('receivers that can not take everything', () => {
  test('E10: half an hour away with thousands parked: only probes, then a paced drain, in order, past which fresh events go', async () => {
    const assets = 125
    const perAsset = 16
    const parkedCount = assets * perAsset
    const { id, receiver } = await endpointWith(behaviours.status(500), { ordering: 'asset' })
    const first = deliveriesTo(id, 30)
    await world.send(first)
    await waitUntil('the breaker opens', () => breakerSteps(id).includes('opened'))
    const downAtMs = Date.now()
    const parked = Array.from({ length: parkedCount }, (_, index) =>
      ofAsset(id, 1 + (index % assets), 1 + Math.floor(index / assets)),
    )
    await world.send(parked)
    // On a busy machine probes are as late as the records that ask for them: it lasts until there were some.
    const probed = (): number => breakerSteps(id).filter((step) => step === 'half_opened').length
    const isOver = (): boolean => Date.now() - downAtMs >= halfHourMs && probed() > 3
    await waitUntil('the outage is over', isOver, { everyMs: 200 })
    const parkedIds = idsOf(parked)
    const fresh = Array.from({ length: 20 }, (_, index) => ofAsset(id, 100_000 + index, 1))
    const freshIds = idsOf(fresh)
    const { behave, loads } = measured(20, behaviours.ok(), (seen) => !freshIds.has(seen.id))
    const refusedBefore = receiver.seen().length
    receiver.behave(behave)
    await waitUntil('a probe gets through', () => breakerSteps(id).includes('closed'), { everyMs: 20 })
    await world.send(fresh)
    const attempts = await attemptsOnceOver(id, first.length + parkedCount + fresh.length)

    // Nothing lost, nothing sent twice once it was taken, nothing counted that was not made.
    const accepted = receiver.seen().slice(refusedBefore)
    const acceptedIds = accepted.map(({ id: each }) => each)
    expect(new Set(acceptedIds).size).toBe(acceptedIds.length)
    expect(hasAll(receiver, [...first, ...parked, ...fresh])).toBe(true)
    expect(attempts.some(({ disposition }) => disposition.kind === 'dead')).toBe(false)
    expectCountedAttempts(attempts)
    expect(requestsIn(attempts)).toHaveLength(receiver.seen().length)

    // While it was open, one request for each time that it let one through, and it let more than one through.
    const steps = breakerSteps(id)
    const untilClosed = steps.slice(0, steps.indexOf('closed'))
    const probes = untilClosed.filter((step) => step === 'half_opened').length
    expect(probes).toBeGreaterThan(3)
    expect(steps.filter((step) => step === 'closed')).toHaveLength(1)
    const before = receiver.seen().slice(0, refusedBefore)
    // Before the first opening: ten failures open it, and what else was under way ends (four at a time at most).
    expect(before.length - (probes - 1)).toBeGreaterThanOrEqual(10)
    expect(before.length - (probes - 1)).toBeLessThanOrEqual(13)

    // No stampede: the probe, one after it, and c at a time only after 1 + 2 + … + (c − 1) further answers; and it grows.
    expect(loads[0]).toEqual({ underWay: 1, answered: 0 })
    for (const { underWay, answered } of loads.slice(1))
      expect((underWay * (underWay - 1)) / 2).toBeLessThanOrEqual(answered - 1)
    expect(mostUnderWay(loads)).toBeGreaterThan(3)

    // Fresh events don't queue up behind the backlog.
    const lastFresh = acceptedIds.findLastIndex((each) => freshIds.has(each))
    const parkedAfter = acceptedIds.slice(lastFresh).filter((each) => parkedIds.has(each))
    expect(parkedAfter.length).toBeGreaterThan(parkedCount / 2)

    // Each asset's events in their order.
    const eventOf = new Map(parked.map(({ event }) => [String(event.eventId), event]))
    const sequences = Map.groupBy(
      acceptedIds.flatMap((each) => eventOf.get(each) ?? []),
      ({ assetId: asset }) => asset,
    )
    expect(sequences.size).toBe(assets)
    for (const events of sequences.values())
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
  })

  test.each([
    { retryAfter: '30', leastMs: 30_000 },
    { retryAfter: '0', leastMs: 0 },
    { retryAfter: 'an HTTP date', leastMs: 3_000 },
    { retryAfter: 'as soon as you like', leastMs: 0 },
    { retryAfter: '-5', leastMs: 0 },
  ])(
    'E6: 429 with Retry-After: $retryAfter is never shortened, and the endpoint rests as long',
    async ({ retryAfter, leastMs }) => {
      const header = (): string =>
        retryAfter === 'an HTTP date' ? new Date(Date.now() + leastMs + 1_000).toUTCString() : retryAfter
      let isAsked = false
      const { id, receiver } = await endpointWith((socket, seen) => {
        const behaviour = isAsked ? behaviours.ok() : behaviours.status(429, header())
        isAsked = true
        behaviour(socket, seen)
      })
      const [first] = deliveriesTo(id, 1)
      if (first === undefined) throw new Error('no delivery')
      await world.send([first])
      await waitUntil('the first answer is logged', async () => (await attemptsTo(id)).length > 0, {
        everyMs: 500,
      })
      const others = deliveriesTo(id, 5)
      await world.send(others)
      const attempts = await attemptsOnceOver(id, 6)
      const [asked, ...later] = receiver.seen()
      expect(later).toHaveLength(6)
      expect(attempts.some(({ disposition }) => disposition.kind === 'dead')).toBe(false)
      expectCountedAttempts(attempts)
      const restMs = Math.min(...later.map(({ receivedAtMs }) => receivedAtMs)) - (asked?.receivedAtMs ?? 0)
      expect(restMs).toBeGreaterThanOrEqual(leastMs)
      const [refused] = requestsIn(attempts)
      const isReadable = !['as soon as you like', '-5'].includes(retryAfter)
      expect(refused?.outcome).toMatchObject({ retryAfterMs: isReadable ? expect.any(Number) : null })
    },
  )

  test('E6: 429 with Retry-After: 1000000000 ends its own delivery and silences the endpoint for 15 minutes, not longer', async () => {
    // Its deadline lies 30 minutes ahead on this scale; the default's 14 minutes would end what is held too.
    const { id, receiver } = await endpointWith(behaviours.status(429, '1000000000'), {
      profile: 'trackberry',
    })
    await world.send(deliveriesTo(id, 1))
    const [refused] = await attemptsOnceOver(id, 1)
    expect(refused).toMatchObject({ disposition: { kind: 'dead', reason: 'deadline' } })
    await world.send(deliveriesTo(id, 5))
    let held: readonly Attempt[] = []
    await waitUntil(
      'the others are held',
      async () => {
        held = (await attemptsTo(id)).slice(1)
        return held.length === 5
      },
      { everyMs: 500 },
    )
    const answeredAtMs = (refused?.startedAtMs ?? 0) + (refused?.outcome?.timings.totalMs ?? 0)
    for (const { disposition, startedAtMs } of held) {
      if (disposition.kind !== 'held') throw new Error(`not held but ${disposition.kind}`)
      expect(disposition.reason).toBe('rate_limited')
      expect(disposition.dueAtMs).toBeGreaterThan(answeredAtMs + 14 * 60_000)
      expect(disposition.dueAtMs).toBeLessThan(startedAtMs + 16 * 60_000)
    }
    expect(receiver.seen()).toHaveLength(1)
  })

  test('E6: every other answer a 503: everything arrives, and never more at a time than it began with', async () => {
    const flap = behaviours.flap(0.5)
    const flapping = measured(20, (socket, seen) =>
      // Not by luck alone: a message is refused three times at most.
      seen.nth > 3 ? behaviours.ok()(socket, seen) : flap(socket, seen),
    )
    const steady = measured(20, behaviours.ok())
    const flapper = await endpointWith(flapping.behave)
    const other = await endpointWith(steady.behave)
    await world.send([...deliveriesTo(flapper.id, 100), ...deliveriesTo(other.id, 100)])
    const attempts = await attemptsOnceOver(flapper.id, 100)
    await attemptsOnceOver(other.id, 100)
    expect(attempts.some(({ disposition }) => disposition.kind === 'dead')).toBe(false)
    expectCountedAttempts(attempts)
    expect(requestsIn(attempts)).toHaveLength(flapper.receiver.seen().length)
    expect(mostUnderWay(flapping.loads)).toBeLessThanOrEqual(5)
    expect(mostUnderWay(steady.loads)).toBeGreaterThan(8)
  })

  test('E8: an organization that sends fifty times as much waits for itself; the other has all of its own before', async () => {
    const loud = await Promise.all(
      Array.from({ length: 20 }, () => endpointWith(after(300, behaviours.ok()), { orgId: orgId(2) })),
    )
    const calm = await Promise.all(
      Array.from({ length: 4 }, () => endpointWith(after(20, behaviours.ok()), { orgId: orgId(3) })),
    )
    const loudOnes = loud.flatMap(({ id }) => deliveriesTo(id, 100).map((each) => ofOrg(each, 2)))
    const calmOnes = calm.flatMap(({ id }) => deliveriesTo(id, 10).map((each) => ofOrg(each, 3)))
    await world.send([...loudOnes, ...calmOnes])
    const calmIds = idsOf(calmOnes)
    await waitUntil('both have everything', () =>
      [...loud, ...calm].every(({ id, receiver }) =>
        hasAll(
          receiver,
          [...loudOnes, ...calmOnes].filter(({ endpointId }) => endpointId === id),
        ),
      ),
    )
    const calmEndMs = Math.max(...calm.map(({ receiver }) => lastArrivalMs(receiver, calmIds)))
    const loudBefore = loud
      .flatMap(({ receiver }) => receiver.seen())
      .filter(({ receivedAtMs }) => receivedAtMs <= calmEndMs)
    // Written after all of the loud ones, arrived before half of them.
    expect(loudBefore.length).toBeLessThan(loudOnes.length / 2)
  })

  test('E9: ten bad endpoints in the partition of healthy ones: those have all before the first that hangs has timed out', async () => {
    const hanging = await Promise.all(Array.from({ length: 4 }, () => endpointWith(behaviours.hang())))
    const others = await Promise.all(
      [
        ...Array.from({ length: 3 }, () => behaviours.status(500)),
        ...Array.from({ length: 3 }, (): Behaviour => (socket) => socket.resetAndDestroy()),
      ].map((behaviour) => endpointWith(behaviour)),
    )
    const healthy = await Promise.all(Array.from({ length: 5 }, () => endpointWith(behaviours.ok())))
    const bad = [...hanging, ...others]
    const wave = (): readonly Delivery[] => [...bad, ...bad, ...healthy].map(({ id }) => deliveryTo(id))
    const all = Array.from({ length: 30 }, wave).flat()
    await world.send(all)
    const isOf = (id: number) => (delivery: Delivery) => delivery.endpointId === id
    await waitUntil('the healthy have everything', () =>
      healthy.every(({ id, receiver }) => hasAll(receiver, all.filter(isOf(id)))),
    )
    for (const { id } of healthy) {
      const attempts = await attemptsOnceOver(id, 30)
      for (const attempt of attempts)
        expect(attempt).toMatchObject({ attemptNumber: 1, disposition: { kind: 'delivered' } })
    }
    const hangs = await Promise.all(
      hanging.map(async ({ id }) => {
        await waitUntil(
          'a hanging one has timed out',
          async () => requestsIn(await attemptsTo(id)).length > 0,
          {
            everyMs: 500,
          },
        )
        return requestsIn(await attemptsTo(id))
      }),
    )
    const firstEndMs = Math.min(
      ...hangs.flat().map(({ startedAtMs, outcome }) => startedAtMs + (outcome?.timings.totalMs ?? 0)),
    )
    for (const { receiver } of healthy)
      expect(lastArrivalMs(receiver, seenIds(receiver))).toBeLessThan(firstEndMs)
  })
})

interface BatchBody {
  readonly id: string
  readonly type: string
  readonly events: readonly { readonly id: string; readonly payload: { readonly id: string } }[]
}

const batchIn = ({ body }: Pick<SeenRequest, 'body'>): BatchBody => JSON.parse(body) as BatchBody

const answering =
  (status: number, body: string): Behaviour =>
  (socket, { head, body: sent, connectionNumber, nth }) =>
    answerWith(status, body)(socket, { head, body: sent, connectionNumber, number: nth })

/** Long enough that what is written together goes together, however slow the machine. */
const batchPolicy = { maxEvents: 8, maxWaitMs: 3_000, maxBytes: 1_000_000 }

describe.concurrent('receivers with terms of their own', () => {
  test('a batch is one signed request, and what the answer names as failed is sent again alone', async () => {
    let refused = ''
    const { id, receiver } = await endpointWith(
      (socket, seen) => {
        if (refused !== '') return answering(200, '{}')(socket, seen)
        refused = batchIn(seen).events[2]?.id ?? ''
        answering(200, JSON.stringify({ failed: [refused] }))(socket, seen)
      },
      { batch: batchPolicy },
    )
    const deliveries = deliveriesTo(id, 8)
    await world.send(deliveries)
    const attempts = await attemptsOnceOver(id, 8)
    const [all, again, ...more] = receiver.seen()
    if (all === undefined || again === undefined) throw new Error('fewer than two requests')
    expect(more).toEqual([])
    expect(receiver.refusedCount()).toBe(0)
    expect(batchIn(all)).toMatchObject({ id: all.id, type: 'batch' })
    expect(batchIn(all).events.map((event) => event.id)).toEqual([...idsOf(deliveries)])
    for (const event of batchIn(all).events) expect(event.payload.id).toBe(event.id)
    expect(batchIn(again).events.map((event) => event.id)).toEqual([refused])
    expect(again.id).not.toBe(all.id)
    expectCountedAttempts(attempts)
    expect(requestsIn(attempts)).toHaveLength(9)
    expect(attempts.filter(({ batch }) => batch?.id === all.id && batch.size === 8)).toHaveLength(8)
  })

  test('413: a batch that is too large is halved until it fits, and no attempt is counted for it', async () => {
    const { id, receiver } = await endpointWith(
      (socket, seen) => answering(batchIn(seen).events.length > 2 ? 413 : 200, '{}')(socket, seen),
      { batch: batchPolicy },
    )
    const deliveries = deliveriesTo(id, 8)
    await world.send(deliveries)
    const attempts = await attemptsOnceOver(id, 8)
    const sizes = receiver.seen().map((seen) => batchIn(seen).events.length)
    expect(sizes.slice(0, 2)).toEqual([8, 4])
    expect(sizes).toContain(2)
    const taken = receiver
      .seen()
      .flatMap((seen) => (batchIn(seen).events.length > 2 ? [] : batchIn(seen).events))
    expect(taken.map((event) => event.id).sort()).toEqual([...idsOf(deliveries)].sort())
    expect(attempts).toHaveLength(8)
    for (const attempt of attempts)
      expect(attempt).toMatchObject({ attemptNumber: 1, disposition: { kind: 'delivered' } })
  })

  test('a limit a second holds at the receiver, by its own clock', async () => {
    const perSecond = 20
    const { id, receiver } = await endpointWith(behaviours.ok(), { rateLimitPerSecond: perSecond })
    const deliveries = deliveriesTo(id, 80)
    await world.send(deliveries)
    await attemptsOnceOver(id, 80)
    const times = receiver.seen().map(({ receivedAtMs }) => receivedAtMs)
    expect(times).toHaveLength(80)
    // What a second brings may come at once, and then as much in the second itself; half as much again for a late event loop.
    for (const time of times)
      expect(times.filter((other) => other >= time && other < time + 1_000).length).toBeLessThanOrEqual(
        3 * perSecond,
      )
    // Without the limit all of them come in a moment; with it the last 60 take three seconds.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_000)
  })

  test('what is older than its subscription wants is never sent, and the log says expired', async () => {
    const dayMinutes = 24 * 60
    const { id, receiver } = await endpointWith(behaviours.ok(), {
      subscriptions: [{ ...plainSubscription('*'), expireAfterMinutes: dayMinutes }],
    })
    const [old, fresh] = [deliveryTo(id), deliveryTo(id)]
    const occurredAtMs = Date.now() - (2 * dayMinutes * 60_000) / timeScale
    const expired = { ...old, event: { ...old.event, occurredAtMs } }
    await world.send([expired, fresh])
    const attempts = await attemptsOnceOver(id, 2)
    const ofOne = ({ deliveryId }: Delivery) => attempts.filter((each) => each.deliveryId === deliveryId)
    expect(ofOne(expired)).toMatchObject([
      { outcome: null, disposition: { kind: 'dead', reason: 'expired' } },
    ])
    expect(ofOne(fresh)).toMatchObject([{ attemptNumber: 1, disposition: { kind: 'delivered' } }])
    expect(seenIds(receiver)).toEqual(idsOf([fresh]))
  })

  test('latest only: what was put off ends when a newer event of its asset has come, and the log names that one', async () => {
    let oldId = randomUUID() as string
    const { id, receiver } = await endpointWith(
      (socket, seen) => (seen.id === oldId ? behaviours.status(500) : behaviours.ok())(socket, seen),
      { subscriptions: [{ ...plainSubscription('*'), isLatestOnly: true }] },
    )
    const [old, newer, ofOther] = [ofAsset(id, 7, 1), ofAsset(id, 7, 2), ofAsset(id, 8, 1)]
    oldId = old.event.eventId
    await world.send([old])
    await waitUntil('the old one was refused', () => receiver.seen().length > 0)
    await world.send([newer, ofOther])
    const attempts = await attemptsOnceOver(id, 3)
    const lastOf = ({ deliveryId }: Delivery) =>
      attempts.findLast((each) => each.deliveryId === deliveryId)?.disposition
    expect(lastOf(old)).toEqual({ kind: 'dead', reason: 'superseded', supersededBy: newer.event.eventId })
    expect(lastOf(newer)).toEqual({ kind: 'delivered' })
    expect(lastOf(ofOther)).toEqual({ kind: 'delivered' })
  })
})
