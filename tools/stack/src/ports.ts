/** Free ports on the loopback address. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below 32768, where Linux begins to hand out ports to outgoing connections: a port from there could be taken by
 * anybody's client while the stack is down.
 */
const lowest = 20_000
const highest = 32_000

/** Whether nobody listens on 127.0.0.1:`port` now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** Draws a free port that isn't in `taken`, and adds it there. */
export async function drawPort(taken: Set<number>): Promise<number> {
  for (let draw = 0; draw < 500; draw++) {
    const port = randomInt(lowest, highest)
    if (taken.has(port)) continue
    // Before the question, so that two draws at the same time never ask for the same one.
    taken.add(port)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found between ${lowest} and ${highest} on 127.0.0.1`)
}
