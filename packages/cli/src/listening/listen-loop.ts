/**
 * Follows a listener's requests until it is interrupted, forwards each and brings the answer back.
 *
 * Invariants
 *   L1. A request is forwarded once, however often it is handed over; its answer is brought again when it is asked for again.
 *   L2. A stream that ends or breaks is opened again; only a refusal ends the loop.
 *   L3. Whoever interrupts it waits for nothing that the stream may still bring (client/bytes-of.ts), and hears nothing of what was
 *       being forwarded.
 *   L4. Where no stream comes through it asks in answers that end, and is handed nothing again that it is still answering.
 */
import { type FollowListenerOptions, followListener } from '@scanhook/client/follow-listener'
import type { Following } from '@scanhook/client/follow-stream'
import {
  type BroughtAnswer,
  type LocalAnswer,
  parseRelayedRequest,
  type RelayedRequest,
} from './relayed-request.ts'

export interface LoopPorts {
  readonly open: FollowListenerOptions['open']
  /** Whether coming again is of no use. */
  readonly isFinal: (error: unknown) => boolean
  readonly forward: (request: RelayedRequest) => Promise<LocalAnswer>
  readonly bring: (answer: BroughtAnswer) => void
  readonly told: {
    readonly came: (request: RelayedRequest) => void
    readonly answered: (request: RelayedRequest, answer: LocalAnswer, tookMs: number) => void
    readonly connected: (how: Following, isFirst: boolean) => void
    readonly lost: () => void
  }
  readonly monotonicMs: () => number
  readonly after: FollowListenerOptions['after']
  readonly random: () => number
  readonly interrupted: AbortSignal
}

/** Handed over again within a minute or never; more than the relay lets wait. */
const rememberedMax = 256

/** For people: what they see comes a moment later, and is whole. */
export const noStream =
  'no stream comes through (a proxy holds it back, or forbids it): asking again and again instead'

export async function listenLoop(ports: LoopPorts): Promise<void> {
  const { open, isFinal, told, interrupted, after, random } = ports
  const known = new Map<string, BroughtAnswer | null>()
  let isFirst = true
  await followListener({
    ...{ open, isFinal, after, random, signal: interrupted },
    handed: () => [...known].flatMap(([id, answer]) => (answer === null ? [id] : [])),
    onRequest: (data) => take(parseRelayedRequest(data), known, ports),
    onConnected: (how) => {
      if (how !== null) told.connected(how, isFirst)
      else if (!isFirst) told.lost()
      isFirst &&= how === null
    },
  })
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
    if (ports.interrupted.aborted) return // L3
    const brought = { requestId: request.id, ...answer }
    if (known.has(request.id)) known.set(request.id, brought)
    ports.told.answered(request, answer, ports.monotonicMs() - startedMs)
    ports.bring(brought)
  })
}
