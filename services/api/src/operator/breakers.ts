/** Endpoints that are held back, out of what dispatchers share and what PostgreSQL knows of them. Pure. */
import { limitStart } from '@scanhook/domain/delivering/concurrency-limit'
import type { EndpointShared } from '@scanhook/domain/endpoint-shared'
import type { EndpointFacts } from '@scanhook/postgres/operator-figures'

export interface HeldBack {
  readonly facts: EndpointFacts
  readonly shared: EndpointShared
}

/** Open, half open, or fewer requests at a time than every endpoint begins with: it has been told to take it slowly. */
export function isHeldBack({ breaker, limit }: EndpointShared): boolean {
  return breaker !== null || (limit !== null && limit < limitStart)
}

/** Open ones first, those for which most waits first. Endpoints that PostgreSQL does not know (deleted) are left out. */
export function heldBackOf(
  states: ReadonlyMap<number, EndpointShared>,
  facts: readonly EndpointFacts[],
): readonly HeldBack[] {
  return facts
    .flatMap((each) => {
      const shared = states.get(each.endpointId)
      return shared === undefined ? [] : [{ facts: each, shared }]
    })
    .sort(
      (one, other) =>
        Number(other.shared.breaker !== null) - Number(one.shared.breaker !== null) ||
        other.facts.waiting - one.facts.waiting ||
        one.facts.endpointId - other.facts.endpointId,
    )
}
