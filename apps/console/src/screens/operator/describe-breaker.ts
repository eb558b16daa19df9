/** A breaker in a word, and a number that may stand for more. Pure. */
import type { Judgement } from './describe-pipeline.ts'

interface Held {
  readonly breaker: 'open' | 'half_open' | 'closed'
  readonly concurrency_limit: number | null
}

export function describeBreaker({ breaker, concurrency_limit: limit }: Held): Judgement {
  if (breaker === 'open') return { tone: 'bad', word: 'Breaker open' }
  if (breaker === 'half_open') return { tone: 'warn', word: 'Being probed' }
  return { tone: 'warn', word: limit === 1 ? 'One at a time' : `${limit ?? 'Few'} at a time` }
}

/** Where the API stops counting (packages/postgres/src/operator-figures.ts). */
const waitingMax = 10_000

export function sayWaiting(count: number): string {
  return `${count.toLocaleString('en')}${count >= waitingMax ? ' +' : ''}`
}
