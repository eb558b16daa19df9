/** Work that may become somebody else's while it is done. */

/**
 * Awaits `work`. Once `signal` is aborted its rejection is nobody's business: the partition is revoked or the process is
 * stopping, and the next owner reads the same records again.
 */
export async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
