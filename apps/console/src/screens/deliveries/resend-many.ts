/** Sends chosen deliveries again, one after the other, with how far it is. The waiting and the sending are handed in. */
export interface ResendProgress {
  readonly done: number
  readonly failed: readonly { readonly id: string; readonly why: string }[]
  readonly total: number
}

export interface ResendPorts {
  readonly resend: (id: string) => Promise<unknown>
  /** How long the API asks to wait, ms; null: it does not ask for that, it refused. */
  readonly pauseAsked: (error: unknown) => number | null
  readonly pause: (ms: number) => Promise<void>
  readonly isStopped: () => boolean
  readonly onProgress: (progress: ResendProgress) => void
}

/** A pause that is asked for so often for one delivery is no passing one. */
const pausesMax = 10

export async function resendMany(ids: readonly string[], ports: ResendPorts): Promise<ResendProgress> {
  let progress: ResendProgress = { done: 0, failed: [], total: ids.length }
  for (const id of ids) {
    if (ports.isStopped()) break
    const why = await resendOne(id, ports)
    progress =
      why === null
        ? { ...progress, done: progress.done + 1 }
        : { ...progress, failed: [...progress.failed, { id, why }] }
    ports.onProgress(progress)
  }
  return progress
}

async function resendOne(id: string, ports: ResendPorts): Promise<string | null> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      await ports.resend(id)
      return null
    } catch (error) {
      const pauseMs = ports.pauseAsked(error)
      if (pauseMs === null || pauses === pausesMax || ports.isStopped())
        return error instanceof Error ? error.message : String(error)
      await ports.pause(pauseMs)
    }
  }
}
