/**
 * Delivery profiles: one engine, several wire contracts. A profile is data; no code asks for a profile by name
 * except the renderer of bodies and the signer of headers. Sources: Standard Webhooks 1.0.0, TrakRF's shipped
 * webhooks and the Trackberry page (docs/reference/profiles.md).
 */
export const profileNames = ['standard', 'trakrf', 'trackberry'] as const
export type ProfileName = (typeof profileNames)[number]

export type RetryPolicy =
  | {
      readonly kind: 'exponential'
      readonly baseMs: number
      readonly factor: number
      readonly capMs: number
      /** Spread around the computed delay: 0.2 means ±20 %. Never shortens a Retry-After. */
      readonly jitterRatio: number
      /** From the first attempt; no attempt starts after it. */
      readonly deadlineMs: number
    }
  | {
      readonly kind: 'table'
      /** Delay before the 1st, 2nd … retry. After the last the delivery is exhausted. */
      readonly delaysMs: readonly number[]
    }

export interface DeliveryProfile {
  readonly name: ProfileName
  readonly envelope: ProfileName
  readonly signature: 'standard' | 'trakrf' | 'trackberry'
  readonly retry: RetryPolicy
  /** One deadline over the whole exchange. */
  readonly timeoutMs: number
  /** Failed attempts of one delivery after which the endpoint is `failing`. */
  readonly failingAfterAttempts: number
  /** A failing endpoint without one success for so long is disabled. */
  readonly disabledAfterMs: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const exponentialDay: RetryPolicy = {
  kind: 'exponential',
  baseMs: 5 * second,
  factor: 3,
  capMs: 6 * hour,
  jitterRatio: 0.2,
  deadlineMs: 24 * hour,
}

export const profiles: Readonly<Record<ProfileName, DeliveryProfile>> = {
  standard: {
    name: 'standard',
    envelope: 'standard',
    signature: 'standard',
    retry: exponentialDay,
    timeoutMs: 15 * second,
    failingAfterAttempts: 5,
    disabledAfterMs: 5 * day,
  },
  trakrf: {
    name: 'trakrf',
    envelope: 'trakrf',
    signature: 'trakrf',
    retry: exponentialDay,
    timeoutMs: 5 * second,
    failingAfterAttempts: 5,
    disabledAfterMs: 5 * day,
  },
  trackberry: {
    name: 'trackberry',
    envelope: 'trackberry',
    signature: 'trackberry',
    retry: { kind: 'table', delaysMs: [minute, 5 * minute, 30 * minute, 2 * hour, 24 * hour] },
    timeoutMs: 5 * second,
    failingAfterAttempts: 5,
    disabledAfterMs: 5 * day,
  },
}
