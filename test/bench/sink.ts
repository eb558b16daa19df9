/**
 * A receiver that costs as little as a receiver can: takes deliveries (POST) on any path and remembers when each came;
 * answers, fails or hangs by path, as told (GET). A process of its own, so that its CPU is not counted as ours.
 *
 * Paths form groups by their first part (`/round-1/7` is in `round-1`). Only deliveries answered with 200 are arrivals,
 * and each counts once for its path, however often it comes. In a group whose name begins with `batch` a body of type
 * `batch` is as many arrivals as it has events.
 *
 *   GET /count?group=G             GroupCounts
 *   GET /arrivals?group=G&from=N   Arrivals from the Nth on
 *   GET /answer?path=P&as=A        ok | fail (503) | hang (never answers; those held are answered by the next `ok`)
 *   GET /forget?group=G
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Arrivals, GroupCounts, SinkAnswer } from './start-sink.ts'

interface Group {
  readonly seen: Set<string>
  readonly ids: string[]
  readonly paths: string[]
  readonly atMs: number[]
  requests: number
  repeats: number
  refused: number
}

const groups = new Map<string, Group>()
const answers = new Map<string, SinkAnswer>()
const held = new Map<string, Set<ServerResponse>>()

function groupOf(name: string): Group {
  const known = groups.get(name)
  if (known !== undefined) return known
  const made: Group = {
    seen: new Set(),
    ids: [],
    paths: [],
    atMs: [],
    requests: 0,
    repeats: 0,
    refused: 0,
  }
  groups.set(name, made)
  return made
}

function arrive(group: Group, path: string, id: string, atMs: number): void {
  const key = `${path} ${id}`
  if (group.seen.has(key)) {
    group.repeats += 1
    return
  }
  group.seen.add(key)
  group.ids.push(id)
  group.paths.push(path)
  group.atMs.push(atMs)
}

const groupName = (path: string): string => path.split('/', 2)[1] ?? ''

function take(request: IncomingMessage, response: ServerResponse): void {
  const atMs = performance.timeOrigin + performance.now()
  const path = request.url ?? '/'
  const name = groupName(path)
  const group = groupOf(name)
  group.requests += 1
  const id = request.headers['webhook-id']
  const ids = name.startsWith('batch') ? eventIdsOf(request) : null
  request.resume()
  request.on('end', () => {
    const answer = answers.get(path) ?? 'ok'
    if (answer === 'hang') hold(path, response)
    else if (answer === 'fail') {
      group.refused += 1
      response.writeHead(503).end()
    } else {
      for (const each of ids?.() ?? [String(id)]) arrive(group, path, each, atMs)
      response.end('ok')
    }
  })
}

interface BatchBody {
  readonly type?: unknown
  readonly events?: readonly { readonly id: string }[]
}

/** Of a batch those of its events; null where the body is a single event's. Asked when the body has ended. */
function eventIdsOf(request: IncomingMessage): () => readonly string[] | null {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as BatchBody
    return body.type === 'batch' && body.events !== undefined ? body.events.map((event) => event.id) : null
  }
}

function hold(path: string, response: ServerResponse): void {
  const waiting = held.get(path) ?? new Set()
  held.set(path, waiting)
  waiting.add(response)
  response.on('close', () => waiting.delete(response))
}

function tell(url: URL): object {
  const name = url.searchParams.get('group') ?? ''
  const path = url.searchParams.get('path') ?? ''
  const group = groupOf(name)
  switch (url.pathname) {
    case '/count': {
      const { requests, repeats, refused, atMs } = group
      return { count: atMs.length, requests, repeats, refused } satisfies GroupCounts
    }
    case '/arrivals': {
      const from = Number(url.searchParams.get('from'))
      return {
        ids: group.ids.slice(from),
        paths: group.paths.slice(from),
        atMs: group.atMs.slice(from),
      } satisfies Arrivals
    }
    case '/answer': {
      const answer = url.searchParams.get('as') as SinkAnswer
      answers.set(path, answer)
      if (answer === 'ok') for (const response of held.get(path) ?? []) response.end('ok')
      return {}
    }
    case '/forget':
      groups.delete(name)
      return {}
    default:
      throw new Error(`the sink knows no ${url.pathname}`)
  }
}

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    take(request, response)
    return
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(tell(new URL(request.url ?? '/', 'http://sink'))))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
// Whoever started it holds the other end; when that is gone, so is every reason to go on.
process.stdin.resume().on('end', () => process.exit())
