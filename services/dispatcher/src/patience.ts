/** How long one batch of records may stand still in all. Owns what is left of it. */

export interface PatienceClock {
  readonly nowMs: () => number
  readonly after: (delayMs: number, act: () => void) => () => void
}

export class Patience {
  readonly #clock: PatienceClock
  #leftMs: number

  constructor(limitMs: number, clock: PatienceClock) {
    this.#leftMs = limitMs
    this.#clock = clock
  }

  /**
   * Resolves when what `listen` is given has been called, at the latest when the patience is at its end; at once when it
   * is already. `listen` may call it at once and returns what ends the listening.
   */
  async wait(listen: (wake: () => void) => () => void): Promise<void> {
    if (this.#leftMs <= 0) return
    const sinceMs = this.#clock.nowMs()
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(this.#leftMs, () => {
        this.#leftMs = 0
        unlisten()
        resolve()
      })
      const unlisten = listen(() => {
        cancel()
        resolve()
      })
    })
    this.#leftMs -= Math.max(0, this.#clock.nowMs() - sinceMs)
  }
}
