/**
 * What the load of a cell is: decisions only, no IO. Assets walk from place to place in legs of fixed length, in rounds over
 * all of them; business events come beside. Everything follows from the seed, so that the auditor can work out
 * from the ledger alone what must be delivered.
 */
import { type BusinessEventType, businessEventTypes } from '@scanhook/domain/event'
import { seededRandom } from '@scanhook/replay/seeded-random'

export interface LoadPlan {
  readonly seed: number
  /** How long the walk takes when nothing is in its way. */
  readonly seconds: number
  readonly prefix: string
  readonly orgId: number
  /** Tags in the order of the assets, devices in the order of the places. */
  readonly tags: readonly string[]
  readonly devices: readonly string[]
  /** Business events a second. */
  readonly eventsPerSecond: number
  readonly ledgerFile: string
  /** KAFKA_BROKERS. */
  readonly brokers: string
}

/** One line of the ledger of the load. What was tried and never acknowledged may or may not be there: "perhaps". */
export type LoadLine =
  | {
      readonly kind: 'tried-round' | 'acked-round'
      readonly leg: number
      readonly round: number
      readonly atMs: number
    }
  | {
      readonly kind: 'tried-event' | 'acked-event'
      readonly id: string
      readonly type: BusinessEventType
      readonly atMs: number
    }
  /** The walk is over: everything was acknowledged. */
  | { readonly kind: 'end'; readonly atMs: number }

/** 60 assets every 200 ms are 300 reads/s. */
export const roundMs = 200
/** 6 s a leg: twice the 3 s after which a first sighting counts, so that a leg is long enough however it is disturbed. */
export const roundsPerLeg = 30

/** Indices of places. Never the same place twice in a row, else there would be no transition. */
export function planLegs(seed: number, seconds: number, placeCount: number): readonly number[] {
  const random = seededRandom(seed)
  const legs: number[] = [random.below(placeCount)]
  const count = Math.max(1, Math.round((seconds * 1_000) / (roundMs * roundsPerLeg)))
  while (legs.length < count) {
    const last = legs.at(-1) ?? 0
    legs.push((last + 1 + random.below(placeCount - 1)) % placeCount)
  }
  return legs
}

/**
 * Every leg is louder than the one before: else a place that was left would count as a candidate as long as it is fresh, and
 * win by the rule of quiet when a fault silences everything for a while (`quietConfirmMs`).
 */
export const loudnessOf = (leg: number): number => Math.min(-100 + 4 * leg, -4)

/** A read's own id; the same whenever it is sent again. */
export const readIdOf = (seed: number, leg: number, round: number, tag: string): string =>
  `chaos-${seed}-${leg}-${round}-${tag}`

export const businessTypeOf = (number: number): BusinessEventType =>
  businessEventTypes[number % businessEventTypes.length] ?? 'shipment.created'

export const businessIdOf = (seed: number, number: number): string => `chaos-${seed}-event-${number}`
