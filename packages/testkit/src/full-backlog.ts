/**
 * A port that listens and never accepts: the backlog is full, so the kernel drops what asks to connect, as it does for
 * a receiver that is overrun, or behind a firewall that says nothing. The listener lives in a thread that sleeps, since
 * Node accepts whatever comes as soon as its loop turns.
 */
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

export interface FullBacklog {
  readonly port: number
  close(): Promise<void>
}

const listener = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  // The message is on its way before the thread sleeps for good.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
})
`
/** Linux queues one connection more than the backlog says; the third is dropped. */
const queuedCount = 2

/** On a free port of 127.0.0.1. Resolves when the next connection would not be accepted any more. */
export async function openFullBacklog(): Promise<FullBacklog> {
  const worker = new Worker(listener, { eval: true })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const queued: Socket[] = []
  for (let count = 0; count < queuedCount; count += 1) {
    const socket = connect(port, '127.0.0.1')
    queued.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => socket.destroy())
  }
  return {
    port,
    close: async () => {
      for (const socket of queued) socket.destroy()
      await worker.terminate()
    },
  }
}
