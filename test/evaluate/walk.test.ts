import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import { expect, test } from 'vitest'
import { decisionsOf, describeDerived } from './decisions.ts'
import { derivePurely } from './pure-path.ts'
import { scoreRecording } from './score.ts'
import { happenings, parseWalk, tailMsOf, type Walk } from './walk.ts'

const gateways = [1, 2, 3, 4].map((zone) => ({ mac: `0${zone}`, alias: `sensor${zone}0`, zone }))
const settings = defaultMovementSettings.zone
const tailMs = tailMsOf(settings)
const corner = { 1: '5,5', 2: '5,15', 3: '15,15', 4: '15,5' } as const

/** Each of the legs lasts 20 s; all four gateways hear the beacon twice a second, the nearest 20 dB louder. */
function walkText(legs: readonly (keyof typeof corner)[], beacon = 'be'): string {
  return legs
    .flatMap((zone, leg) =>
      Array.from({ length: 40 }, (_, round) =>
        gateways.map((gateway) => {
          const atS = 1_581_252_411.25 + leg * 20 + round * 0.5
          return `${atS.toFixed(4)},${gateway.mac},${beacon},${gateway.zone === zone ? -60 : -80},${corner[zone]},1.8`
        }),
      ),
    )
    .flat()
    .join('\n')
}

function walkOf(text: string, speed = 1): Walk {
  const parsed = parseWalk(text, { recording: 'made-up', gateways, speed })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

function followedOf(walk: Walk) {
  const events = derivePurely(walk, { gateways, settings, tailMs })
  return Array.from(walk.truth, ([beacon, stays]) => ({
    stays,
    decisions: decisionsOf(events.get(beacon) ?? []),
  }))
}

test('a clear walk is followed: every change found, no move too many', () => {
  const walk = walkOf(walkText([1, 2, 3]))
  const score = scoreRecording('made-up', walk.reads.length, followedOf(walk))
  expect(score).toMatchObject({
    reads: 480,
    trueChanges: 2,
    foundWithin10s: 2,
    moves: 2,
    firstLocationRight: true,
  })
  // 3 s until the first location, and some 3 s after each change, of a minute.
  expect(score.rightZoneShare).toBeGreaterThan(0.8)
  expect(score.rightZoneShare).toBeLessThan(0.97)
})

test('two beacons in one file are two assets, each with its own truth', () => {
  const walk = walkOf(`${walkText([1, 2], 'b1')}\n${walkText([4, 4], 'b2')}`)
  const events = derivePurely(walk, { gateways, settings, tailMs })
  const moves = (beacon: string): readonly string[] =>
    (events.get(beacon) ?? []).filter(({ type }) => type === 'asset.moved').map(describeDerived)
  expect(moves('b1')).toEqual(['asset.moved nowhere > ZONE-1', 'asset.moved ZONE-1 > ZONE-2'])
  expect(moves('b2')).toEqual(['asset.moved nowhere > ZONE-4'])
  expect(scoreRecording('two', 0, followedOf(walk))).toMatchObject({ trueChanges: 1, moves: 1 })
})

test('the last timers fire: a beacon that is heard for a moment only still gets its location', () => {
  const walk = walkOf(walkText([1]).split('\n').slice(0, 8).join('\n'))
  expect(followedOf(walk)[0]?.decisions).toMatchObject([{ zone: 1, isMove: false }, { zone: 1 }])
})

test('a gateway that the devices file does not name is heard by nobody', () => {
  const stranger = '1581252412.0,ff,be,-30,5,5,1'
  const walk = walkOf(`${walkText([1])}\n${stranger}`)
  expect(walk.reads).toHaveLength(161)
  expect(followedOf(walk)).toEqual(followedOf(walkOf(walkText([1]))))
})

test('speed walks faster, truth and reads alike', () => {
  const walk = walkOf(walkText([1, 2]), 2)
  expect(walk.truth.get('be')).toMatchObject([{ zone: 1 }, { zone: 2, fromMs: 10_000 }])
  expect(walk.endsAtMs).toBe(19_750)
})

test('a line that is no read, or says no position, is named', () => {
  const parse = (text: string) => parseWalk(text, { recording: 'r', gateways, speed: 1 })
  const good = '1581252412.0,01,be,-30,5,5,1'
  expect(parse(`${good}\n\nhello`)).toMatchObject({ ok: false, problems: [{ field: 'line 3' }] })
  expect(parse(`${good}\n1581252412.0,01,be,-30,5,`)).toMatchObject({
    ok: false,
    problems: [{ field: 'line 2' }],
  })
  expect(parse(`${good}\n1581252412.0,01,be,-30`)).toMatchObject({
    ok: false,
    problems: [{ field: 'line 2', message: expect.stringContaining('position') }],
  })
  expect(parse('')).toMatchObject({ ok: false })
})

test('seconds stand between the reads, before those of the same moment, and go on to the end of the tail', () => {
  const walk = {
    ...walkOf(walkText([1])),
    reads: [0, 1_000, 2_500].map((atMs) => ({ ...read, atMs })),
    endsAtMs: 2_500,
  }
  expect([...happenings(walk, 1_500)].map(({ kind, atMs }) => `${kind} ${atMs}`)).toEqual([
    'read 0',
    'second 1000',
    'read 1000',
    'second 2000',
    'read 2500',
    'second 3000',
    'second 4000',
    'second 5000',
  ])
})

const read = { beacon: 'be', device: 'sensor10', rssiDbm: -60 }
