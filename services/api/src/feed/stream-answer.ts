/** An answer that is a stream of server-sent events, counted among those who follow until it has ended. */
import { Readable } from 'node:stream'
import type { HttpAnswer } from '@scanhook/http/route'

/** `end` is called once, when the stream was read to its end or nobody reads it any more. */
export function streamAnswer(text: AsyncGenerator<string>, end: () => void): HttpAnswer {
  // One piece is made while another one is sent, and no more (F5).
  const stream = Readable.from(text, { objectMode: true, highWaterMark: 1 })
  stream.once('close', end)
  return {
    status: 200,
    body: stream,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  }
}
