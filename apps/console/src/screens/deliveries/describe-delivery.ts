/** How a delivery is, in a word. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Delivery = Pick<Model<'ListedDelivery'>, 'state' | 'held_reason' | 'attempt_count'>

export function describeDelivery(delivery: Delivery): { readonly tone: Tone; readonly word: string } {
  const { state, held_reason: heldReason, attempt_count: attempts } = delivery
  if (state === 'delivered') return { tone: 'good', word: 'Delivered' }
  if (state === 'dead') return { tone: 'bad', word: 'Dead' }
  if (heldReason !== null) return { tone: 'plain', word: 'Held' }
  return { tone: 'warn', word: attempts === 0 ? 'Waiting' : 'Retrying' }
}
