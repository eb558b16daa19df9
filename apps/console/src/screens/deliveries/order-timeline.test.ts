import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderTimeline } from './order-timeline.ts'

type Delivery = Parameters<typeof orderTimeline>[0]

const instant = fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
const members = (name: string) =>
  fc.array(
    instant.map((at) => ({ [name]: at })),
    { maxLength: 8 },
  )
const someDelivery = fc
  .record({
    attempts: members('started_at'),
    holds: members('held_at'),
    planned_attempts: members('due_at'),
    gives_up_at: fc.option(instant),
    completed_at: fc.option(instant),
    state: fc.constantFrom('pending', 'delivered', 'dead'),
  })
  // Only what the order goes by.
  .map((delivery) => delivery as unknown as Delivery)

test('T1: what has happened stands before what is planned, each in the order of time', () => {
  fc.assert(
    fc.property(someDelivery, (delivery) => {
      const moments = orderTimeline(delivery)
      const isAhead = ({ kind }: (typeof moments)[number]) => kind === 'planned' || kind === 'limit'
      const begin = moments.findIndex(isAhead)
      const [happened, ahead] = begin === -1 ? [moments, []] : [moments.slice(0, begin), moments.slice(begin)]
      expect(ahead.every(isAhead)).toBe(true)
      for (const part of [happened, ahead.filter(({ kind }) => kind === 'planned')]) {
        const times = part.map(({ at }) => Date.parse(at))
        expect(times).toEqual(times.toSorted((one, other) => one - other))
      }
    }),
  )
})

test('T2: everything stands in it once, and when it is given up comes last', () => {
  fc.assert(
    fc.property(someDelivery, (delivery) => {
      const moments = orderTimeline(delivery)
      const { attempts, holds, planned_attempts: plans, gives_up_at: limit, completed_at: end } = delivery
      expect(moments).toHaveLength(
        attempts.length + holds.length + plans.length + (limit === null ? 0 : 1) + (end === null ? 0 : 1),
      )
      expect(moments.some(({ kind }) => kind === 'limit')).toBe(limit !== null)
      if (limit !== null) expect(moments.at(-1)?.kind).toBe('limit')
    }),
  )
})

test('how it ended stands after the request that ended it, which began before', () => {
  const at = (second: number): string => `2026-11-27T13:26:0${second}.000Z`
  const delivery = {
    attempts: [{ started_at: at(1) }, { started_at: at(2) }, { started_at: at(5) }],
    holds: [],
    planned_attempts: [],
    ...{ gives_up_at: null, completed_at: at(2), state: 'delivered' },
  } as unknown as Delivery
  expect(orderTimeline(delivery).map(({ kind }) => kind)).toEqual(['request', 'request', 'end', 'request'])
})
