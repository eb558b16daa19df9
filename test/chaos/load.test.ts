import { expect, test } from 'vitest'
import { planLegs, roundMs, roundsPerLeg } from './load.ts'

test('a walk never stays where it is, takes as long as asked, and is the same for the same seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const legs = planLegs(seed, 30, 3)
    expect(legs).toEqual(planLegs(seed, 30, 3))
    expect(legs).toHaveLength(30_000 / (roundMs * roundsPerLeg))
    expect(legs.every((leg, index) => leg >= 0 && leg < 3 && leg !== legs[index - 1])).toBe(true)
  }
})
