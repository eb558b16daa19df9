/**
 * A receiver that costs as little as a receiver can: counts requests, and on demand remembers when each webhook-id
 * arrived. A process of its own, so that its CPU is not counted as ours.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let count = 0
let arrivals: [id: string, atMs: number][] = []
/** 200 events a second for 60 s over one endpoint each is 12,000; ten times that is room enough. */
const arrivalsMax = 120_000

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const body = request.url === '/arrivals' ? JSON.stringify(arrivals) : JSON.stringify({ count })
    if (request.url === '/reset') {
      count = 0
      arrivals = []
    }
    response.setHeader('content-type', 'application/json')
    response.end(body)
    return
  }
  const atMs = performance.timeOrigin + performance.now()
  request.resume()
  request.on('end', () => {
    count += 1
    const id = request.headers['webhook-id']
    if (typeof id === 'string' && arrivals.length < arrivalsMax) arrivals.push([id, atMs])
    response.end('ok')
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
