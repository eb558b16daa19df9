/** The bytes of server-sent events become messages (WHATWG HTML, 9.2.6), as far as our own API writes them. */

export interface StreamMessage {
  /** `message` where it says none. */
  readonly event: string
  /** Empty: it only tells a place. */
  readonly data: string
  /** The place in the stream; null where the message has none. */
  readonly id: string | null
}

/** A delivery of 2 MiB in base64, and its headers. */
const messageMaxCharacters = 4 * 1024 * 1024

/** Ends with its source. Throws RangeError for a message that is too long. */
export async function* parseEventStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of source) {
    rest += decoder.decode(chunk, { stream: true })
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    if (rest.length > messageMaxCharacters) throw new RangeError('a message of the stream is too long')
    for (const block of blocks) {
      const message = messageOf(block)
      if (message !== null) yield message
    }
  }
}

/** Null for comments, and for what has neither data nor a place. */
function messageOf(block: string): StreamMessage | null {
  const data: string[] = []
  let event = 'message'
  let id: string | null = null
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const name = line.slice(0, colon)
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id') id = value
  }
  return data.length === 0 && id === null ? null : { event, data: data.join('\n'), id }
}
