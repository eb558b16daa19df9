/** The scope in the API's refusal (packages/http/src/admit.ts); null for a refusal that is about something else. Pure. */
export function missingScope(detail: string): string | null {
  return /lacks the scope ([a-z_]+:[a-z_]+)/.exec(detail)?.[1] ?? null
}
