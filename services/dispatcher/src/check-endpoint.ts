/**
 * A check: the probes of `domain/checking`, one after the other, to the endpoint's URL, with its secrets, the guarded client
 * and its profile's timeout, as each delivery. Knows no verdicts: what came of each probe goes to the log, as the attempts of
 * one test delivery, and the API judges it there.
 *
 * Invariants
 *   C1. A check takes part in nothing: neither in the endpoint's breaker, limit, queue and failing mark, nor in the order of
 *       assets, nor in usage. It is no delivery that failed, is never retried, and has connections of its own.
 *   C2. A probe's outcome is durable before the next one is sent, and the record is done last: a crash repeats the series.
 *   C3. At most `checksMax` are under way in a process; the others wait, and are left to the partition's new owner when it
 *       goes. After `stop` none begins, and those that go on end with the probe that is under way.
 *   C4. `tampered` and `unsigned` are the only requests that ever leave without a right signature, and both say in their body
 *       what they are.
 */
import type { Attempt, AttemptOutcome } from '@scanhook/domain/attempt'
import {
  alterBody,
  type CheckProbe,
  isAccepted,
  nextProbe,
  type ProbeResult,
  probesOf,
  seriesIn,
  staleByMs,
} from '@scanhook/domain/checking/check-probe'
import type { Delivery, Disposition } from '@scanhook/domain/delivery'
import type { Endpoint } from '@scanhook/domain/endpoint'
import type { EventId } from '@scanhook/domain/ids'
import { profiles } from '@scanhook/domain/profile'
import type { TraceHeaders } from '@scanhook/observability/trace'
import {
  batchOf,
  type DeliverPorts,
  type Request,
  type RequestPorts,
  renderedFor,
  requestFor,
} from './deliver.ts'
import { attemptOf } from './describe-attempt.ts'
import type { Work } from './work.ts'

export interface CheckPorts extends RequestPorts, Pick<DeliverPorts, 'batchIdFor' | 'post' | 'nowMs'> {
  /** The `webhook-id` of a probe that must not be taken for one that came before. */
  readonly probeIdFor: (check: Delivery, probe: CheckProbe) => EventId
  /** Resolves when it is durable. */
  readonly appendAttempt: (attempt: Attempt, trace: TraceHeaders | undefined) => Promise<void>
  readonly ended: (delivery: Delivery, probes: number) => void
}

export interface EndpointChecker {
  /** Resolves when the check's record is done, or when it was left to somebody else. */
  check(work: Work, endpoint: Endpoint): Promise<void>
  stop(): void
}

/** 35 s each at the longest, so at least 14 a minute: people press the button. */
const checksMax = 8

export function endpointChecker(ports: CheckPorts): EndpointChecker {
  let running = 0
  let isStopping = false
  let waiting: (() => void)[] = []

  async function turn(): Promise<void> {
    while (running >= checksMax && !isStopping) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
  }

  function next(): void {
    running -= 1
    waiting.shift()?.()
  }

  async function runProbes(work: Work, endpoint: Endpoint): Promise<void> {
    const results: ProbeResult[] = []
    const series = seriesIn(work.delivery.event.dataJson)
    for (let probe = nextProbe(results, series); probe !== null; probe = nextProbe(results, series)) {
      if (isStopping || work.signal.aborted) return // C3
      results.push(await runProbe(ports, { work, endpoint, probe }))
    }
    if (work.signal.aborted) return
    ports.ended(work.delivery, results.length)
    work.done()
  }

  return {
    check: async (work, endpoint) => {
      await turn()
      try {
        await runProbes(work, endpoint)
      } finally {
        next()
      }
    },
    stop: () => {
      isStopping = true
      for (const wake of waiting) wake()
      waiting = []
    },
  }
}

interface Probing {
  readonly work: Work
  readonly endpoint: Endpoint
  readonly probe: CheckProbe
}

const unsignable: AttemptOutcome = {
  kind: 'failed',
  errorClass: 'internal',
  message: 'The request could not be signed.',
  remoteAddress: null,
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
}

async function runProbe(ports: CheckPorts, { work, endpoint, probe }: Probing): Promise<ProbeResult> {
  const startedAtMs = ports.nowMs()
  const delivery = deliveryOf(ports, work.delivery, probe)
  const rendered = renderedFor({ delivery }, endpoint)
  const members = [{ work: { delivery }, rendered }]
  const batch = endpoint.batch === null ? null : batchOf(ports, members)
  const signedAtMs = probe === 'stale' ? startedAtMs - staleByMs : startedAtMs
  const signed = requestFor(signingBy(ports, probe), {
    endpoint,
    members,
    batch,
    startedAtMs: signedAtMs,
    trace: work.trace,
  })
  const request = signed === null ? null : changedBy(probe, signed, ports.customerHeaders(endpoint))
  const outcome =
    request === null
      ? unsignable
      : await ports.post({
          url: endpoint.url,
          headers: request.headers,
          body: request.body,
          timeoutMs: profiles[endpoint.profile].timeoutMs,
          lane: `check ${endpoint.id}`,
        })
  const result = resultOf(outcome)
  const attempt = attemptOf(
    { ...work.delivery, attemptNumber: probesOf('overlap').indexOf(probe) + 1 },
    {
      disposition: dispositionOf(result),
      outcome,
      startedAtMs,
      sent: {
        url: endpoint.url,
        requestHeaders: request?.shown ?? {},
        requestBody: request?.body ?? rendered.body,
        batch: batch === null ? null : { id: batch.id, size: 1 },
      },
    },
  )
  await ports.appendAttempt(attempt, work.trace)
  return result
}

/**
 * With the secrets that the probe is about. Where one of an overlap's can't be opened, or there is no old one any more, nobody can say
 * which is which, and nothing is sent.
 */
function signingBy(ports: CheckPorts, probe: CheckProbe): CheckPorts {
  if (probe !== 'new_secret' && probe !== 'old_secret') return ports
  return {
    ...ports,
    secretsOf: (endpoint) => {
      const secrets = ports.secretsOf(endpoint)
      if (secrets.length !== endpoint.sealedSecrets.length || secrets.length < 2) return []
      return probe === 'new_secret' ? secrets.slice(0, 1) : secrets.slice(1)
    },
  }
}

/** `duplicate` is `valid` once more; the others have ids of their own, so that none is refused for its id. */
function deliveryOf(ports: CheckPorts, delivery: Delivery, probe: CheckProbe): Delivery {
  if (probe === 'valid' || probe === 'duplicate') return delivery
  const { event } = delivery
  return { ...delivery, event: { ...event, eventId: ports.probeIdFor(delivery, probe) } }
}

function changedBy(
  probe: CheckProbe,
  request: Request,
  customerHeaders: Readonly<Record<string, string>>,
): Request {
  if (probe === 'tampered') return { ...request, body: alterBody(request.body) }
  if (probe !== 'unsigned') return request
  const keep = (headers: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(headers).filter(
        ([name]) => Object.hasOwn(customerHeaders, name) || !name.toLowerCase().endsWith('-signature'),
      ),
    )
  return { ...request, headers: keep(request.headers), shown: keep(request.shown) }
}

function resultOf(outcome: AttemptOutcome): ProbeResult {
  const { totalMs } = outcome.timings
  return outcome.kind === 'responded'
    ? { status: outcome.status, errorClass: null, totalMs }
    : { status: null, errorClass: outcome.errorClass, totalMs }
}

/** For the log alone: nothing follows from it. */
function dispositionOf(result: ProbeResult): Disposition {
  return isAccepted(result) ? { kind: 'delivered' } : { kind: 'dead', reason: 'rejected' }
}
