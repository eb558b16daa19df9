/** What `bin/up` asks its feeding process for: one JSON argument. */
export interface FeedOrder {
  readonly replayFile: string | null
  readonly speed: number
  readonly offsetS: number
  readonly orgId: number
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  readonly statusFile: string
}
