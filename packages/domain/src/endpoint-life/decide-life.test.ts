import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EndpointEvent, endpointEventKinds } from '../endpoint-event.ts'
import { deliveryId, endpointId, eventId, orgId } from '../ids.ts'
import { decideLife, decideSilence, silentFromMs } from './decide-life.ts'
import type { EndpointLife, LifeNotice } from './endpoint-life.ts'

const newborn: EndpointLife = {
  state: 'active',
  failingSinceMs: null,
  failingAtMs: null,
  recoveredAtMs: null,
  enabledAtMs: null,
  disabledAtMs: null,
  disabledReason: null,
  isEpisodeTold: false,
}

function told(kind: EndpointEvent['kind'], atMs: number, change: Partial<EndpointEvent> = {}): EndpointEvent {
  return {
    orgId: orgId(1),
    endpointId: endpointId(7),
    kind,
    atMs,
    deliveryId: deliveryId('d'),
    sinceMs: null,
    event: { id: eventId('e'), type: 'asset.moved' },
    deadReason: null,
    reason: 'status 500',
    ...change,
  }
}

interface Lived {
  readonly life: EndpointLife
  readonly notices: readonly LifeNotice[]
}

function live(events: readonly EndpointEvent[], life: EndpointLife = newborn): Lived {
  const notices: LifeNotice[] = []
  let now = life
  for (const event of events) {
    const change = decideLife(now, event)
    if (change === null) continue
    now = change.life
    if (change.notice !== null) notices.push(change.notice)
  }
  return { life: now, notices }
}

/** As the API does it (packages/postgres/endpoints). */
function enable(life: EndpointLife, atMs: number): EndpointLife {
  return {
    ...newborn,
    recoveredAtMs: life.recoveredAtMs,
    enabledAtMs: Math.max(atMs, life.disabledAtMs ?? 0, life.failingAtMs ?? 0),
  }
}

const anyEvent = fc
  .record({
    kind: fc.constantFrom(...endpointEventKinds),
    atMs: fc.integer({ min: 1, max: 60 }),
    sinceMs: fc.option(fc.integer({ min: 1, max: 60 })),
    type: fc.constantFrom('asset.moved' as const, 'endpoint.failing' as const),
  })
  .map(({ kind, atMs, sinceMs, type }) => told(kind, atMs, { sinceMs, event: { id: eventId('e'), type } }))
const anyEvents = fc.array(anyEvent, { maxLength: 30 })

const isFailing = (life: EndpointLife): boolean => life.state === 'active' && life.failingSinceMs !== null
const keysOf = (notices: readonly LifeNotice[]): string[] =>
  notices.map(({ kind, episodeMs }) => `${kind} ${episodeMs}`)

describe('an episode', () => {
  test('begins with failing, ends with a success, and says each once', () => {
    const { life, notices } = live([
      told('failing', 100, { sinceMs: 60 }),
      told('failing', 110, { sinceMs: 70 }),
      told('recovered', 200),
      told('recovered', 201),
      told('failing', 300, { sinceMs: 150 }),
    ])
    expect(notices).toEqual([
      { kind: 'failing', episodeMs: 60, isTold: true },
      { kind: 'recovered', episodeMs: 60, isTold: true },
      // There was a success at 201, so since then there has been none.
      { kind: 'failing', episodeMs: 202, isTold: true },
    ])
    expect(life).toMatchObject({ failingSinceMs: 202, failingAtMs: 300, recoveredAtMs: 201 })
  })

  test('L4: a success that is older than the newest failure ends nothing, one of the same instant does', () => {
    const { life, notices } = live([told('failing', 100), told('failing', 110), told('recovered', 105)])
    expect(isFailing(life)).toBe(true)
    expect(keysOf(notices)).toEqual(['failing 100'])
    expect(isFailing(live([told('recovered', 110)], life).life)).toBe(false)
  })

  test('L5: 410 disables, whatever else is told, until a person enables it', () => {
    const { life, notices } = live([
      told('failing', 100),
      told('disabled', 110),
      told('recovered', 120),
      told('failing', 130),
      told('disabled', 140),
    ])
    expect(life).toMatchObject({ state: 'disabled', disabledAtMs: 110, disabledReason: 'gone' })
    expect(keysOf(notices)).toEqual(['failing 100', 'disabled 110'])
  })

  test('L3: an enabled endpoint is not disabled again by what comes late, even from a clock ahead', () => {
    const gone = live([told('disabled', 110)]).life
    expect(live([told('disabled', 105), told('disabled', 110)], enable(gone, 90)).notices).toEqual([])
    expect(keysOf(live([told('disabled', 201)], enable(gone, 200)).notices)).toEqual(['disabled 201'])
  })

  test('breakers and dead deliveries change no life', () => {
    const { life } = live([told('breaker_opened', 1), told('breaker_closed', 2), told('delivery_dead', 3)])
    expect(life).toEqual(newborn)
  })
})

