/** An HTTP proxy as some stand before an API: one that lets streams through, one that holds answers back until they are whole, one that forbids streams. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `headers`: those go on at once, and the rest when it is whole. */
export type Holding = 'nothing' | 'answers' | 'headers' | 'forbidden'

export interface HoldingProxy {
  readonly url: string
  /** For what is asked from now on. */
  readonly hold: (what: Holding) => void
  /** Ends the answers that are under way. */
  readonly cut: () => void
  readonly close: () => Promise<void>
}

export async function startHoldingProxy(api: string): Promise<HoldingProxy> {
  let holding: Holding = 'nothing'
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    open.add(response)
    const asked = httpRequest(
      new URL(request.url ?? '/', api),
      { method: request.method, headers: request.headers },
      (answer) => void passOn(answer, response, holding).catch(() => response.destroy()),
    )
    asked.on('error', () => response.destroy())
    // Whoever follows a stream goes: the API shall hear of it.
    response.on('close', () => {
      open.delete(response)
      asked.destroy()
    })
    request.pipe(asked)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (what) => {
      holding = what
    },
    cut: () => {
      for (const response of open) response.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function passOn(answer: IncomingMessage, response: ServerResponse, holding: Holding): Promise<void> {
  const isStream = answer.headers['content-type'] === 'text/event-stream'
  if (isStream && holding === 'forbidden') {
    answer.destroy()
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    return
  }
  if (!isStream || holding === 'nothing') {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
    return
  }
  if (holding === 'headers') response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  if (holding === 'answers') response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.end(Buffer.concat(chunks))
}
