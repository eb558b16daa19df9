/**
 * One row that PostgreSQL will never take (a malformed id, a time out of range) must not keep its batch from being
 * written. Halving finds it in log₂ steps; the others are written meanwhile.
 */

/**
 * Writes all items and gives back those that can't be written, with what was wrong. `isBad` tells an error that lies
 * in the items from one that lies elsewhere; the latter is thrown on, and what was written by then stays written.
 */
export async function isolateBad<T>(
  items: readonly T[],
  write: (items: readonly T[]) => Promise<void>,
  isBad: (error: unknown) => boolean,
): Promise<readonly { readonly item: T; readonly error: unknown }[]> {
  try {
    await write(items)
    return []
  } catch (error) {
    if (!isBad(error)) throw error
    const [only] = items
    if (items.length === 1 && only !== undefined) return [{ item: only, error }]
    const middle = Math.ceil(items.length / 2)
    return [
      ...(await isolateBad(items.slice(0, middle), write, isBad)),
      ...(await isolateBad(items.slice(middle), write, isBad)),
    ]
  }
}
