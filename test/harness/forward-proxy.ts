/** The proxy of a company: the only way out, and the only one who knows where a name leads. Tunnels alone (CONNECT), as Node asks for them. */
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ForwardProxy {
  readonly url: string
  /** Hosts with ports that it was asked for, in order. */
  readonly asked: () => readonly string[]
  readonly close: () => Promise<void>
}

/** `hosts`: where each name leads on loopback; whatever else is asked for is refused. */
export async function startForwardProxy(hosts: ReadonlyMap<string, number>): Promise<ForwardProxy> {
  const asked: string[] = []
  const open = new Set<Socket>()
  const portOf = (host: string): number | undefined => {
    asked.push(host)
    return hosts.get(host)
  }
  const server = createServer((_, response) => void response.writeHead(405).end())
  server.on('connect', (request, near: Socket, head: Buffer) => {
    const port = portOf(request.url ?? '')
    if (port === undefined) {
      near.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      far.write(head)
      near.pipe(far)
      far.pipe(near)
    })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
