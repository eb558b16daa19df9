/** Server-sent events out of the text of a stream (WHATWG HTML §9.2.6), as far as our API writes them. Pure. */
export interface ServerEvent {
  readonly event: string
  readonly data: string
}

export interface Parsed {
  readonly events: readonly ServerEvent[]
  /** What has no end yet: comes before the next piece. */
  readonly rest: string
}

export function parseEvents(text: string): Parsed {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n')
  const rest = blocks.pop() ?? ''
  return { events: blocks.flatMap(eventOf), rest }
}

/** A block of comments alone is a sign of life, and no event. */
function eventOf(block: string): readonly ServerEvent[] {
  const data: string[] = []
  let event = 'message'
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (field === 'data') data.push(value)
    if (field === 'event') event = value
  }
  return data.length === 0 ? [] : [{ event, data: data.join('\n') }]
}
