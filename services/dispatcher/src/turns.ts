/**
 * Deficit round robin (Shreedhar and Varghese, 1995) with cost = expected slot time: who takes long pays for it with
 * turns. Used twice, over organizations and over the endpoints of each. Owns the order and the deficits of those that
 * are in it; what they are, and what starting means, is its user's.
 *
 * Invariants
 *   R1. Over any long time in which two of them could always start, both get the same slot time, to a quantum and one
 *       cost, whatever their costs.
 *   R2. Whoever can start comes to it: a round in which nobody may because of deficits ends by giving everybody as
 *       many quanta as the nearest of them lacks, so an expensive one alone waits for nothing.
 *   R3. Who leaves for a while finds its account as it was: debts are not forgiven, and savings are a quantum at most.
 */
export interface Turn {
  /** What it may still spend. */
  deficitMs: number
}

/** About what a quick receiver needs: an expensive one gets its single start once in so many rounds. */
const quantumMs = 10
/** A deadline's worth: what one request can owe. Debts beyond it would outlast the reason for them. */
const debtMaxMs = 15_000

export class Turns<M extends Turn> {
  readonly #ring = new Set<M>()

  get size(): number {
    return this.#ring.size
  }

  add(member: M): void {
    this.#ring.add(member)
  }

  remove(member: M): void {
    this.#ring.delete(member)
  }

  /**
   * One start: by the member at the front as long as it has something to spend, else by the next. `start` returns the
   * cost in milliseconds of slot time, or null when the member can't start anything just now; then the next one is
   * asked, and it keeps its place. `start` may add and remove members. Returns the cost, or null when nobody could.
   */
  startOne(start: (member: M) => number | null): number | null {
    const cost = this.#round(start, quantumMs)
    if (cost.startedMs !== null || cost.nearestMs === Number.POSITIVE_INFINITY) return cost.startedMs
    this.#forward(cost.nearestMs) // R2
    return this.#round(start, 0).startedMs
  }

  #round(
    start: (member: M) => number | null,
    addedMs: number,
  ): { readonly startedMs: number | null; readonly nearestMs: number } {
    let nearestMs = Number.POSITIVE_INFINITY
    let left = this.#ring.size
    // A Set is walked in insertion order, also over what is moved to its end meanwhile: hence the count.
    for (const member of this.#ring) {
      if (left === 0) break
      left -= 1
      if (member.deficitMs <= 0) member.deficitMs += addedMs
      if (member.deficitMs <= 0) {
        nearestMs = Math.min(nearestMs, -member.deficitMs)
        this.#toBack(member)
        continue
      }
      const costMs = start(member)
      if (costMs === null) continue
      member.deficitMs = Math.max(-debtMaxMs, member.deficitMs - costMs)
      if (member.deficitMs <= 0) this.#toBack(member)
      return { startedMs: costMs, nearestMs }
    }
    return { startedMs: null, nearestMs }
  }

  #toBack(member: M): void {
    if (this.#ring.delete(member)) this.#ring.add(member)
  }

  #forward(lackingMs: number): void {
    const addedMs = (Math.floor(lackingMs / quantumMs) + 1) * quantumMs
    for (const member of this.#ring) if (member.deficitMs <= 0) member.deficitMs += addedMs
  }
}
