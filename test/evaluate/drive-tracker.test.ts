import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import { expect, test } from 'vitest'
import { describeDerived } from './decisions.ts'
import { derivePurely } from './pure-path.ts'
import { parseWalk } from './walk.ts'

const gateways = [
  { mac: '01', alias: 'sensor10', zone: 1 },
  { mac: '02', alias: 'sensor20', zone: 2 },
]
const settings = defaultMovementSettings.zone

/** `silent` is heard for 10 s, `other` by the given gateway for 12 minutes. */
function exitsOf(otherGateway: string): readonly string[] {
  const line = (atS: number, gateway: string, beacon: string): string =>
    `${atS},${gateway},${beacon},-60,5,5,1`
  const silent = Array.from({ length: 10 }, (_, second) => line(second, '01', 'silent'))
  const other = Array.from({ length: 720 }, (_, second) => line(second + 0.5, otherGateway, 'other'))
  const walk = parseWalk([...silent, ...other].join('\n'), { recording: 'r', gateways, speed: 1 })
  if (!walk.ok) throw new Error('bad')
  const events = derivePurely(walk.value, { gateways, settings, tailMs: 5_000 }).get('silent') ?? []
  return events.filter(({ type }) => type === 'location.exited').map(describeDerived)
}

test('an asset has left when its reader hears others and not it', () => {
  expect(exitsOf('01')).toEqual(['location.exited ZONE-1', 'location.exited HALL'])
})

test('an asset whose reader is silent too has not', () => {
  expect(exitsOf('02')).toEqual([])
})
