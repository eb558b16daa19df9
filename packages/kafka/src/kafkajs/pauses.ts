/** Waiting, in the two forms that the loops need. */

export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}

/** What `work` gives, or null when it takes longer than `maxMs` or fails. The work itself goes on. */
export async function within<T>(maxMs: number, work: Promise<T>): Promise<T | null> {
  const timeUp = Promise.withResolvers<null>()
  const timer = setTimeout(() => timeUp.resolve(null), maxMs)
  try {
    return await Promise.race([work, timeUp.promise])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
