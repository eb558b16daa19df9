/**
 * What waits to be exported: bounded, in batches, beside the way. Knows nothing of what it carries.
 *
 * Invariants
 *   X1. At most `max` wait; what comes when it is full is dropped and counted, and nobody waits for room.
 *   X2. One export at a time; a batch that failed is dropped and counted: spans are worth less than the memory of an outage.
 *   X3. `close` resolves within `closeMs`, whatever the collector does, and nothing is taken after it.
 */
export interface ExportQueueOptions<T> {
  readonly max: number
  readonly batchMax: number
  /** How long one may wait for company. */
  readonly delayMs: number
  readonly closeMs: number
  /** Resolves to whether it was taken. May reject. */
  readonly send: (items: readonly T[]) => Promise<boolean>
  readonly counted: (fate: 'exported' | 'failed' | 'dropped', count: number) => void
  readonly after: (delayMs: number, act: () => void) => () => void
}

export interface ExportQueue<T> {
  put(item: T): void
  size(): number
  close(): Promise<void>
}

export function exportQueue<T>(options: ExportQueueOptions<T>): ExportQueue<T> {
  let waiting: T[] = []
  let sending: Promise<void> | null = null
  let cancel: (() => void) | null = null
  let isClosed = false

  async function sendAll(isFinal: () => boolean): Promise<void> {
    do {
      const batch = waiting.slice(0, options.batchMax)
      waiting = waiting.slice(batch.length)
      const isTaken = await options.send(batch).catch(() => false)
      options.counted(isTaken ? 'exported' : 'failed', batch.length)
    } while (waiting.length >= options.batchMax || (isFinal() && waiting.length > 0))
  }

  function send(): void {
    cancel?.()
    cancel = null
    if (sending !== null || waiting.length === 0) return
    sending = sendAll(() => isClosed).finally(() => {
      sending = null
      if (waiting.length > 0 && !isClosed) wakeLater()
    })
  }

  function wakeLater(): void {
    cancel ??= options.after(options.delayMs, () => {
      cancel = null
      send()
    })
  }

  return {
    put: (item) => {
      if (isClosed || waiting.length >= options.max) {
        options.counted('dropped', 1) // X1
        return
      }
      waiting.push(item)
      if (waiting.length >= options.batchMax) send()
      else if (sending === null) wakeLater()
    },
    size: () => waiting.length,
    close: async () => {
      isClosed = true
      send()
      if (sending === null) return
      const timeUp = Promise.withResolvers<void>()
      const stop = options.after(options.closeMs, timeUp.resolve)
      await Promise.race([sending, timeUp.promise]) // X3
      stop()
      if (waiting.length > 0) options.counted('dropped', waiting.length)
      waiting = []
    },
  }
}
