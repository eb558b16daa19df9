/** Keeps the rounds of heartbeats and of manifests going, each by itself: a long day of one endpoint holds up no heartbeat. */
import { hash } from 'node:crypto'
import type { EndpointSignals } from '@scanhook/postgres/endpoint-signals'
import { every } from '@scanhook/runtime/every'
import type { Wiring } from '../wiring.ts'
import { type SignalName, signalNames, type TellPorts, tellEndpoints } from './tell-endpoints.ts'

/** A heartbeat is at most that late in its slot, a tenth of the shortest. The list costs one statement for 1,000 endpoints. */
const heartbeatRoundMs = 6_000
/** Nobody waits for a manifest; one that is made up for comes with each round. */
const manifestRoundMs = 20_000

export function keepTelling({ context, send }: Wiring, signals: EndpointSignals): void {
  const { clock, log, metrics, onStop } = context
  const heartbeats = metrics.counter('scanhook_heartbeats_sent_total', 'Heartbeats handed to Kafka')
  const manifests = metrics.counter('scanhook_manifests_sent_total', 'Daily manifests handed to Kafka')
  const sent: Readonly<Record<SignalName, () => void>> = {
    heartbeat: () => heartbeats.inc(),
    manifest: () => manifests.inc(),
  }
  const postponed = metrics.counter(
    'scanhook_signals_postponed_total',
    'Heartbeats and manifests that could not be made or sent; the next round tries again',
    { signal: signalNames },
  )
  let isStopped = false

  const ports: TellPorts = {
    signals,
    send,
    nowMs: () => Math.floor(clock.nowMs()),
    sha256Hex: (text) => hash('sha256', text),
    isStopped: () => isStopped,
    told: (name) => sent[name](),
    failed: (name, { endpointId, orgId }, error) => {
      postponed.inc({ signal: name })
      log.warn({ error, endpointId, orgId, signal: name }, 'signal.postponed')
    },
  }

  function keep(name: SignalName, periodMs: number): void {
    let running: Promise<void> | null = null
    const round = async (): Promise<void> => {
      try {
        await tellEndpoints(name, ports)
      } catch (error) {
        postponed.inc({ signal: name })
        log.warn({ error, signal: name }, 'signals.postponed')
      }
    }
    const begin = (): void => {
      if (running !== null || isStopped) return
      running = round().finally(() => {
        running = null
      })
    }
    onStop(`${name}s`, async () => {
      isStopped = true
      await running
    })
    onStop(`rounds of ${name}s`, every(clock, periodMs, begin))
    begin()
  }

  keep('heartbeat', heartbeatRoundMs)
  keep('manifest', manifestRoundMs)
}
