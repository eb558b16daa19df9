/** A plain HTTP server begins to listen. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Resolves with the URL, its port the actual one where 0 was asked for; rejects when the port can't be had. */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { address, family, port: actualPort } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`
}
