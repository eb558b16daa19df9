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
  const isWritten = (
    await tellCopies(
      ports,
      writables.map(({ claim }) => claim),
    )
  ).map((answer) => answer !== 'duplicate')
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

/** Looks and marks nothing: of which claims there was a copy before, in this call (P2) or in Redis. In order. */
export async function tellCopies(
  ports: Pick<WritePorts, 'claim'>,
  claims: readonly (Claim | null)[],
): Promise<readonly ClaimAnswer[]> {
  const found: ClaimAnswer[] = new Array(claims.length).fill('duplicate')
  const firsts = new Set<string>()
  const asked: Claim[] = []
  const indexes: number[] = []
  for (const [index, claim] of claims.entries()) {
    if (claim === null) {
      found[index] = 'won'
    } else if (!firsts.has(claim.key)) {
      firsts.add(claim.key) // P2
      asked.push(claim)
      indexes.push(index)
    }
  }
  const answers = asked.length === 0 ? [] : await ports.claim(asked)
  for (const [position, index] of indexes.entries()) found[index] = answers[position] ?? 'won'
  return found
}
