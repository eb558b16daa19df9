import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Turn, Turns } from './turns.ts'

interface Member extends Turn {
  readonly costMs: number
  usedMs: number
}

const member = (costMs: number): Member => ({ costMs, usedMs: 0, deficitMs: 0, round: 0 })

function spend(turns: Turns<Member>, totalMs: number): void {
  for (let spentMs = 0; spentMs < totalMs; ) {
    const costMs = turns.startOne((each) => {
      each.usedMs += each.costMs
      return each.costMs
    })
    if (costMs === null) return
    spentMs += costMs
  }
}

test('R1: whatever the costs, those that can always start get the same slot time, to a quantum and a cost', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 2, maxLength: 6 }), (costs) => {
      const members = costs.map(member)
      const turns = new Turns<Member>()
      for (const each of members) turns.add(each)
      spend(turns, 100_000)
      const used = members.map(({ usedMs }) => usedMs)
      expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(2 * (10 + Math.max(...costs)))
    }),
  )
})

test('R2: an expensive one that is alone, or left alone by the others, starts at once', () => {
  const turns = new Turns<Member>()
  const slow = member(15_000)
  turns.add(slow)
  for (let round = 0; round < 5; round += 1) expect(turns.startOne(({ costMs }) => costMs)).toBe(15_000)
  turns.add(member(10))
  expect(turns.startOne((each) => (each === slow ? each.costMs : null))).toBe(15_000)
})

test('R2: when nobody can start, nobody is asked for ever', () => {
  const turns = new Turns<Member>()
  for (const costMs of [1, 100]) turns.add(member(costMs))
  expect(turns.startOne(() => null)).toBeNull()
})

test('R3: who leaves and comes back still owes', () => {
  const turns = new Turns<Member>()
  const slow = member(1_000)
  const quick = member(10)
  turns.add(slow)
  turns.startOne(({ costMs }) => costMs)
  turns.remove(slow)
  turns.add(slow)
  turns.add(quick)
  const started: Member[] = []
  for (let round = 0; round < 20; round += 1)
    turns.startOne((each) => {
      started.push(each)
      return each.costMs
    })
  expect(started.includes(slow)).toBe(false)
})
