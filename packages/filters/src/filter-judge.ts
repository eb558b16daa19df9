/** Filters by their text, compiled once. Owns what is compiled; knows no endpoint. */
import type { FilterJudge } from '@scanhook/domain/filter-refusal'
import { LRUCache } from 'lru-cache'
import { type CompiledFilter, compileFilter } from './compile-filter.ts'

/**
 * As many as endpoints are busy at a time (packages/endpoint-directory); some 10 kB each at 3 clauses. One that is
 * forgotten is compiled again, which takes a tenth of a millisecond.
 */
const compiledMax = 10_000

/**
 * A judge with a cache of its own. A text that does not compile (announced by a newer version, say) lets nothing through and
 * says so: to send what a customer did not want is worse than what `why` explains and a replay brings back.
 */
export function openFilterJudge(): FilterJudge {
  const compiled = new LRUCache<string, CompiledFilter>({ max: compiledMax })
  return (text, event) => {
    let filter = compiled.get(text)
    if (filter === undefined) {
      filter = compiledOrRefusing(text)
      compiled.set(text, filter)
    }
    return filter.refusalOf(event)
  }
}

function compiledOrRefusing(text: string): CompiledFilter {
  const compilation = compileFilter(text)
  if (compilation.ok) return compilation.filter
  const refusal = { clause: text, failure: `it cannot be read: ${compilation.message}` }
  return { clauses: [text], refusalOf: () => refusal }
}
