import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignPartitions, type GroupAssignment, type Member } from './assign-partitions.ts'

const topicNames = ['a', 'b', 'c'] as const
const counts = fc
  .tuple(fc.nat({ max: 20 }), fc.nat({ max: 7 }), fc.nat({ max: 1 }))
  .map((all) => new Map(topicNames.map((topic, i) => [topic as string, all[i] ?? 0])))
const owned = fc.dictionary(fc.constantFrom(...topicNames), fc.array(fc.nat({ max: 22 }), { maxLength: 12 }))
const members = fc
  .array(fc.record({ topics: fc.subarray([...topicNames], { minLength: 1 }), owned }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((member, i): Member => ({ memberId: `m${i}`, ...member })))

test('A1: every wanted partition goes to exactly one member that wants it', () => {
  fc.assert(
    fc.property(members, counts, (group, partitionCounts) => {
      const assignment = assignPartitions(group, partitionCounts)
      for (const [topic, count] of partitionCounts) {
        const isWanted = group.some(({ topics }) => topics.includes(topic))
        const given = group.flatMap(({ memberId }) => assignment.get(memberId)?.get(topic) ?? [])
        expect(given.toSorted((a, b) => a - b)).toEqual(isWanted ? [...Array(count).keys()] : [])
        for (const { memberId, topics } of group) {
          if (!topics.includes(topic)) expect(assignment.get(memberId)?.get(topic)).toBeUndefined()
        }
      }
    }),
  )
})

test('A2: shares of a topic differ by at most one', () => {
  fc.assert(
    fc.property(members, counts, (group, partitionCounts) => {
      const assignment = assignPartitions(group, partitionCounts)
      for (const topic of partitionCounts.keys()) {
        const shares = group
          .filter(({ topics }) => topics.includes(topic))
          .map(({ memberId }) => assignment.get(memberId)?.get(topic)?.length ?? 0)
        if (shares.length > 0) expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('A3: the order of members does not matter', () => {
  fc.assert(
    fc.property(members, counts, (group, partitionCounts) => {
      expect(assignPartitions(group.toReversed(), partitionCounts)).toEqual(
        assignPartitions(group, partitionCounts),
      )
    }),
  )
})

test('A4: when nothing changed, nothing moves', () => {
  fc.assert(
    fc.property(members, counts, (group, partitionCounts) => {
      const first = assignPartitions(group, partitionCounts)
      const second = assignPartitions(withOwned(group, first), partitionCounts)
      expect(second).toEqual(first)
    }),
  )
})

test('one that joins takes only its share; one that leaves moves only its own', () => {
  const topics = ['a']
  const partitionCounts = new Map([['a', 12]])
  const two = ['m1', 'm2'].map((memberId): Member => ({ memberId, topics, owned: {} }))
  const before = assignPartitions(two, partitionCounts)
  const newcomer: Member = { memberId: 'm0', topics, owned: {} }
  const after = assignPartitions([...withOwned(two, before), newcomer], partitionCounts)
  for (const { memberId } of two) {
    const kept = after.get(memberId)?.get('a') ?? []
    expect(kept).toHaveLength(4)
    expect(before.get(memberId)?.get('a')).toEqual(expect.arrayContaining([...kept]))
  }
})

function withOwned(group: readonly Member[], assignment: GroupAssignment): readonly Member[] {
  return group.map((member) => ({
    ...member,
    owned: Object.fromEntries(assignment.get(member.memberId) ?? []),
  }))
}
