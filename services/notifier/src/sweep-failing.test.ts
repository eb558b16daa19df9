import type { EndpointLife } from '@scanhook/domain/endpoint-life/endpoint-life'
import { endpointId, orgId } from '@scanhook/domain/ids'
import { expect, test } from 'vitest'
import { type SweepPorts, type SweptEndpoint, sweepFailing } from './sweep-failing.ts'
import type { Decision } from './take-events.ts'

const day = 86_400_000
const nowMs = 1_800_000_000_000

function endpoint(id: number, change: Partial<EndpointLife> = {}): SweptEndpoint {
  return {
    id: endpointId(id),
    orgId: orgId(1),
    url: 'https://x.example/',
    name: null,
    profile: 'standard',
    life: {
      state: 'active',
      failingSinceMs: nowMs - 5 * day,
      failingAtMs: nowMs - 5 * day + 9,
      recoveredAtMs: null,
      enabledAtMs: null,
      disabledAtMs: null,
      disabledReason: null,
      isEpisodeTold: true,
      ...change,
    },
  }
}

interface Swept {
  readonly decisions: (Decision | null)[]
  readonly asked: number[]
}

function portsOf(
  all: readonly SweptEndpoint[],
  swept: Swept,
  {
    hasFailedSince = true,
    lastSuccessAtMs = null as number | null,
    locked = (one: SweptEndpoint) => one,
  } = {},
): SweepPorts {
  return {
    listFailing: async (untilMs, cursor, limit) => {
      const listed = all.filter(({ life }) => (life.failingSinceMs ?? nowMs) <= untilMs)
      const from = cursor === null ? 0 : listed.findIndex(({ id }) => id === cursor.id) + 1
      return listed.slice(from, from + limit)
    },
    findEvidence: async ({ id }) => {
      swept.asked.push(id)
      return { hasFailedSince, lastSuccessAtMs }
    },
    change: async (_org, id, decide) => {
      const found = all.find((each) => each.id === id)
      if (found !== undefined) swept.decisions.push(decide(locked(found)))
    },
    scale: 1,
  }
}

const nothing = (): Swept => ({ decisions: [], asked: [] })

test('one without a success for five days is disabled by a failed attempt, and told why', async () => {
  const swept = nothing()
  await sweepFailing(
    portsOf([endpoint(1), endpoint(2, { failingSinceMs: nowMs - 5 * day + 1 })], swept),
    nowMs,
  )
  expect(swept.asked).toEqual([1])
  expect(swept.decisions).toMatchObject(
    [
      {
        life: { state: 'disabled', disabledAtMs: nowMs, disabledReason: 'no_success' },
        notice: {
          kind: 'disabled',
          episodeMs: nowMs,
          isTold: true,
          facts: {
            sinceMs: nowMs - 5 * day,
            disabledReason: 'no_success',
            deliveryId: null,
            reason: /^no delivery has succeeded since 20/,
          },
        },
      },
    ].map(({ life, notice }) => ({
      life,
      notice: { ...notice, facts: { ...notice.facts, reason: expect.stringMatching(notice.facts.reason) } },
    })),
  )
})

test('silence disables nothing, and locks nothing', async () => {
  const swept = nothing()
  await sweepFailing(portsOf([endpoint(1)], swept, { hasFailedSince: false }), nowMs)
  expect(swept).toEqual({ asked: [1], decisions: [] })
})

test('a success that was not announced ends the episode', async () => {
  const swept = nothing()
  await sweepFailing(portsOf([endpoint(1)], swept, { lastSuccessAtMs: nowMs - day }), nowMs)
  expect(swept.decisions).toMatchObject([
    {
      life: { state: 'active', failingSinceMs: null },
      notice: { kind: 'recovered', facts: { atMs: nowMs - day } },
    },
  ])
})

test('S1: what was found out about one episode is not applied to the next', async () => {
  const swept = nothing()
  const locked = (one: SweptEndpoint): SweptEndpoint => ({
    ...one,
    life: { ...one.life, failingSinceMs: nowMs - 6 * day },
  })
  await sweepFailing(portsOf([endpoint(1)], swept, { locked }), nowMs)
  expect(swept.decisions).toEqual([null])
})

test('S2: however many there are, each is looked at once', async () => {
  for (const count of [0, 1, 99, 100, 101, 350]) {
    const swept = nothing()
    const all = Array.from({ length: count }, (_, index) => endpoint(index + 1))
    await sweepFailing(portsOf(all, swept), nowMs)
    expect(swept.asked).toEqual(all.map(({ id }) => id))
  }
})

test('time is scaled as everything else', async () => {
  const swept = nothing()
  const young = endpoint(1, { failingSinceMs: nowMs - (5 * day) / 1_000 })
  await sweepFailing({ ...portsOf([young], swept), scale: 1_000 }, nowMs)
  expect(swept.decisions).toHaveLength(1)
})
