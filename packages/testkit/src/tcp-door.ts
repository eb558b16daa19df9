/**
 * A door in front of a TCP server that tests can shut (connections are refused) or freeze (connections stand, nothing
 * passes), so that a store can vanish for one test while others go on using it. Always the same port.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface TcpDoor {
  readonly port: number
  /** Connections made through it so far. */
  readonly connectionCount: () => number
  readonly shut: () => Promise<void>
  readonly open: () => Promise<void>
  readonly freeze: () => void
  readonly thaw: () => void
}

/** An open door to `host:port`, on a free port of 127.0.0.1. */
export async function openTcpDoor(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpDoor> {
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0
  let connections = 0
  let isFrozen = false

  const accept = (inward: Socket): void => {
    connections += 1
    const outward = connect(target.port, target.host)
    for (const socket of [inward, outward]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        inward.destroy()
        outward.destroy()
      })
    }
    inward.pipe(outward)
    outward.pipe(inward)
    if (isFrozen) for (const socket of [inward, outward]) socket.pause()
  }

  const open = async (): Promise<void> => {
    const listening = createServer(accept)
    server = listening
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    const address = listening.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  }

  await open()
  return {
    port,
    connectionCount: () => connections,
    open,
    shut: async () => {
      const closing = server
      server = null
      for (const socket of sockets) socket.destroy()
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()))
    },
    freeze: () => {
      isFrozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw: () => {
      isFrozen = false
      for (const socket of sockets) socket.resume()
    },
  }
}
