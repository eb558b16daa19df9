/** Real walks past real gateways, through separate processes: the derivation keeps what is promised of it, and derives what its rules alone derive. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defaultMovementSettings } from '@scanhook/domain/movement-settings'
import { beforeAll, describe, expect, test } from 'vitest'
import { decisionsOf, describeDerived } from '../evaluate/decisions.ts'
import { deriveThroughKafka } from '../evaluate/kafka-path.ts'
import { loadWalks, type Walks } from '../evaluate/load-walks.ts'
import { derivePurely } from '../evaluate/pure-path.ts'
import { type Scored, scoreRecording, scoreTotal } from '../evaluate/score.ts'
import { tailMsOf } from '../evaluate/walk.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/ble-12-gateways')
const hasWalks = existsSync(folder)
const settings = defaultMovementSettings.zone
const tailMs = tailMsOf(settings)

type Derived = Awaited<ReturnType<typeof deriveThroughKafka>>

describe.skipIf(!hasWalks)(
  `real walks${hasWalks ? '' : ' (skipped: the folder with the recordings is not here)'}`,
  () => {
    let loaded: Walks
    let derived: Derived
    let scores: readonly Scored[]

    beforeAll(async () => {
      const files = readdirSync(folder).filter((file) => file.endsWith('.mbd.gz'))
      loaded = loadWalks(
        join(folder, 'tetam.dev'),
        files.map((file) => join(folder, file)),
        1,
      )
      const { gateways, walks } = loaded
      derived = await deriveThroughKafka(walks, { gateways, tailMs, say: () => undefined })
      scores = walks.map(({ recording, reads, truth }, index) => {
        const followed = Array.from(truth, ([beacon, stays]) => ({
          stays,
          decisions: decisionsOf(derived[index]?.get(beacon) ?? []),
        }))
        return scoreRecording(recording, reads.length, followed)
      })
    })

    test("every walk's first location is right", () => {
      expect(scores.length).toBeGreaterThan(0)
      for (const { recording, firstLocationRight } of scores)
        expect([recording, firstLocationRight]).toEqual([recording, true])
    })

    test('nearly all true changes are found, with few moves too many, and most of the time the zone is right', () => {
      const { trueChanges, foundWithin10s, moves, rightZoneShare } = scoreTotal(scores)
      expect(foundWithin10s / trueChanges).toBeGreaterThanOrEqual(0.85)
      expect(moves / trueChanges).toBeLessThanOrEqual(1.6)
      expect(rightZoneShare).toBeGreaterThanOrEqual(0.75)
    })

    // Not when it was decided: timers go in steps of 16 ms of the epoch, and the real path's times are later ones.
    test('the services derive what the rules alone derive: the same types at the same places and times in the same order', () => {
      const shown = (events: Derived[number]): readonly string[] =>
        Array.from(events.values()).flatMap((ofBeacon) =>
          ofBeacon.map((event) => `${event.occurredAtMs} ${describeDerived(event)}`),
        )
      for (const [index, walk] of loaded.walks.entries()) {
        const pure = derivePurely(walk, { gateways: loaded.gateways, settings, tailMs })
        expect(shown(derived[index] ?? new Map())).toEqual(shown(pure))
      }
    })
  },
)