describe('what operational events tell', () => {
  const operational = { event: { id: eventId('e'), type: 'endpoint.failing' as const } }

  test('L7: nothing about a delivery of an operational event', () => {
    expect(
      live([told('failing', 1, operational), told('recovered', 2), told('disabled', 3, operational)]).notices,
    ).toMatchObject([{ isTold: false }, { isTold: false }, { isTold: false }])
  })

  test('L7: the end of an episode whose beginning was told', () => {
    expect(live([told('failing', 1), told('recovered', 2, operational)]).notices).toMatchObject([
      { isTold: true },
      { isTold: true },
    ])
  })

  test('L7: endpoints that hear of each other only never keep each other talking', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const caused = events.filter(({ event }) => event?.type === 'asset.moved').length
        expect(live(events).notices.filter(({ isTold }) => isTold).length).toBeLessThanOrEqual(2 * caused + 1)
        const alone = live(events.map((event) => ({ ...event, ...operational })))
        expect(alone.notices.some(({ isTold }) => isTold)).toBe(false)
      }),
    )
  })
})

test('L1: an event that comes again at once changes nothing', () => {
  fc.assert(
    fc.property(anyEvents, anyEvent, (events, event) => {
      const { life } = live([...events, event])
      expect(decideLife(life, event)).toBeNull()
    }),
  )
})

test('L2: order and repetition change neither the end nor say anything twice', () => {
  const shuffled = anyEvents.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], {
        minLength: events.length * 2,
        maxLength: events.length * 2,
      }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([events, mixed]) => {
      const ordered = live(events.toSorted((one, other) => one.atMs - other.atMs))
      const other = live(mixed)
      expect(other.life.state).toBe(ordered.life.state)
      expect(isFailing(other.life)).toBe(isFailing(ordered.life))
      for (const { notices } of [ordered, other]) expect(new Set(keysOf(notices)).size).toBe(notices.length)
    }),
    { numRuns: 5_000 },
  )
})

test('L2: a whole replay after whatever came says nothing', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const ordered = events.toSorted((one, other) => one.atMs - other.atMs)
      const { life } = live(ordered)
      expect(live(ordered, life).notices).toEqual([])
    }),
  )
})

test('L3: what happened up to the enabling changes nothing, and says nothing', () => {
  fc.assert(
    fc.property(anyEvents, fc.integer({ min: 1, max: 60 }), (events, atMs) => {
      const enabled = enable(live(events).life, atMs)
      const late = events.filter((event) => event.atMs <= (enabled.enabledAtMs ?? 0))
      expect(live(late, enabled)).toEqual({ life: enabled, notices: [] })
    }),
  )
})

describe('a long time without a success', () => {
  const failing = live([told('failing', 100, { sinceMs: 60 })]).life
  const at = (nowMs: number) => ({ nowMs, disabledAfterMs: 500 })

  test('L6: a failed attempt after it disables', () => {
    expect(silentFromMs(failing, 500)).toBe(560)
    expect(decideSilence(failing, { hasFailedSince: true, lastSuccessAtMs: null }, at(600))).toEqual({
      life: { ...failing, state: 'disabled', disabledAtMs: 600, disabledReason: 'no_success' },
      notice: { kind: 'disabled', episodeMs: 600, isTold: true },
    })
  })

  test('L6: silence does not, nor does a failure before its time', () => {
    expect(decideSilence(failing, { hasFailedSince: false, lastSuccessAtMs: null }, at(9_999))).toBeNull()
    expect(decideSilence(failing, { hasFailedSince: true, lastSuccessAtMs: null }, at(559))).toBeNull()
  })

  test('L6: one that is paused, disabled or not failing is left alone', () => {
    for (const life of [
      newborn,
      { ...failing, state: 'paused' as const },
      live([told('disabled', 1)]).life,
    ]) {
      expect(silentFromMs(life, 500)).toBeNull()
      expect(decideSilence(life, { hasFailedSince: true, lastSuccessAtMs: null }, at(9_999))).toBeNull()
    }
  })

  test('L6: a success in the log counts, also where its announcement was lost', () => {
    expect(decideSilence(failing, { hasFailedSince: true, lastSuccessAtMs: 300 }, at(600))).toMatchObject({
      life: { failingSinceMs: null, recoveredAtMs: 300 },
      notice: { kind: 'recovered', episodeMs: 60 },
    })
    const moved = decideSilence(failing, { hasFailedSince: true, lastSuccessAtMs: 80 }, at(600))
    expect(moved).toEqual({ life: { ...failing, failingSinceMs: 80 }, notice: null })
    expect(silentFromMs(moved?.life ?? newborn, 500)).toBe(580)
  })
})
