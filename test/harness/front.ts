/** The API's and the producer's routes at one address, as an Ingress or the all-in-one process has them. */
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Front {
  readonly url: string
  readonly close: () => Promise<void>
}

export async function startFront(to: { readonly api: string; readonly producer: string }): Promise<Front> {
  const server = createServer((request, response) => {
    const isIntake =
      request.method === 'POST' && /^\/api\/v1\/(scans|events|validate)$/.test(request.url ?? '')
    const target = new URL(request.url ?? '/', isIntake ? to.producer : to.api)
    const asked = httpRequest(target, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    asked.on('error', () => response.destroy())
    // Whoever follows a stream goes: the API shall hear of it.
    response.on('close', () => asked.destroy())
    request.pipe(asked)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
