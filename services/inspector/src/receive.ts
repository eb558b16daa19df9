/** One webhook: read, judged, kept, answered as its bin says. The hot path: 10,000 a second must not kill it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CounterInstrument } from '@scanhook/observability/metrics'
import type { Clock } from '@scanhook/runtime/clock'
import { readBody } from '@scanhook/runtime/read-body'
import { type Behaviour, type Bins, defaultBehaviour } from './bins.ts'
import { judgeSignatures } from './judge-signatures.ts'
import type { RequestLog } from './request-log.ts'

export interface ReceiveContext {
  readonly bins: Bins
  readonly requests: RequestLog
  readonly clock: Clock
  readonly received: CounterInstrument
}

/** Our own deliveries have at most 256 KiB; others may be curious. */
const bodyMaxBytes = 1024 * 1024

export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  binName: string,
  { bins, requests, clock, received }: ReceiveContext,
): Promise<void> {
  const receivedAtMs = clock.nowMs()
  const body = await readBody(request, bodyMaxBytes)
  if (body === null) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const bin = bins.get(binName)
  const headers = flatten(request)
  const judgement = judgeSignatures({
    headers,
    body,
    secrets: bin?.secrets ?? [],
    nowS: Math.floor(receivedAtMs / 1000),
  })
  const behaviour = bin === null ? defaultBehaviour : bins.next(bin)
  const verdict = judgement.isVerified === null ? 'unchecked' : judgement.isVerified ? 'verified' : 'failed'
  received.inc({ verdict })
  if (bin !== null) {
    bin.counts.received += 1
    bin.counts[verdict] += 1
  }
  requests.append({
    bin: binName,
    receivedAtMs,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    body,
    status: behaviour.isReset ? 0 : behaviour.status,
    ...judgement,
  })
  answer(response, behaviour, clock)
}

function answer(response: ServerResponse, behaviour: Behaviour, clock: Clock): void {
  const act = (): void => {
    if (behaviour.isReset) response.destroy()
    else response.writeHead(behaviour.status, { 'content-length': 0, ...behaviour.headers }).end()
  }
  if (behaviour.delayMs === 0) {
    act()
    return
  }
  const cancel = clock.after(behaviour.delayMs, act)
  response.once('close', cancel)
}

function flatten(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '')
  }
  return headers
}
