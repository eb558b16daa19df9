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
 *   S4. Where the caller allows it, what is never there as a stream is asked for in answers that end, for as long as those are had;
 *       then the stream is tried again. What is refused as a stream is refused when such an answer is, too.
 */
import { bytesOf } from './bytes-of.ts'
import { parseEventStream, type StreamMessage } from './parse-event-stream.ts'

/** How it comes: as a stream, or in answers that end, one after the other. */
export type Following = 'stream' | 'answers'

export interface FollowStreamOptions {
  /** The stream's bytes, from behind the place on. Rejects when there are none to be had. */
  readonly open: (
    after: string | undefined,
    signal: AbortSignal,
    how: Following,
  ) => Promise<ReadableStream<Uint8Array>>
  /** A refusal, which coming again does not change: it is thrown. `failures`: how many in a row there were now, with this one. */
  readonly isFinal: (error: unknown, failures: number) => boolean | Promise<boolean>
  /** What came up to a place, in its order; where there are no places, each as it comes. */
  readonly onMessages: (messages: readonly StreamMessage[]) => void
  /**
   * How it comes now; null: not at all. With the first that is heard, not with the headers: a proxy may send those, and hold back
   * the rest. Told when it is another than before.
   */
  readonly onConnected: (how: Following | null) => void
  /** Messages have no ids: nothing is behind anything, and the server knows by itself what is new. Default: they have. */
  readonly hasNoPlaces?: boolean
  /** How long after an answer that ended the next one is asked for. Absent: only a stream will do. */
  readonly answersEveryMs?: number
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
/** An answer that ends waits for something to tell, 8 s at most (services/api, listeners), and a proxy passes it on when it is whole. */
const answerMaxMs = 20_000
/** Streams in a row that end without a word: a process that is being replaced ends one. */
const wordlessMax = 2
/** The end of a stream is no failure: every five minutes, and when its process is replaced. */
const endedMs = 250
const firstPauseMs = 500
/** Somebody looks at it: seconds. */
const pauseMaxMs = 10_000

/** Resolves when the signal says so; throws what is final. */
export async function followStream(options: FollowStreamOptions): Promise<void> {
  const { isFinal, signal, random } = options
  const tell = tellChanges(options.onConnected)
  let state: State = { how: 'stream', failures: 0, wordless: 0 }
  while (!signal.aborted) {
    const followed = await followOnce({ ...options, onConnected: tell }, state.how)
    if (signal.aborted) return
    const failures = failuresAfter(followed, state.failures)
    const isRefused = failures > 0 && (await isFinal(followed.error, failures))
    const step = nextStep(state, { end: followed.end, failures, isRefused }, options.answersEveryMs)
    if (step === null) throw followed.error
    if (step.isLost) tell(null)
    state = step
    // Between half of it and all: those whom one process lost do not come back together.
    await pause(options, step.pauseMs * (0.5 + random() / 2))
  }
}

interface State {
  readonly how: Following
  /** In a row, with the last. */
  readonly failures: number
  /** Streams in a row that ended without a word. */
  readonly wordless: number
}

interface Step extends State {
  readonly pauseMs: number
  /** What comes next is another connection; answers that end follow each other. */
  readonly isLost: boolean
}

function failuresAfter({ end }: Followed, before: number): number {
  if (end === 'over') return 0
  return end === 'broken' ? 1 : before + 1
}

/** What is done after one that ended or broke off. Null: its error is the last word. */
function nextStep(
  { how, wordless: before }: State,
  { end, isRefused, failures }: Ended,
  answersEveryMs: number | undefined,
): Step | null {
  if (how === 'answers' && end === 'over')
    return { how, failures, wordless: 0, pauseMs: answersEveryMs ?? 0, isLost: false }
  const mayChange = how === 'stream' && answersEveryMs !== undefined
  if (isRefused && !mayChange) return null
  const wordless = end === 'wordless' ? before + 1 : 0
  // Not where nothing answers: that is no proxy, and answers that end are not to be had either.
  const isKeptFromUs = end === 'held back' || isRefused || wordless >= wordlessMax
  if (mayChange && isKeptFromUs)
    return { how: 'answers', failures, wordless: 0, pauseMs: endedMs, isLost: true } // S4
  const pauseMs = failures === 0 ? endedMs : Math.min(pauseMaxMs, firstPauseMs * 2 ** (failures - 1))
  return { how: 'stream', failures, wordless, pauseMs, isLost: true }
}

interface Ended extends Pick<Followed, 'end'> {
  readonly isRefused: boolean
  readonly failures: number
}

function tellChanges(onConnected: FollowStreamOptions['onConnected']): FollowStreamOptions['onConnected'] {
  let told: Following | null | undefined
  return (how) => {
    if (how !== told) onConnected(how)
    told = how
  }
}

/**
 * `over`: it ended, or was left for its silence, after it had said something. `broken`: then it broke off. `wordless`: it ended and had
 * said nothing. `held back`: it was left, because it said nothing from the first. `failed`: it was refused, or broke off, before a word.
 */
type End = 'over' | 'wordless' | 'held back' | 'broken' | 'failed'

interface Followed {
  readonly end: End
  /** Null where it is over. */
  readonly error: unknown
}

async function followOnce(options: FollowStreamOptions, how: Following): Promise<Followed> {
  const watch = watchSilence(options, how === 'answers' ? answerMaxMs : greetingMaxMs)
  let isHeard = false
  const heard = (): void => {
    if (!isHeard) options.onConnected(how)
    isHeard = true
    watch.heard()
  }
  try {
    const bytes = await options.open(options.place.after, watch.signal, how)
    await handOn(bytes, options, { heard, signal: watch.signal })
    if (isHeard) return { end: 'over', error: null }
    return { end: watch.isSilent() ? 'held back' : 'wordless', error: new Error('the stream said nothing') }
  } catch (error) {
    if (isHeard) return { end: 'broken', error }
    return { end: watch.isSilent() ? 'held back' : 'failed', error }
  } finally {
    watch.end()
  }
}

async function handOn(
  bytes: ReadableStream<Uint8Array>,
  { place, onMessages, hasNoPlaces = false }: FollowStreamOptions,
  { heard, signal }: Pick<Watch, 'heard' | 'signal'>,
): Promise<void> {
  let waiting: StreamMessage[] = []
  for await (const message of parseEventStream(heardOf(bytesOf(bytes, signal), heard))) {
    if (message.data !== '') waiting.push(message)
    if (message.id === null && !hasNoPlaces) continue
    if (message.id !== null) place.after = message.id
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
  readonly isSilent: () => boolean
  readonly end: () => void
}

function watchSilence(
  { signal, after }: Pick<FollowStreamOptions, 'signal' | 'after'>,
  firstMaxMs: number,
): Watch {
  const broken = new AbortController()
  const abort = (): void => broken.abort()
  let isSilent = false
  const giveUp = (): void => {
    isSilent = true
    abort()
  }
  let cancel = after(firstMaxMs, giveUp)
  signal.addEventListener('abort', abort)
  return {
    signal: broken.signal,
    isSilent: () => isSilent,
    heard: () => {
      cancel()
      cancel = after(silenceMaxMs, giveUp)
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
