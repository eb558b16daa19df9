/** Why an endpoint fails, in words for whoever looks after all of them. Pure. */
import { explainError } from '../deliveries/explain.ts'

export interface LastFailure {
  readonly lastStatus: number | null
  readonly lastErrorClass: string | null
}

/** Null where the log has no failure of it. */
export function sayFailure({ lastStatus, lastErrorClass }: LastFailure): string | null {
  if (lastErrorClass !== null) return explainError(lastErrorClass) ?? lastErrorClass
  return lastStatus === null ? null : `the endpoint answered ${lastStatus}`
}
