/**
 * Follows a listener's requests until it is interrupted, forwards each and brings the answer back.
 *
 * Invariants
 *   L1. A request is forwarded once, however often it is handed over; its answer is brought again when it is asked for again.
 *   L2. A stream that ends or breaks is opened again; only a refusal ends the loop.
 *   L3. Whoever interrupts it waits for nothing that the stream may still bring (client/bytes-of.ts).
 */
import { parseEventStream } from '@scanhook/client/parse-event-stream'
import type { CliError } from '../exit-codes.ts'
import {
  type BroughtAnswer,
  type LocalAnswer,
  parseRelayedRequest,
  type RelayedRequest,
} from './relayed-request.ts'

export interface LoopPorts {
  /** The stream's bytes. Throws CliError: `isFinal` says whether coming again is of use. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>
  readonly isFinal: (error: unknown) => error is CliError
  readonly forward: (request: RelayedRequest) => Promise<LocalAnswer>
  readonly bring: (answer: BroughtAnswer) => void
  readonly told: {
    readonly came: (request: RelayedRequest) => void
    readonly answered: (request: RelayedRequest, answer: LocalAnswer, tookMs: number) => void
    readonly connected: (isFirst: boolean) => void
    readonly lost: () => void
  }
  readonly monotonicMs: () => number
  readonly pause: (delayMs: number) => Promise<void>
  readonly interrupted: AbortSignal
}

/** Handed over again within a minute or never; more than the relay lets wait. */
const rememberedMax = 256
const againMs = 1_000
/** Two that follow the same listener end each other's streams: neither shall spin. */
const endedMs = 250

export async function listenLoop(ports: LoopPorts): Promise<void> {
  const { open, isFinal, told, pause, interrupted } = ports
  const known = new Map<string, BroughtAnswer | null>()
  let isFirst = true
  while (!interrupted.aborted) {
    try {
      const source = await open(interrupted)
      told.connected(isFirst)
      isFirst = false
      for await (const { event, data } of parseEventStream(source))
        if (event === 'request') take(parseRelayedRequest(data), known, ports)
      await pause(endedMs)
    } catch (error) {
      if (isFinal(error)) throw error
      if (!interrupted.aborted) {
        told.lost()
        await pause(againMs)
      }
    }
  }
}

function take(request: RelayedRequest, known: Map<string, BroughtAnswer | null>, ports: LoopPorts): void {
  const earlier = known.get(request.id)
  if (earlier !== undefined) {
    if (earlier !== null) ports.bring(earlier) // L1
    return
  }
  known.set(request.id, null)
  for (const id of known.keys()) {
    if (known.size <= rememberedMax) break
    known.delete(id)
  }
  ports.told.came(request)
  const startedMs = ports.monotonicMs()
  void ports.forward(request).then((answer) => {
    const brought = { requestId: request.id, ...answer }
    if (known.has(request.id)) known.set(request.id, brought)
    ports.told.answered(request, answer, ports.monotonicMs() - startedMs)
    ports.bring(brought)
  })
}
