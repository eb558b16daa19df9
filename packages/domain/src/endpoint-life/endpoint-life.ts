/** An endpoint's life as it is remembered between two endpoint events: what is known of failures, successes and people. */
import type { EndpointState } from '../endpoint.ts'

/** `gone`: it answered 410. `no_success`: it failed for the profile's time without one success. */
export const disabledReasons = ['gone', 'no_success'] as const
export type DisabledReason = (typeof disabledReasons)[number]

/** What a person is told, once for each episode. */
export const noticeKinds = ['failing', 'recovered', 'disabled'] as const
export type NoticeKind = (typeof noticeKinds)[number]

export interface EndpointLife {
  readonly state: EndpointState
  /** Since when there has been no success; null while it is not marked as failing. It names the episode. */
  readonly failingSinceMs: number | null
  /** The newest evidence of failing in this episode; null with `failingSinceMs`. A success counts when it is later. */
  readonly failingAtMs: number | null
  /** The newest success that was told of. */
  readonly recoveredAtMs: number | null
  /** When a person enabled it last; what happened up to then is forgiven. Null: never since it was made. */
  readonly enabledAtMs: number | null
  readonly disabledAtMs: number | null
  readonly disabledReason: DisabledReason | null
  /** Whether operational events told of this episode's beginning; then they tell of its end as well. */
  readonly isEpisodeTold: boolean
}

/** What is to be said of a change, under a key that nothing else has: endpoint, kind and episode. */
export interface LifeNotice {
  readonly kind: NoticeKind
  /** Epoch ms; the same for an episode's beginning and its end. */
  readonly episodeMs: number
  /** Whether it goes out as an operational event, beside the mail. */
  readonly isTold: boolean
}

export interface LifeChange {
  readonly life: EndpointLife
  /** Null: remembered, and nothing to say. */
  readonly notice: LifeNotice | null
}
