/**
 * A webhook receiver with a ledger: every request that arrives is written down (with fsync, so that a crash of the
 * test run can't hide one), then answered as the script for its path says.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly receivedAtMs: number
  /** What the script answered; null where it hangs. */
  readonly answered: number | null
}

export type Asked = Omit<Received, 'answered'>

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Decides the answer to the n-th (from 1) request for one webhook-id on one path; `hang` never answers. */
export type Script = (request: Asked, nthOfMessage: number) => Answer | 'hang'

export interface Receiver {
  readonly port: number
  readonly url: (path: string) => string
  readonly received: (path?: string) => readonly Received[]
  /** Sockets that were opened to it, with or without a request. */
  readonly connectionCount: () => number
  readonly script: (path: string, script: Script) => void
  readonly close: () => Promise<void>
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Answers 200 where no script says otherwise. */
export async function startReceiver(ledgerFile: string): Promise<Receiver> {
  const ledger = openSync(ledgerFile, 'a')
  const all: Received[] = []
  const scripts = new Map<string, Script>()
  const seen = new Map<string, number>()

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked: Asked = {
      path: request.url ?? '/',
      headers: request.headers,
      body: await textOf(request),
      receivedAtMs: Date.now(),
    }
    const key = `${asked.path} ${String(asked.headers['webhook-id'])}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    const chosen = scripts.get(asked.path)?.(asked, nth) ?? { status: 200 }
    const received: Received = { ...asked, answered: chosen === 'hang' ? null : chosen.status }
    writeSync(ledger, `${JSON.stringify(received)}\n`)
    fsyncSync(ledger)
    all.push(received)
    if (chosen === 'hang') return
    response.writeHead(chosen.status, { 'content-type': 'application/json', ...chosen.headers })
    response.end('{"ok":true}')
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  let connectionCount = 0
  server.on('connection', () => {
    connectionCount += 1
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    received: (path) => (path === undefined ? all : all.filter((each) => each.path === path)),
    connectionCount: () => connectionCount,
    script: (path, script) => scripts.set(path, script),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      closeSync(ledger)
    },
  }
}
