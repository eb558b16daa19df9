import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the range from which the kernel draws the ports of outgoing connections (32768 and up on Linux): a port out of that
 * range can be taken by any connection between this question and its use.
 */
const lowest = 12_000
const highest = 32_000
const triesMax = 200

const isFree = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
  })

const given = new Set<number>()

/** A port that was free a moment ago, and that this process gives away once only. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port among ${triesMax} tries`)
}
