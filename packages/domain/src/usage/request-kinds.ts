/** What can come of a request, as counts in a fixed order: they can be added up over hours and endpoints. Pure. */
/**
 * The order of the columns of `usage_hours`: never changed, only continued. `delivered` is what counts as taken; the
 * statuses are of requests that were answered and not taken (2xx: a batch whose answer names this delivery), the others say
 * why no usable answer came.
 */
export const requestKinds = [
  'delivered',
  '2xx',
  '3xx',
  '4xx',
  '5xx',
  'other_status',
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'blocked_address',
  'protocol',
  'internal',
] as const
export type RequestKind = (typeof requestKinds)[number]

/** A count of each kind, in the order of `requestKinds`. */
export type RequestCounts = readonly number[]

/** How many of that kind; 0 where the counts are of a version that did not know it. */
export function countOf(counts: RequestCounts, kind: RequestKind): number {
  return counts[requestKinds.indexOf(kind)] ?? 0
}
