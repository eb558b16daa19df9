/**
 * The bytes of an answer until it ends or somebody aborts; for browsers too, where not every stream can be iterated. `fetch` has
 * a signal of its own, which the garbage collector may take from a request that has long been answered (undici follows it
 * weakly): an hour later a Ctrl-C would wait for the next event.
 */
export async function* bytesOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
