/**
 * Deficit round robin (Shreedhar and Varghese, 1995) with cost = expected slot time: who takes long pays for it with
 * turns. Used twice, over organizations and over the endpoints of each. Owns the order and the deficits of those that
 * are in it; what they are, and what starting means, is its user's.
 *
 * Invariants
 *   R1. Over any long time in which two of them could always start, both get the same slot time, to a quantum and one
 *       cost, whatever their costs.
 *   R2. Whoever can start comes to it: when nobody may because of deficits, as many rounds pass at once as the nearest
 *       of them lacks, so an expensive one alone waits for nothing.
 *   R3. Who leaves for a while finds its account as it was: debts are not forgiven, and savings are a quantum at most.
 */
export interface Turn {
  /** What it may still spend, as of `round`. */
  deficitMs: number
  round: number
}

/** About what a quick receiver needs: an expensive one gets its single start once in so many rounds. */
const quantumMs = 10
/** A deadline's worth: what one request can owe. Debts beyond it would outlast the reason for them. */
const debtMaxMs = 15_000

export class Turns<M extends Turn> {
  readonly #ring = new Set<M>()
  /** Each round gives everybody in the ring a quantum; nobody's turn is needed for that. */
  #round = 0

  get size(): number {
    return this.#ring.size
  }

  add(member: M): void {
    if (this.#ring.has(member)) return
    member.round = this.#round
    this.#ring.add(member)
  }

  remove(member: M): void {
    if (this.#ring.delete(member)) this.#settle(member)
  }

  /**
   * One start: by the member at the front as long as it has something to spend, else by the next. `start` returns the
   * cost in milliseconds of slot time, or null when the member can't start anything just now; then the next one is
   * asked, and it keeps its place. `start` may add and remove members. Returns the cost, or null when nobody could.
   */
  startOne(start: (member: M) => number | null): number | null {
    const refused = new Set<M>()
    for (;;) {
      const costMs = this.#startFirst(start, refused)
      if (costMs !== null) return costMs
      const lackingMs = this.#leastLacking(refused)
      if (lackingMs === null) return null
      this.#round += Math.floor(lackingMs / quantumMs) + 1 // R2
    }
  }

  #startFirst(start: (member: M) => number | null, refused: Set<M>): number | null {
    for (const member of this.#ring) {
      if (refused.has(member)) continue
      this.#settle(member)
      if (member.deficitMs <= 0) continue
      const costMs = start(member)
      if (costMs === null) {
        refused.add(member)
        continue
      }
      member.deficitMs = Math.max(-debtMaxMs, member.deficitMs - costMs)
      // To the back once it has spent what it had.
      if (member.deficitMs <= 0 && this.#ring.delete(member)) this.#ring.add(member)
      return costMs
    }
    return null
  }

  /** What the nearest of those lacks that were not asked; null when all were. */
  #leastLacking(refused: ReadonlySet<M>): number | null {
    let leastMs: number | null = null
    for (const member of this.#ring) {
      if (!refused.has(member)) leastMs = Math.min(leastMs ?? Number.POSITIVE_INFINITY, -member.deficitMs)
    }
    return leastMs
  }

  /** Gives it the quanta of the rounds since; savings are a quantum at most (R3). */
  #settle(member: M): void {
    const rounds = this.#round - member.round
    if (rounds > 0) member.deficitMs = Math.min(quantumMs, member.deficitMs + rounds * quantumMs)
    member.round = this.#round
  }
}
