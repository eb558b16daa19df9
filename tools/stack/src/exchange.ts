/** One question and one answer over TCP: enough to ask a server whether it works, without its client library. */
import { connect } from 'node:net'

/** A check that takes longer than this counts as failed; on loopback an answer takes a few milliseconds. */
const timeoutMs = 3_000

/**
 * Sends `question` and collects bytes until `isComplete`. Rejects when refused, when the peer closes early or after
 * 3 seconds.
 */
export async function exchange(
  address: { readonly host: string; readonly port: number },
  question: Buffer,
  isComplete: (answer: Buffer) => boolean,
): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    let answer: Buffer = Buffer.alloc(0)
    const socket = connect(address)
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error(`no answer from ${address.host}:${address.port} within ${timeoutMs} ms`)),
    )
    socket.once('connect', () => socket.write(question))
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk])
      if (!isComplete(answer)) return
      resolve(answer)
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () =>
      reject(new Error(`${address.host}:${address.port} closed the connection without an answer`)),
    )
  })
}
