/** How the house tells "not now" from "never": operational errors say so themselves. */
export function isRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true
}
