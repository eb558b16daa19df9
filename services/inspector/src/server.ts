/**
 * The inspector's HTTP face: receives at `/in/<bin>`, shows at `/`, answers questions at `/requests` and `/stats`,
 * takes orders at `/bins/<bin>`. A tool for development: no keys, so it listens on loopback unless told otherwise.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '@scanhook/runtime/listen'
import { readBody } from '@scanhook/runtime/read-body'
import type { Bin } from './bins.ts'
import { isBinName, parseBehaviour, parseNumber, parseSecrets } from './parse-commands.ts'
import { type ReceiveContext, receive } from './receive.ts'
import type { ReceivedRequest } from './request-log.ts'

export interface InspectorServer {
  readonly url: string
  close(): Promise<void>
}

/** An order is a secret or a behaviour. */
const commandMaxBytes = 16 * 1024
const listMax = 1000
const listDefault = 50

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Resolves when it listens; rejects when the port can't be had. */
export async function openInspector(
  host: string,
  port: number,
  context: ReceiveContext,
): Promise<InspectorServer> {
  const page = readFileSync(new URL('page.html', import.meta.url))
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void dispatch(request, response, context, page).catch(() => response.destroy())
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

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  context: ReceiveContext,
  page: Buffer,
): Promise<void> {
  const [, place = '', binName = '', rest = ''] = (request.url?.split('?', 1)[0] ?? '/').split('/')
  if (place === 'in' && isBinName(binName)) {
    await receive(request, response, binName, context)
  } else if (place === '' && request.method === 'GET') {
    response.writeHead(200, pageHeaders).end(page)
  } else if (place === 'bins' && isBinName(binName)) {
    send(response, await command(request, { binName, rest }, context))
  } else {
    send(response, binName === '' ? question(request, place, context) : nothingHere)
  }
}

const nothingHere: Answer = refusal(404, 'there is nothing here')

function question(request: IncomingMessage, place: string, context: ReceiveContext): Answer {
  if (place !== 'requests' && place !== 'stats') return nothingHere
  if (place === 'requests' && request.method === 'DELETE') {
    context.requests.clear()
    return done([])
  }
  if (request.method !== 'GET') return refusal(405, 'only GET is answered here')
  return place === 'requests' ? listRequests(request.url ?? '', context) : done(statsOf(context))
}

function listRequests(url: string, { requests }: ReceiveContext): Answer {
  const query = new URL(url, 'http://inspector').searchParams
  const limit = parseNumber(query.get('limit'), listDefault, 1, listMax)
  const after = parseNumber(query.get('after'), 0, 0, Number.MAX_SAFE_INTEGER)
  if (limit === undefined) return refusal(400, `limit is a number from 1 to ${listMax}`)
  if (after === undefined) return refusal(400, 'after is the id of a request')
  return done(requests.list({ limit, after, bin: query.get('bin') ?? undefined }).map(render))
}

async function command(
  request: IncomingMessage,
  { binName, rest }: { readonly binName: string; readonly rest: string },
  { bins }: ReceiveContext,
): Promise<Answer> {
  const isSecrets = rest === '' && request.method === 'PUT'
  const isBehaviour = rest === 'behaviour' && request.method === 'POST'
  if (!isSecrets && !isBehaviour) return refusal(405, 'PUT /bins/<bin> or POST /bins/<bin>/behaviour')
  const json = parseJson(await readBody(request, commandMaxBytes))
  const bin = bins.get(binName)
  if (bin === null) return refusal(409, 'there are too many bins')
  return isSecrets ? giveSecrets(bin, json) : giveBehaviour(bin, json)
}

function giveSecrets(bin: Bin, json: unknown): Answer {
  const secrets = parseSecrets(json)
  if (!secrets.ok) return refusal(400, secrets.problem)
  bin.secrets = secrets.value
  return done({ bin: bin.name, secrets: secrets.value.length })
}

function giveBehaviour(bin: Bin, json: unknown): Answer {
  const behaviour = parseBehaviour(json)
  if (!behaviour.ok) return refusal(400, behaviour.problem)
  bin.behaviour = behaviour.value
  const { status, count, delayMs, headers, isReset } = behaviour.value
  return done({ bin: bin.name, status, count, delay_ms: delayMs, headers, reset: isReset })
}

function parseJson(body: Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString() ?? '')
  } catch {
    return undefined
  }
}

function statsOf({ bins }: ReceiveContext): unknown {
  const total = { received: 0, verified: 0, failed: 0, unchecked: 0 }
  const list = bins.list()
  for (const { counts } of list) {
    total.received += counts.received
    total.verified += counts.verified
    total.failed += counts.failed
    total.unchecked += counts.unchecked
  }
  return { ...total, bins: Object.fromEntries(list.map(({ name, counts }) => [name, counts])) }
}

function render(request: ReceivedRequest): unknown {
  return {
    id: request.id,
    bin: request.bin,
    received_at: new Date(request.receivedAtMs).toISOString(),
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: request.body.toString(),
    status: request.status,
    verified: request.isVerified,
    verified_by: request.verifiedBy,
    problem: request.problem,
  }
}

function done(data: unknown): Answer {
  return { status: 200, body: { data } }
}

function refusal(status: number, detail: string): Answer {
  return { status, body: { error: { status, detail } } }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`)
}
