/** A TCP proxy on loopback that can be cut: while cut it ends what is open and refuses what comes. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Ends every connection and refuses new ones, as if the server behind were gone. */
  readonly cut: () => void
  readonly heal: () => void
  /** Connections that were refused, ever. */
  readonly refusedCount: () => number
  readonly close: () => Promise<void>
}

export async function startTcpProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpProxy> {
  let isCut = false
  let refusedCount = 0
  const open = new Set<Socket>()
  const keep = (socket: Socket): void => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((near) => {
    keep(near)
    if (isCut) {
      refusedCount += 1
      near.resetAndDestroy()
      return
    }
    const far = connect(target)
    keep(far)
    near.pipe(far)
    far.pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true
      for (const socket of open) socket.resetAndDestroy()
    },
    heal: () => {
      isCut = false
    },
    refusedCount: () => refusedCount,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
