/**
 * Writes records, each once. Order of acts: claim → append (ack) → confirm; the caller then lets the upstream offset go,
 * or answers the request.
 *
 * Invariants
 *   P1. A claim is confirmed only after its record was acknowledged, and made only for what is to be written.
 *   P2. Of equal claims in one call the first is written and the others are duplicates, also without Redis: they stand
 *       or fall together.
 *   P3. Records beside them (poison) are acknowledged together with them, before anything is confirmed.
 */
import type { OutgoingRecord } from '@scanhook/kafka/record'
import type { Claim, ClaimAnswer } from '@scanhook/redis/claims'

export interface WritePorts {
  readonly claim: (claims: readonly Claim[]) => Promise<readonly ClaimAnswer[]>
  readonly confirm: (claims: readonly Claim[]) => Promise<void>
  /** Resolves when every record is acknowledged. */
  readonly appendAll: (records: readonly OutgoingRecord[]) => Promise<void>
}

export interface Writable {
  /** Null: nothing tells this one from the next, so there is nothing to claim. */
  readonly claim: Claim | null
  /** Asked only for what is written. */
  readonly record: () => OutgoingRecord
}

/** What became of each, in order. Rejects when Kafka refuses a record for good. */
export async function writeOnce(
  ports: WritePorts,
  writables: readonly Writable[],
  beside: readonly OutgoingRecord[] = [],
): Promise<readonly ('accepted' | 'duplicate')[]> {
  const isWritten = await claimed(ports, writables)
  const records = [...beside]
  const claims: Claim[] = []
  for (const [index, { claim, record }] of writables.entries()) {
    if (isWritten[index] !== true) continue
    records.push(record())
    if (claim !== null) claims.push(claim)
  }
  if (records.length > 0) await ports.appendAll(records)
  if (claims.length > 0) await ports.confirm(claims)
  return isWritten.map((written) => (written ? 'accepted' : 'duplicate'))
}

async function claimed(ports: WritePorts, writables: readonly Writable[]): Promise<boolean[]> {
  const isWritten: boolean[] = new Array(writables.length).fill(false)
  const firsts = new Set<string>()
  const claims: Claim[] = []
  const indexes: number[] = []
  for (const [index, { claim }] of writables.entries()) {
    if (claim === null) {
      isWritten[index] = true
    } else if (!firsts.has(claim.key)) {
      firsts.add(claim.key) // P2
      claims.push(claim)
      indexes.push(index)
    }
  }
  const answers = claims.length === 0 ? [] : await ports.claim(claims)
  for (const [position, index] of indexes.entries()) isWritten[index] = answers[position] !== 'duplicate'
  return isWritten
}
