import type { EndpointEvent } from '@scanhook/domain/endpoint-event'
import type { EndpointLife } from '@scanhook/domain/endpoint-life/endpoint-life'
import { deliveryId, type EndpointId, endpointId, eventId, orgId } from '@scanhook/domain/ids'
import type { RecordBatch } from '@scanhook/kafka/contract'
import type { KafkaRecord } from '@scanhook/kafka/record'
import { expect, test } from 'vitest'
import { type Decision, endpointEventTaker, type TakePorts } from './take-events.ts'

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
    deliveryId: deliveryId(`d${atMs}`),
    sinceMs: null,
    event: { id: eventId('e'), type: 'asset.moved' },
    deadReason: kind === 'delivery_dead' ? 'deadline' : null,
    reason: 'status 500',
    ...change,
  }
}

interface World {
  life: EndpointLife
  readonly notices: string[]
  readonly order: string[]
  readonly appended: { readonly topic: string; readonly id: string }[]
  doneThrough: number
  pausedAt: number | null
}

/** A table of one endpoint, whose transactions fail while `isAway` says so. */
function worldOf(isAway: (n: number) => boolean = () => false): { world: World; ports: TakePorts } {
  const world: World = {
    life: newborn,
    notices: [],
    order: [],
    appended: [],
    doneThrough: -1,
    pausedAt: null,
  }
  let transactions = 0
  const ports: TakePorts = {
    decode: (bytes) =>
      bytes?.toString() === 'bad'
        ? { kind: 'bad', reason: 'undecodable', detail: 'x' }
        : { kind: 'good', value: JSON.parse(bytes?.toString() ?? '') as EndpointEvent },
    change: async (_org, id, decide) => {
      transactions += 1
      if (isAway(transactions)) throw new Error('away')
      const decision: Decision | null = decide({
        id,
        url: 'https://x.example/',
        name: null,
        profile: 'standard',
        life: world.life,
      })
      if (decision === null) return
      world.order.push('commit')
      world.life = decision.life
      if (decision.notice !== null) world.notices.push(`${decision.notice.kind} ${decision.notice.episodeMs}`)
    },
    describe: async (ids) =>
      new Map(
        ids.map((id): [EndpointId, { url: string; name: null }] => [
          id,
          { url: 'https://x.example/', name: null },
        ]),
      ),
    recordOf: (event) => ({ topic: event.type, key: event.eventId, value: null }),
    poisonOf: (record) => ({ topic: 'poison', key: String(record.offset), value: null }),
    appendAll: async (records) => {
      world.order.push('append')
      world.appended.push(...records.map(({ topic, key }) => ({ topic, id: String(key) })))
    },
    isBadValue: (error) => error instanceof Error && error.message === 'bad value',
    onFailure: () => 99,
    onTaken: () => undefined,
    scale: 1,
  }
  return { world, ports }
}

function batchOf(
  world: World,
  values: readonly (EndpointEvent | 'bad')[],
  signal = new AbortController().signal,
): RecordBatch {
  const records = values.map(
    (value, offset): KafkaRecord => ({
      topic: 'endpoint-events',
      partition: 0,
      offset,
      timestampMs: 1,
      key: null,
      value: Buffer.from(value === 'bad' ? value : JSON.stringify(value)),
      headers: {},
    }),
  )
  return {
    topic: 'endpoint-events',
    partition: 0,
    records,
    highWatermark: records.length,
    signal,
    over: signal,
    done: () => expect.unreachable('a batch is marked at once'),
    doneThrough: (offset) => {
      world.order.push('done')
      world.doneThrough = offset
    },
    stillWaiting: () => undefined,
    pauseUntil: (offset) => {
      world.pausedAt = offset
    },
  }
}

const events = [
  told('failing', 100),
  told('delivery_dead', 110),
  told('breaker_opened', 111),
  told('recovered', 200),
  told('disabled', 300),
  told('delivery_dead', 301, { event: { id: eventId('o'), type: 'endpoint.failing' } }),
]

test('H1: committed, then acknowledged, then done', async () => {
  const { world, ports } = worldOf()
  await endpointEventTaker(ports)(batchOf(world, events))
  expect(world.notices).toEqual(['failing 100', 'recovered 100', 'disabled 300'])
  expect(world.order).toEqual(['commit', 'commit', 'commit', 'append', 'done'])
  // The dead delivery of an operational event is told to nobody.
  expect(world.appended.map(({ topic }) => topic)).toEqual(['delivery.dead'])
  expect(world.doneThrough).toBe(5)
})

test('H1, H2: whichever transaction fails, the batch is read again and ends as if nothing had been', async () => {
  const whole = worldOf()
  await endpointEventTaker(whole.ports)(batchOf(whole.world, events))
  for (const failing of [1, 2, 3]) {
    const { world, ports } = worldOf((n) => n === failing)
    await endpointEventTaker(ports)(batchOf(world, events))
    expect([world.pausedAt, world.doneThrough, world.appended]).toEqual([0, -1, []])
    await endpointEventTaker(ports)(batchOf(world, events))
    expect([world.life, world.notices, world.appended]).toEqual([
      whole.world.life,
      whole.world.notices,
      whole.world.appended,
    ])
    expect(world.doneThrough).toBe(5)
  }
})

test('H2: a batch that comes again says nothing more, in the same ids', async () => {
  const { world, ports } = worldOf()
  await endpointEventTaker(ports)(batchOf(world, events))
  await endpointEventTaker(ports)(batchOf(world, events))
  expect(world.notices).toHaveLength(3)
  expect(new Set(world.appended.map(({ id }) => id)).size).toBe(1)
})

test('H3: what can not be read or stored goes to poison, the others go on', async () => {
  const { world, ports } = worldOf()
  const taker = endpointEventTaker({
    ...ports,
    change: async (org, id, decide) => {
      if (id === endpointId(8)) throw new Error('bad value')
      await ports.change(org, id, decide)
    },
  })
  await taker(batchOf(world, ['bad', told('failing', 1, { endpointId: endpointId(8) }), told('failing', 2)]))
  expect(world.appended).toEqual([
    { topic: 'poison', id: '0' },
    { topic: 'poison', id: '1' },
  ])
  expect(world.notices).toEqual(['failing 2'])
  expect(world.doneThrough).toBe(2)
})

test('H1: a failed append after a revoke is nobody’s problem, before it is', async () => {
  const { world, ports } = worldOf()
  const refusing = { ...ports, appendAll: async () => Promise.reject(new Error('KAFKA_CLOSED')) }
  await endpointEventTaker(refusing)(batchOf(world, events, AbortSignal.abort()))
  expect(world.doneThrough).toBe(-1)
  await expect(endpointEventTaker(refusing)(batchOf(world, events))).rejects.toThrow('KAFKA_CLOSED')
})
