/**
 * One round over the endpoints that asked for signals: who is due is taken in hand, told, and marked as told. Knows no store
 * and no topic.
 *
 * Invariants
 *   T1. What was told last is judged again once the endpoint is in hand: who comes second finds nothing due.
 *   T2. It is marked only when Kafka has it. Who dies in between is followed by somebody who makes the same ids.
 *   T3. An endpoint that can't be told now, for whatever reason, costs the others nothing; the next round tries it again.
 */
import { decideHeartbeat, renderHeartbeat, settlingMs } from '@scanhook/domain/completeness/heartbeat'
import {
  decideManifest,
  manifestTally,
  renderManifest,
  type Sha256Hex,
} from '@scanhook/domain/completeness/manifest'
import type { Delivery } from '@scanhook/domain/delivery'
import type { EndpointInHand, EndpointSignals, SignalledEndpoint } from '@scanhook/postgres/endpoint-signals'
import { type Signal, signalDelivery, signalId } from './signal-delivery.ts'

export const signalNames = ['heartbeat', 'manifest'] as const
export type SignalName = (typeof signalNames)[number]

export interface TellPorts {
  readonly signals: EndpointSignals
  /** Resolves when Kafka has acknowledged all of them. */
  readonly send: (deliveries: readonly Delivery[]) => Promise<void>
  readonly nowMs: () => number
  readonly sha256Hex: Sha256Hex
  readonly isStopped: () => boolean
  readonly told: (name: SignalName) => void
  readonly failed: (name: SignalName, endpoint: SignalledEndpoint, error: unknown) => void
}

/** Some 100 bytes each. */
const pageSize = 1_000

/** Tells all that are due of `name`. Rejects when the list can't be read. */
export async function tellEndpoints(name: SignalName, ports: TellPorts): Promise<void> {
  const { isDue, tell } = kinds[name]
  let afterId = 0
  for (;;) {
    const page = await ports.signals.list(afterId, pageSize)
    for (const endpoint of page) {
      if (ports.isStopped()) return
      if (!isDue(endpoint, ports.nowMs())) continue
      try {
        await ports.signals.take(endpoint.endpointId, (inHand) => tell(inHand, ports))
      } catch (error) {
        ports.failed(name, endpoint, error) // T3
      }
    }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    afterId = last.endpointId
  }
}

interface Kind {
  readonly isDue: (endpoint: SignalledEndpoint, nowMs: number) => boolean
  readonly tell: (inHand: EndpointInHand, ports: TellPorts) => Promise<void>
}

const kinds: Readonly<Record<SignalName, Kind>> = {
  heartbeat: { isDue: (endpoint, nowMs) => dueHeartbeat(endpoint, nowMs) !== null, tell: tellHeartbeat },
  manifest: { isDue: (endpoint, nowMs) => dueDay(endpoint, nowMs) !== null, tell: tellManifest },
}

function dueHeartbeat({ endpointId, heartbeatMinutes, heartbeat }: SignalledEndpoint, nowMs: number) {
  return heartbeatMinutes === null ? null : decideHeartbeat(endpointId, heartbeatMinutes, heartbeat, nowMs)
}

function dueDay({ isDailyManifest, manifest }: SignalledEndpoint, nowMs: number): number | null {
  return isDailyManifest ? decideManifest(manifest.dayAtMs, nowMs) : null
}

async function tellHeartbeat(inHand: EndpointInHand, ports: TellPorts): Promise<void> {
  const nowMs = ports.nowMs()
  const due = dueHeartbeat(inHand, nowMs) // T1
  if (due === null) return
  const { orgId, endpointId, heartbeat } = inHand
  const self = { orgId, endpointId, type: 'endpoint.heartbeat' as const }
  const previous = heartbeat.slotAtMs === null ? null : signalId({ ...self, occasionMs: heartbeat.slotAtMs })
  const facts = await inHand.heartbeatFacts(due)
  const dataJson = renderHeartbeat(endpointId, previous, due, facts)
  await sendSignal({ ...self, occasionMs: due.slotAtMs, dataJson }, nowMs, ports)
  await inHand.markHeartbeat({ slotAtMs: due.slotAtMs, untilMs: due.toMs })
  ports.told('heartbeat')
}

async function tellManifest(inHand: EndpointInHand, ports: TellPorts): Promise<void> {
  const nowMs = ports.nowMs()
  const dayAtMs = dueDay(inHand, nowMs) // T1
  if (dayAtMs === null) return
  const { orgId, endpointId, manifest } = inHand
  const day = { dayAtMs, cutMs: nowMs - settlingMs }
  const tally = manifestTally(dayAtMs, ports.sha256Hex)
  for await (const entries of inHand.manifestEntries(day)) for (const entry of entries) tally.add(entry)
  const late =
    manifest.cutMs === null
      ? { eventIds: [], areComplete: true }
      : await inHand.lateEvents(day, manifest.cutMs)
  const dataJson = renderManifest(endpointId, tally.tell(), late, day.cutMs)
  const self = { orgId, endpointId, type: 'endpoint.manifest' as const }
  await sendSignal({ ...self, occasionMs: dayAtMs, dataJson }, nowMs, ports)
  await inHand.markManifest(day)
  ports.told('manifest')
}

/** T2. */
function sendSignal(signal: Signal, nowMs: number, ports: TellPorts): Promise<void> {
  return ports.send([signalDelivery(signal, nowMs)])
}
