/**
 * One opossum breaker as this house uses it: told an outcome when it is there, it says at once whether that opened it.
 * Owns its settings; knows no endpoint, no clock and no schedule. The only file that imports opossum.
 *
 * opossum wants to run the call itself. It is given calls that have ended already, and so nothing of a running call is its
 * business: it limits no concurrency, ends nothing by time, aborts nothing, and no late outcome can reach it.
 */
import CircuitBreaker from 'opossum'
import type { BucketRotation } from './bucket-rotation.ts'

export const windowMs = 60_000
/** Each bucket is 230 bytes a breaker and one step of the rotation; six mean that "a minute" is 50 to 60 s. */
export const windowBuckets = 6
/** More than half failed, of at least so many: one failure of a quiet endpoint says nothing. */
const errorThresholdPercentage = 50
const volumeThreshold = 10

export type OpossumBreaker = Pick<CircuitBreaker<[isSuccess: boolean], void>, 'fire' | 'opened' | 'shutdown'>

const failed = new Error('the endpoint failed')

/**
 * A success that calls back at once. A promise would do so a microtask later, in which the breaker may have changed its
 * state already.
 */
const succeeded = {
  // biome-ignore lint/suspicious/noThenProperty: opossum asks for nothing but `then` and `catch`.
  then(act: () => void): unknown {
    act()
    return succeeded
  },
  catch: (): unknown => succeeded,
}

function replay(isSuccess: boolean): Promise<void> {
  if (!isSuccess) throw failed
  return succeeded as unknown as Promise<void>
}

const settings = {
  name: 'endpoint', // else each is given a random one
  enableSnapshots: false, // else one interval each
  rollingPercentilesEnabled: false,
  rollingCountTimeout: windowMs,
  rollingCountBuckets: windowBuckets,
  errorThresholdPercentage,
  volumeThreshold,
  timeout: false,
  // Whatever it is, we shut an open breaker down before the timer fires: the schedule is ours.
  resetTimeout: 2 ** 31 - 1,
} as const

/** As opossum's own `toJSON` says it; its types do not know it. */
const halfOpen = { closed: false, halfOpen: true }

/** Must be shut down in the end, or the rotation keeps it for ever. */
export function opossumBreaker(rotation: BucketRotation, state: 'closed' | 'half_open'): OpossumBreaker {
  const closed = { ...settings, rotateBucketController: rotation }
  const options = state === 'closed' ? closed : { ...closed, state: halfOpen }
  return new CircuitBreaker(replay, options)
}

/** Counts one outcome; returns whether the breaker is open now. */
export function countOutcome(breaker: OpossumBreaker, isSuccess: boolean): boolean {
  breaker.fire(isSuccess).catch(() => undefined) // rejects with the failure that we have just told it
  return breaker.opened
}
