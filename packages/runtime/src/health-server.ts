/**
 * What an orchestrator asks a process. Owns four answers and no state: what they say is given as functions.
 *
 *   /livez    200 while the event loop answers, and nothing more: a dependency that is down is no reason to restart
 *   /readyz   200 when started, not draining, and all readiness conditions hold; else 503 with the ones that don't
 *   /startupz 200 once all services have started
 *   /metrics  Prometheus text, or OpenMetrics when asked for
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Metrics } from '@scanhook/observability/metrics'
import { listen } from './listen.ts'

export interface HealthReport {
  readonly hasStarted: boolean
  readonly isDraining: boolean
  /** By name. */
  readonly conditions: Readonly<Record<string, boolean>>
}

export interface HealthServer {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

interface HealthOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly metrics: Metrics
  readonly report: () => HealthReport
}

export function isReady(report: HealthReport): boolean {
  return report.hasStarted && !report.isDraining && Object.values(report.conditions).every(Boolean)
}

/** Resolves when it listens; rejects when the port can't be had. */
export async function openHealthServer({
  host,
  port,
  metrics,
  report,
}: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request, response, { metrics, report })
  })
  const url = await listen(server, { host, port })
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, report }: Pick<HealthOptions, 'metrics' | 'report'>,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0]
  if (path === '/livez') return send(response, 200, { status: 'ok' })
  if (path === '/readyz') {
    const current = report()
    return send(response, isReady(current) ? 200 : 503, {
      status: describe(current),
      conditions: current.conditions,
    })
  }
  if (path === '/startupz') {
    const { hasStarted } = report()
    return send(response, hasStarted ? 200 : 503, { status: hasStarted ? 'started' : 'starting' })
  }
  if (path === '/metrics') return sendMetrics(request, response, metrics)
  return send(response, 404, { status: 'not found' })
}

function describe(report: HealthReport): string {
  if (report.isDraining) return 'draining'
  if (!report.hasStarted) return 'starting'
  return isReady(report) ? 'ready' : 'waiting'
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

async function sendMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
): Promise<void> {
  try {
    const { contentType, body } = await metrics.render(request.headers.accept)
    response.writeHead(200, { 'content-type': contentType })
    response.end(body)
  } catch {
    send(response, 500, { status: 'metrics could not be collected' })
  }
}
