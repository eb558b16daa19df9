/** An OTLP receiver over HTTP for JSON, as much of one as a test needs: it keeps every span that it was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface CollectedSpan {
  /** `service.name` of the process. */
  readonly service: string
  readonly scope: string
  readonly name: string
  /** As OTLP numbers them: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty where it begins a trace. */
  readonly parentSpanId: string
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly isError: boolean
}

export interface OtlpCollector {
  /** What `TRACING_OTLP_URL` is. */
  readonly url: string
  readonly spans: () => readonly CollectedSpan[]
  /** Headers of the last export. */
  readonly headers: () => Readonly<Record<string, string | readonly string[] | undefined>>
  readonly close: () => Promise<void>
}

interface Attribute {
  readonly key: string
  readonly value: {
    readonly stringValue?: string
    readonly intValue?: number | string
    readonly doubleValue?: number
    readonly boolValue?: boolean
  }
}
interface OtlpSpan extends Pick<CollectedSpan, 'name' | 'kind' | 'traceId' | 'spanId'> {
  readonly parentSpanId?: string
  readonly links?: CollectedSpan['links']
  readonly attributes?: readonly Attribute[]
  readonly status?: { readonly code?: number }
}
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string }
      readonly spans: readonly OtlpSpan[]
    }[]
  }[]
}

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = []
  let headers: ReturnType<OtlpCollector['headers']> = {}
  const server = createServer(async (request, response) => {
    spans.push(...spansOf(JSON.parse(await text(request)) as OtlpBody))
    headers = request.headers
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans: () => spans,
    headers: () => headers,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function spansOf({ resourceSpans }: OtlpBody): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...{ service, scope: scope.name, name: span.name, kind: span.kind },
        ...{ traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentSpanId ?? '' },
        links: span.links ?? [],
        attributes: attributesOf(span.attributes ?? []),
        isError: span.status?.code === 2,
      })),
    )
  })
}

function attributesOf(all: readonly Attribute[]): CollectedSpan['attributes'] {
  return Object.fromEntries(
    all.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  )
}
