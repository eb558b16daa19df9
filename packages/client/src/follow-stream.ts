/**
 * One of the API's streams of server-sent events, followed for as long as somebody wants it. What is asked for, and what a
 * message means, is the caller's.
 *
 * Invariants
 *   S1. Messages are handed on up to a place, and a stream that ends or breaks is opened again behind the last one: each message
 *       is handed on once, and none is missed as far as the server can go on from there.
 *   S2. Only what the caller calls final, and its own signal, end it.
 *   S3. A stream that says nothing for longer than it promised is broken, whatever its connection believes; one that says nothing
 *       from the first was never there: something on the way holds it back.
 */
import { bytesOf } from './bytes-of.ts'
import { parseEventStream, type StreamMessage } from './parse-event-stream.ts'

export interface FollowStreamOptions {
  /** The stream's bytes, from behind the place on. Rejects when there are none to be had. */
  readonly open: (after: string | undefined, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
  /** A refusal, which coming again does not change: it is thrown. `failures`: how many in a row there were now, with this one. */
  readonly isFinal: (error: unknown, failures: number) => boolean | Promise<boolean>
  /** What came up to a place, in its order. */
  readonly onMessages: (messages: readonly StreamMessage[]) => void
  /** True with the first that is heard of a stream, not with its headers: a proxy may send those, and hold back the rest. */
  readonly onConnected: (isConnected: boolean) => void
  /** Where to begin, and where it has come to: whoever keeps it goes on from there. */
  readonly place: { after?: string | undefined }
  readonly signal: AbortSignal
  /** Gives the way to call it off. */
  readonly after: (delayMs: number, act: () => void) => () => void
  readonly random: () => number
}

/** The API says something every 15 s. */
const silenceMaxMs = 45_000
/** The API greets at once; two questions to its database, on a bad day. */
const greetingMaxMs = 10_000
/** The end of a stream is no failure: every five minutes, and when its process is replaced. */
const endedMs = 250
const firstPauseMs = 500
/** Somebody looks at it: seconds. */
const pauseMaxMs = 10_000

/** Resolves when the signal says so; throws what is final. */
export async function followStream(options: FollowStreamOptions): Promise<void> {
  const { isFinal, signal, random } = options
  let failures = 0
  while (!signal.aborted) {
    const { error, isHeard } = await followOnce(options)
    if (signal.aborted) return
    failures = error === null ? 0 : isHeard ? 1 : failures + 1
    if (error !== null && (await isFinal(error, failures))) throw error
    options.onConnected(false)
    const pauseMs = failures === 0 ? endedMs : Math.min(pauseMaxMs, firstPauseMs * 2 ** (failures - 1))
    // Between half of it and all: those whom one process lost do not come back together.
    await pause(options, pauseMs * (0.5 + random() / 2))
  }
}

/** `error`: why it broke off; null: it ended. `isHeard`: anything came at all. */
async function followOnce(
  options: FollowStreamOptions,
): Promise<{ readonly error: unknown; readonly isHeard: boolean }> {
  const watch = watchSilence(options)
  let isHeard = false
  const heard = (): void => {
    if (!isHeard) options.onConnected(true)
    isHeard = true
    watch.heard()
  }
  try {
    const bytes = await options.open(options.place.after, watch.signal)
    await handOn(bytes, options, { heard, signal: watch.signal })
    return { error: isHeard ? null : new Error('the stream said nothing'), isHeard }
  } catch (error) {
    return { error, isHeard }
  } finally {
    watch.end()
  }
}

async function handOn(
  bytes: ReadableStream<Uint8Array>,
  { place, onMessages }: FollowStreamOptions,
  { heard, signal }: Pick<Watch, 'heard' | 'signal'>,
): Promise<void> {
  let waiting: StreamMessage[] = []
  for await (const message of parseEventStream(heardOf(bytesOf(bytes, signal), heard))) {
    if (message.data !== '') waiting.push(message)
    if (message.id === null) continue
    place.after = message.id
    if (waiting.length > 0) onMessages(waiting) // S1
    waiting = []
  }
}

/** Signs of life are bytes too, and no message. */
async function* heardOf(chunks: AsyncIterable<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    heard()
    yield chunk
  }
}

interface Watch {
  /** Aborted with the caller's, and after too long a silence (S3). */
  readonly signal: AbortSignal
  readonly heard: () => void
  readonly end: () => void
}

function watchSilence({ signal, after }: Pick<FollowStreamOptions, 'signal' | 'after'>): Watch {
  const broken = new AbortController()
  const abort = (): void => broken.abort()
  let cancel = after(greetingMaxMs, abort)
  signal.addEventListener('abort', abort)
  return {
    signal: broken.signal,
    heard: () => {
      cancel()
      cancel = after(silenceMaxMs, abort)
    },
    end: () => {
      cancel()
      signal.removeEventListener('abort', abort)
      abort()
    },
  }
}

/** Resolves after `delayMs`, or when the signal says so. */
function pause(
  { signal, after }: Pick<FollowStreamOptions, 'signal' | 'after'>,
  delayMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = after(delayMs, finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}
