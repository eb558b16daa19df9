/** What the feeding process tells the others, in `.run/feed.json`. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface FeedStatus {
  readonly sentCount: number
  /** Where virtual time stands; the next replay begins no earlier. 0 where none was used. */
  readonly virtualNowMs: number
  readonly isDone: boolean
  /** Why it ended early; null when it did not. */
  readonly problem: string | null
}

const nothing: FeedStatus = { sentCount: 0, virtualNowMs: 0, isDone: false, problem: null }

export function readFeedStatus(file: string): FeedStatus {
  try {
    return { ...nothing, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<FeedStatus>) }
  } catch {
    return nothing
  }
}

export function writeFeedStatus(file: string, status: FeedStatus): void {
  const draft = `${file}.tmp`
  writeFileSync(draft, JSON.stringify(status))
  renameSync(draft, file)
}
